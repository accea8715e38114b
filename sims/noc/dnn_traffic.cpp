#include "sims/noc/dnn_traffic.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "firmware/compiler/emit_image.h"
#include "firmware/compiler/import_onnx.h"
#include "platform/nearest.h"
#include "sims/inputs/network_source.h"
#include "sims/noc/layer_traffic.h"
#include "sims/support/error.h"

namespace eyeriss::sims {

namespace {

const compiler::layer& accelerator_layer(const compiler::graph& graph, const std::string& network,
                                         const std::string& name) {
    std::vector<std::string> known;
    for (const auto& layer : graph.layers) {
        if (!std::holds_alternative<compiler::conv_op>(layer.op)) continue;
        if (layer.name == name) return layer;
        known.push_back(layer.name);
    }
    throw user_error(
        fmt::format("--pattern dnn:{}: network '{}' has no such CONV, depthwise or FC layer{}", name, network,
                    known.empty() ? ""
                                  : fmt::format("; the nearest is '{}' of {}", platform::nearest(name, known),
                                                fmt::join(known, ", "))));
}

arch::mapping mapping_in(std::span<const std::uint8_t> image, const std::string& name) {
    const auto header = compiler::image_header(image);
    for (unsigned i = 0; i < header.layer_count; ++i) {
        const auto layer = compiler::image_layer(image, i);
        if (layer.op == EYERISS_OP_ACCELERATOR && compiler::image_name(image, layer.name_offset) == name) {
            return compiler::descriptor_mapping(compiler::image_descriptor(image, layer.descriptor_offset));
        }
    }
    throw std::logic_error(fmt::format("layer '{}' is in the graph and not in its image", name));
}

}  // namespace

noc_trace dnn_traffic(const dnn_layer& which, const arch::machine& machine, const content_cache& cache) {
    const auto source = find_network(which.network, which.seed, cache);
    const auto graph = compiler::import_onnx(source.file);
    const auto& layer = accelerator_layer(graph, source.name, which.layer);
    const auto image = compile_network(source, machine, cache, which.mapping);
    const auto input = default_input(graph.name.empty() ? source.name : graph.name,
                                     shape_of(graph.tensors[graph.input]), which.seed);
    const auto reference = reference_for(source, input, cache);
    const auto& in = graph.tensors[layer.inputs.front()];
    const compiler::calibration data{reference.tensors[layer.inputs.front()], in.type == compiler::dtype::i8,
                                     in.zero_point};
    return {machine.noc.cluster_rows,
            machine.noc.cluster_cols,
            {{which.layer, layer_traffic(std::get<compiler::conv_op>(layer.op),
                                         mapping_in(image.bytes, which.layer), machine, data)}}};
}

}  // namespace eyeriss::sims
