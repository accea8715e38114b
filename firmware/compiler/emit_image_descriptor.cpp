#include "firmware/compiler/emit_image_descriptor.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "models/abi/registers.h"

namespace eyeriss::compiler {

namespace {

std::uint32_t flags(const conv_op& op, const arch::mapping& map, const tensor& in, const tensor& out,
                    requant_rule rule) {
    return (in.type == dtype::i8 ? EYERISS_DESC_IACT_SIGNED : 0U) |
           (out.type == dtype::i8 ? EYERISS_DESC_OUT_SIGNED : 0U) |
           (op.accumulators ? EYERISS_DESC_OUT_ACC32 : 0U) |
           (rule == requant_rule::fixed ? EYERISS_DESC_REQUANT_FIXED : 0U) |
           (map.weight_dense ? EYERISS_DESC_WEIGHT_DENSE : 0U) |
           (map.iact_dense ? EYERISS_DESC_IACT_DENSE : 0U) |
           (map.iact_single_buffer ? EYERISS_DESC_IACT_SINGLE_BUFFER : 0U);
}

void describe_shape(const arch::layer_shape& s, eyeriss_descriptor& d) {
    d.groups = s.groups;
    d.batch = s.batch;
    d.m = s.m;
    d.c = s.c;
    d.h = s.h;
    d.w = s.w;
    d.r = s.r;
    d.s = s.s;
    d.e = s.e();
    d.f = s.f();
    d.stride_h = s.stride_h;
    d.stride_w = s.stride_w;
    d.pad_top = s.pad_top;
    d.pad_left = s.pad_left;
}

void describe_mapping(const arch::mapping& map, const arch::layer_shape& shape, eyeriss_descriptor& d) {
    d.m0 = map.m0;
    d.c0 = map.c0;
    d.s0 = map.s0;
    d.c1 = map.c1;
    d.r1 = map.r1;
    d.chain_clusters = map.chain_clusters;
    d.v_g = map.vertical.g;
    d.v_n = map.vertical.n;
    d.v_m = map.vertical.m;
    d.v_e = map.vertical.e;
    d.h_g = map.horizontal.g;
    d.h_n = map.horizontal.n;
    d.h_m = map.horizontal.m;
    d.h_e = map.horizontal.e;
    const auto trips = map.trips(shape);
    std::copy(trips.begin(), trips.end(), std::begin(d.trips));
    d.loop_order = 0;
    for (std::size_t i = 0; i < map.order.size(); ++i) {
        d.loop_order |= static_cast<std::uint32_t>(map.order[i]) << (4 * i);
    }
}

}  // namespace

void describe_layer(const conv_op& op, const arch::mapping& map, const tensor& in, const tensor& out,
                    requant_rule rule, eyeriss_descriptor& d) {
    d.magic = EYERISS_DESC_MAGIC;
    d.version = EYERISS_ABI_VERSION;
    d.flags = flags(op, map, in, out, rule);
    describe_shape(op.shape, d);
    describe_mapping(map, op.shape, d);
    d.iact_pad_value = static_cast<std::uint8_t>(in.zero_point);
    d.out_zero_point = op.accumulators ? 0 : static_cast<std::uint32_t>(out.zero_point);
    d.clip_low = op.accumulators ? std::numeric_limits<std::int32_t>::min() : op.clip_low;
    d.clip_high = op.accumulators ? std::numeric_limits<std::int32_t>::max() : op.clip_high;
}

}  // namespace eyeriss::compiler
