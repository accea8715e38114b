#include "tests/reference/layer_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "firmware/compiler/noc_routes.h"
#include "models/abi/descriptor.h"
#include "tests/reference/model_pe.h"

namespace eyeriss::reference {
namespace {

layer layer_of(const layer_case& c) {
    const auto i = [](unsigned v) { return static_cast<int>(v); };
    const arch::layer_shape& s = c.shape;
    layer l;
    l.groups = i(s.groups), l.batch = i(s.batch), l.m = i(s.m), l.c = i(s.c), l.h = i(s.h), l.w = i(s.w);
    l.r = i(s.r), l.s = i(s.s), l.stride_h = i(s.stride_h), l.stride_w = i(s.stride_w);
    l.pad_top = i(s.pad_top), l.pad_left = i(s.pad_left);
    l.pad_bottom = i(s.pad_bottom), l.pad_right = i(s.pad_right);
    l.pad_value = c.pad_value;
    return l;
}

mapping mapping_of(const arch::mapping& map) {
    const auto i = [](unsigned v) { return static_cast<int>(v); };
    const auto split = [&](const arch::split& s) { return spatial{i(s.g), i(s.n), i(s.m), i(s.e)}; };
    mapping m;
    m.m0 = i(map.m0), m.c0 = i(map.c0), m.s0 = i(map.s0), m.c1 = i(map.c1), m.r1 = i(map.r1);
    m.chain_clusters = i(map.chain_clusters);
    m.vertical = split(map.vertical);
    m.horizontal = split(map.horizontal);
    m.order.clear();
    for (const arch::loop l : map.order) m.order += "gnmecrs"[static_cast<std::size_t>(l)];
    m.raw_weights = map.weight_dense;
    m.raw_iacts = map.iact_dense;
    m.whole_banks = map.iact_single_buffer;
    return m;
}

}  // namespace

std::string layer_case::text() const {
    const auto stored = [](const std::vector<int>& values) {
        return values.size() - static_cast<std::size_t>(std::ranges::count(values, 0));
    };
    const arch::layer_shape& s = shape;
    return fmt::format(
        "G{} N{} M{} C{} {}x{} filter {}x{} stride {},{} pads {},{},{},{} pad value {} iacts {}/{} weights "
        "{}/{}\n  {}",
        s.groups, s.batch, s.m, s.c, s.h, s.w, s.r, s.s, s.stride_h, s.stride_w, s.pad_top, s.pad_left,
        s.pad_bottom, s.pad_right, pad_value, stored(iacts), iacts.size(), stored(weights), weights.size(),
        map.text());
}

compiler::graph graph_of(const layer_case& c) {
    const arch::layer_shape& s = c.shape;
    compiler::conv_op op;
    op.shape = s;
    op.weights.assign(c.weights.begin(), c.weights.end());
    op.bias.assign(s.channels_out(), 0);
    op.scale.assign(s.channels_out(), 1.0F);
    op.accumulators = true;
    using compiler::dtype;
    compiler::graph net;
    net.name = "case";
    net.tensors = {
        {"x", s.batch, s.channels_in(), s.h, s.w, c.is_signed ? dtype::i8 : dtype::u8, 1.0F, c.pad_value},
        {"y", s.batch, s.channels_out(), s.e(), s.f(), dtype::i32, 1.0F, 0}};
    net.input = 0;
    net.output = 1;
    net.layers.push_back({"layer", {0}, 1, op});
    return net;
}

std::vector<std::uint8_t> input_of(const layer_case& c) {
    return {c.iacts.begin(), c.iacts.end()};
}

std::optional<compiler::compiled> image_of(const layer_case& c, const arch::machine& m) {
    const compiler::graph net = graph_of(c);
    const auto& op = std::get<compiler::conv_op>(net.layers[0].op);
    if (!arch::check(c.map, c.shape, m, compiler::worst_weight_words(op, c.map)).empty()) return std::nullopt;
    compiler::compile_options options;
    options.mappings = {{"layer", c.map}};
    try {
        return compiler::compile(net, m, options);
    } catch (const compiler::compile_error&) {
        return std::nullopt;
    }
}

machine reference_machine(const arch::machine& m, std::size_t configuration_bits) {
    machine k;
    k.rows = m.noc.cluster_rows, k.cols = m.noc.cluster_cols;
    k.pe_rows = m.noc.pe_rows, k.pe_cols = m.noc.pe_cols;
    k.hop = m.noc.hop_cycles;
    const std::size_t bits = configuration_bits + 8 * sizeof(eyeriss_descriptor);
    k.configuration = (bits + m.control.config_bits_per_cycle - 1) / m.control.config_bits_per_cycle;
    k.psum_fifo_windows = m.pe.psum_fifo_windows;
    k.output_passes = m.control.output_tiles;
    k.pe = reference_pe(m);
    return k;
}

namespace {

/// Circuits of the blocks of clusters that the image's configuration makes.
mesh_setup setup_of(const layer_case& c, const arch::machine& m) {
    const arch::tiling tiles(c.shape, c.map, m);
    const std::size_t cols = m.noc.cluster_cols;
    circuits iact(m.noc.cluster_rows, cols), weight(m.noc.cluster_rows, cols);
    for (const compiler::sharing_group& g : compiler::iact_groups(tiles, m.noc)) {
        std::vector<std::size_t> to;
        for (unsigned row = 0; row < g.rows; ++row)
            for (unsigned col = 0; col < g.cols; ++col)
                to.push_back((g.source.row + row) * cols + g.source.col + col);
        iact.connect(to.front(), to);
    }
    const std::size_t reach = compiler::weights_shared(tiles, m.noc) ? cols : 1;
    for (std::size_t first = 0; first < m.noc.clusters(); first += reach) {
        std::vector<std::size_t> to(reach);
        std::iota(to.begin(), to.end(), first);
        weight.connect(first, to);
    }
    mesh_setup setup;
    setup.iact.assign(m.noc.pe_rows, iact);
    setup.weight.assign(m.noc.pe_rows, weight);
    return setup;
}

}  // namespace

stepped_layer step_layer(const layer_case& c, const arch::machine& m, std::size_t configuration_bits) {
    const layer l = layer_of(c);
    const machine k = reference_machine(m, configuration_bits);
    const planned p = plan(l, mapping_of(c.map), k, {c.iacts, c.weights}, setup_of(c, m));
    stepped_layer stepped{run(p.what), p.what.chains, {}};
    stepped.outputs = outputs(l, p, stepped.result);
    return stepped;
}

}  // namespace eyeriss::reference
