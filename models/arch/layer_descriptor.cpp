#include "models/arch/layer_descriptor.h"

namespace eyeriss::arch {

namespace {

/// What must be padded below or to the right for `outputs` windows.
unsigned far_pad(unsigned outputs, unsigned stride, unsigned filter, unsigned extent, unsigned near_pad) {
    const std::int64_t reached = (std::int64_t{outputs} - 1) * stride + filter;
    const std::int64_t there = std::int64_t{extent} + near_pad;
    return reached > there ? static_cast<unsigned>(reached - there) : 0;
}

}  // namespace

layer_shape descriptor_shape(const eyeriss_descriptor& d) {
    layer_shape s{d.groups, d.batch,    d.m,        d.c,       d.h,        d.w, d.r,
                  d.s,      d.stride_h, d.stride_w, d.pad_top, d.pad_left, 0,   0};
    s.pad_bottom = far_pad(d.e, d.stride_h, d.r, d.h, d.pad_top);
    s.pad_right = far_pad(d.f, d.stride_w, d.s, d.w, d.pad_left);
    return s;
}

mapping descriptor_mapping(const eyeriss_descriptor& d) {
    mapping map;
    map.m0 = d.m0;
    map.c0 = d.c0;
    map.s0 = d.s0;
    map.c1 = d.c1;
    map.r1 = d.r1;
    map.chain_clusters = d.chain_clusters;
    map.vertical = {d.v_g, d.v_n, d.v_m, d.v_e};
    map.horizontal = {d.h_g, d.h_n, d.h_m, d.h_e};
    for (std::size_t i = 0; i < map.order.size(); ++i) {
        map.order[i] = static_cast<loop>((d.loop_order >> (4 * i)) & 0xfU);
    }
    map.weight_dense = (d.flags & EYERISS_DESC_WEIGHT_DENSE) != 0;
    map.iact_dense = (d.flags & EYERISS_DESC_IACT_DENSE) != 0;
    map.iact_single_buffer = (d.flags & EYERISS_DESC_IACT_SINGLE_BUFFER) != 0;
    return map;
}

}  // namespace eyeriss::arch
