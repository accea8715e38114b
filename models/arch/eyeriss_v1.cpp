#include "models/arch/eyeriss_v1.h"

#include <algorithm>

#include "models/csc/run_length.h"

namespace eyeriss::arch {

namespace {

constexpr double value_bytes = 2;
constexpr double bits_of_a_value = 16;

unsigned ceil_div(unsigned a, unsigned b) {
    return (a + b - 1) / b;
}

layer_shape conv(unsigned groups, unsigned m, unsigned c, unsigned side, unsigned filter, unsigned stride,
                 unsigned pad) {
    layer_shape s;
    s.groups = groups;
    s.batch = 4;
    s.m = m;
    s.c = c;
    s.h = s.w = side;
    s.r = s.s = filter;
    s.stride_h = s.stride_w = stride;
    s.pad_top = s.pad_left = s.pad_bottom = s.pad_right = pad;
    return s;
}

/// Input rows that all strips of e output rows read, the shared ones again.
unsigned rows_read(const layer_shape& s, unsigned e) {
    unsigned rows = 0;
    for (unsigned first = 0; first < s.e(); first += e) {
        const unsigned last = std::min(first + e, s.e()) - 1;
        const unsigned top = std::max(first * s.stride_h, s.pad_top) - s.pad_top;
        const unsigned bottom = std::min(last * s.stride_h + s.r, s.h + s.pad_top) - s.pad_top;
        rows += bottom - top;
    }
    return rows;
}

/// Values of iacts that are brought into the buffer.
double iacts_fetched(const v1_mapping& v1, const layer_shape& s) {
    return double{1} * s.batch * s.channels_in() * rows_read(s, v1.e) * s.w *
           ceil_div(s.m, std::min(v1.m, s.m));
}

double outputs(const layer_shape& s) {
    return double{1} * s.batch * s.channels_out() * s.e() * s.f();
}

}  // namespace

const std::array<v1_layer, 5>& v1_alexnet() {
    static const std::array<v1_layer, 5> layers{{
        {"conv1",
         conv(1, 96, 3, 227, 11, 4, 0),
         {96, 1, 7, 16, 1, 1, 2},
         0.0001,
         0.387,
         false,
         16.5,
         154,
         18.5,
         5.0},
        {"conv2",
         conv(2, 128, 48, 27, 5, 1, 2),
         {64, 1, 27, 16, 2, 1, 1},
         0.387,
         0.725,
         true,
         39.2,
         135,
         77.6,
         4.0},
        {"conv3",
         conv(1, 384, 256, 13, 3, 1, 1),
         {64, 4, 13, 16, 4, 1, 4},
         0.725,
         0.793,
         true,
         21.8,
         156,
         50.2,
         3.0},
        {"conv4",
         conv(2, 192, 192, 13, 3, 1, 1),
         {64, 4, 13, 16, 3, 2, 2},
         0.793,
         0.776,
         true,
         16.0,
         156,
         37.4,
         2.1},
        {"conv5",
         conv(2, 128, 192, 13, 3, 1, 1),
         {64, 4, 13, 16, 3, 2, 2},
         0.776,
         0.776,
         true,
         10.0,
         156,
         24.9,
         1.3},
    }};
    return layers;
}

mapping v1_to_mapping(const v1_mapping& v1, const layer_shape& layer, const machine& machine) {
    const unsigned pe_rows = machine.noc.cluster_rows;
    const unsigned pe_cols = machine.noc.cluster_cols * machine.noc.pe_cols;
    mapping map;
    map.m0 = std::min(v1.p, layer.m);
    map.c0 = std::min(v1.q, layer.c);
    map.s0 = layer.s;
    map.c1 = v1.r;
    map.r1 = layer.r;
    map.chain_clusters = map.c1 * map.r1;
    const unsigned folds = ceil_div(v1.e, pe_cols);
    map.horizontal.e = ceil_div(v1.e, folds);
    map.vertical.e = folds;
    if (map.chain_clusters * v1.t * folds <= pe_rows) {
        map.vertical.m = v1.t;
    } else {
        map.horizontal.m = v1.t;
    }
    map.order = v1.n > 1 ? std::array{loop::g, loop::m, loop::e, loop::c, loop::r, loop::s, loop::n}
                : map.horizontal.m > 1
                    ? std::array{loop::g, loop::n, loop::e, loop::c, loop::m, loop::r, loop::s}
                    : std::array{loop::g, loop::n, loop::m, loop::e, loop::c, loop::r, loop::s};
    map.weight_dense = map.iact_dense = true;
    map.iact_single_buffer = !check(map, layer, machine, 0).empty();
    return map;
}

unsigned v1_active_pes(const v1_mapping& v1, const layer_shape& layer) {
    return layer.r * v1.e * v1.r * v1.t;
}

double v1_glb_bytes(const v1_mapping& v1, const layer_shape& layer) {
    const double reads = ceil_div(std::min(v1.m, layer.m), v1.p * v1.t);
    const double passes = ceil_div(layer.c, v1.q * v1.r);
    return value_bytes * (iacts_fetched(v1, layer) * (1 + reads) + outputs(layer) * 2 * passes);
}

double v1_dram_bytes(const v1_layer& layer) {
    const layer_shape& s = layer.shape;
    const double iacts = iacts_fetched(layer.map, s);
    const double iact_bits =
        layer.coded_in ? csc::run_length_bits(iacts, layer.zeros_in) : iacts * bits_of_a_value;
    const double filters = double{1} * s.channels_out() * s.c * s.r * s.s * ceil_div(s.e(), layer.map.e) *
                           ceil_div(s.batch, layer.map.n);
    return iact_bits / 8 + filters * value_bytes + csc::run_length_bits(outputs(s), layer.zeros_out) / 8;
}

}  // namespace eyeriss::arch
