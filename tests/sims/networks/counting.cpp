#include "tests/sims/networks/counting.h"

#include <algorithm>

#include "firmware/compiler/import_onnx.h"
#include "firmware/compiler/reference.h"

namespace eyeriss::networks::test {
namespace {

// Adds one output's products to the counts.
void count_output(const compiler::conv_op& conv, const std::vector<std::uint8_t>& x, unsigned channel,
                  unsigned e, unsigned f, counted_layer& counted) {
    const arch::layer_shape& s = conv.shape;
    std::int64_t positive = 0;
    std::int64_t negative = 0;
    for (unsigned c = 0; c < s.c; ++c) {
        for (unsigned r = 0; r < s.r; ++r) {
            const std::int64_t y = std::int64_t{e} * s.stride_h + r - s.pad_top;
            for (unsigned t = 0; t < s.s; ++t) {
                const std::int64_t z = std::int64_t{f} * s.stride_w + t - s.pad_left;
                if (y < 0 || y >= s.h || z < 0 || z >= s.w) {
                    continue;
                }
                const std::size_t in = std::size_t{channel / s.m * s.c + c} * s.h * s.w;
                const std::int64_t iact = x[in + static_cast<std::size_t>(y * s.w + z)];
                const std::int8_t weight =
                    conv.weights[((std::size_t{channel} * s.c + c) * s.r + r) * s.s + t];
                counted.effectual += iact != 0 && weight != 0 ? 1U : 0U;
                (weight > 0 ? positive : negative) += iact * weight;
            }
        }
    }
    counted.positive = std::max(counted.positive, positive);
    counted.negative = std::min(counted.negative, negative);
}

double non_zero(const auto& values) {
    return 1 - static_cast<double>(std::count(values.begin(), values.end(), 0)) /
                   static_cast<double>(values.size());
}

counted_layer count_layer(const std::string& name, const compiler::conv_op& conv,
                          const std::vector<std::uint8_t>& x) {
    const arch::layer_shape& s = conv.shape;
    counted_layer counted;
    counted.name = name;
    counted.macs = s.macs();
    counted.iact = non_zero(x);
    counted.weight = non_zero(conv.weights);
    for (unsigned channel = 0; channel < s.channels_out(); ++channel) {
        for (unsigned e = 0; e < s.e(); ++e) {
            for (unsigned f = 0; f < s.f(); ++f) {
                count_output(conv, x, channel, e, f, counted);
            }
        }
    }
    const std::size_t plane = std::size_t{s.h} * s.w;
    for (unsigned c = 0; c < s.channels_in(); ++c) {
        const auto first = x.begin() + static_cast<std::ptrdiff_t>(c * plane);
        const auto zeros = std::count(first, first + static_cast<std::ptrdiff_t>(plane), 0);
        counted.zero_channels.push_back(static_cast<double>(zeros) / static_cast<double>(plane));
    }
    return counted;
}

}  // namespace

std::vector<counted_layer> count_layers(const onnx::ModelProto& model,
                                        const std::vector<std::uint8_t>& input) {
    onnx::ModelProto read;
    read.ParseFromString(model.SerializeAsString());
    const compiler::graph graph = compiler::import_onnx(read);
    const compiler::reference_result run = compiler::run_reference(graph, input);
    std::vector<counted_layer> layers;
    for (const compiler::layer& layer : graph.layers) {
        if (const auto* conv = std::get_if<compiler::conv_op>(&layer.op)) {
            layers.push_back(count_layer(layer.name, *conv, run.tensors[layer.inputs.front()]));
        }
    }
    return layers;
}

}  // namespace eyeriss::networks::test
