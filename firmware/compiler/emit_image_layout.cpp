#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "firmware/compiler/emit_image.h"

namespace eyeriss::compiler {

namespace {

constexpr unsigned largest_block = 16;
constexpr unsigned largest_unit = 65535;    ///< pair counts are 16 bits
constexpr double unit_overhead_bytes = 16;  ///< what another read and table entry are worth

/// A consumer's reading of channels: runs of c_tile channels within each group.
struct reader {
    unsigned groups = 1, c = 1, c_tile = 1;
};

/// What one tensor's block size has to suit.
struct demands {
    unsigned write_block = 0;  ///< 0: written by the core or the tools, any block will do
    std::vector<reader> readers;
};

/// A pass reads each unit once. Where it covers a group's channels it reads on through its other groups.
reader reader_of(const arch::layer_shape& shape, const arch::mapping& map) {
    if (map.c_tile() < shape.c) return {shape.groups, shape.c, map.c_tile()};
    return {1, shape.channels_in(), std::min(map.g_tile(), shape.groups) * shape.c};
}

csc::map_format format_of(const tensor& t, const arch::machine& m) {
    if (t.type == dtype::i32) return csc::map_format::raw32;
    return m.control.feature_maps == arch::compression::raw ? csc::map_format::raw8 : csc::map_format::csc;
}

/// Blocks that a reader opens for one row of the whole map.
unsigned blocks_read(const reader& r, unsigned block) {
    unsigned blocks = 0;
    for (unsigned g = 0; g < r.groups; ++g) {
        for (unsigned c = 0; c < r.c; c += r.c_tile) {
            const unsigned first = g * r.c + c;
            const unsigned last = g * r.c + std::min(c + r.c_tile, r.c) - 1;
            blocks += last / block - first / block + 1;
        }
    }
    return blocks;
}

unsigned choose_block(const tensor& t, const demands& d) {
    std::optional<double> least;
    unsigned chosen = 1;
    for (unsigned block = std::min(largest_block, t.c); block > 0; --block) {
        if (d.write_block % block != 0) continue;
        if (std::size_t{block} * t.w > largest_unit) continue;
        unsigned units = (t.c + block - 1) / block;
        for (const reader& r : d.readers) units += blocks_read(r, block);
        const double cost = units * (unit_overhead_bytes + block * static_cast<double>(t.w));
        if (!least || cost < *least) {
            least = cost;
            chosen = block;
        }
    }
    return chosen;
}

}  // namespace

csc::map_layout input_layout(const arch::layer_shape& shape, const arch::mapping& map,
                             const arch::machine& m) {
    tensor t;
    t.n = shape.batch;
    t.c = shape.channels_in();
    t.h = shape.h;
    t.w = shape.w;
    t.type = dtype::u8;
    return {t.n, t.c, t.h, t.w, choose_block(t, {0, {reader_of(shape, map)}}), format_of(t, m)};
}

std::vector<csc::map_layout> plan_layouts(const graph& g, const arch::machine& m,
                                          std::span<const mapped_layer> mapped) {
    std::vector<demands> all(g.tensors.size());
    for (const mapped_layer& entry : mapped) {
        const layer& l = g.layers.at(entry.layer);
        const auto& shape = std::get<conv_op>(l.op).shape;
        all.at(l.output).write_block = entry.map.output_block_channels(shape);
        all.at(l.inputs.at(0)).readers.push_back(reader_of(shape, entry.map));
    }
    std::vector<csc::map_layout> layouts;
    for (std::size_t i = 0; i < g.tensors.size(); ++i) {
        const tensor& t = g.tensors[i];
        layouts.push_back({t.n, t.c, t.h, t.w, choose_block(t, all[i]), format_of(t, m)});
    }
    return layouts;
}

}  // namespace eyeriss::compiler
