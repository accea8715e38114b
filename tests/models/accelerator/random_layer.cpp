#include "tests/models/accelerator/random_layer.h"

#include <algorithm>

namespace eyeriss::test {

namespace {

using rng = std::mt19937_64;

int pick(rng& random, int low, int high) {
    return low + static_cast<int>(random() % static_cast<std::uint64_t>(high - low + 1));
}

double share(rng& random) {
    constexpr double corners[] = {0.0, 1.0, 0.1, 0.5};
    const int which = pick(random, 0, 9);
    return which < 4 ? corners[which] : pick(random, 0, 1000) / 1000.0;
}

bool chance(rng& random, double p) {
    return pick(random, 0, 999'999) < p * 1e6;
}

arch::layer_shape random_shape(rng& random) {
    arch::layer_shape s;
    const int kind = pick(random, 0, 9);
    s.h = static_cast<unsigned>(pick(random, 1, 14));
    s.w = static_cast<unsigned>(pick(random, 1, 14));
    if (kind == 0) {  // depthwise
        s.groups = static_cast<unsigned>(pick(random, 2, 40));
    } else if (kind == 1) {  // FC
        s.h = s.w = 1;
        s.c = static_cast<unsigned>(pick(random, 1, 300));
        s.m = static_cast<unsigned>(pick(random, 1, 80));
    } else {
        s.groups = kind == 2 ? static_cast<unsigned>(pick(random, 2, 4)) : 1U;
        s.c = static_cast<unsigned>(pick(random, 1, kind == 3 ? 70 : 20));
        s.m = static_cast<unsigned>(pick(random, 1, kind == 4 ? 120 : 40));
        if (kind == 5) s.batch = 2;
    }
    s.stride_h = static_cast<unsigned>(pick(random, 1, 3));
    s.stride_w = chance(random, 0.7) ? s.stride_h : static_cast<unsigned>(pick(random, 1, 4));
    const int largest = chance(random, 0.1) ? 11 : 5;
    s.r = static_cast<unsigned>(pick(random, 1, std::min<int>(largest, static_cast<int>(s.h))));
    s.s = static_cast<unsigned>(pick(random, 1, std::min<int>(largest, static_cast<int>(s.w))));
    s.pad_top = static_cast<unsigned>(pick(random, 0, static_cast<int>(s.r) - 1));
    s.pad_left = static_cast<unsigned>(pick(random, 0, static_cast<int>(s.s) - 1));
    s.pad_bottom = static_cast<unsigned>(pick(random, 0, static_cast<int>(s.r) - 1));
    s.pad_right = static_cast<unsigned>(pick(random, 0, static_cast<int>(s.s) - 1));
    return s;
}

oracle::conv_problem problem_of(const arch::layer_shape& s) {
    oracle::conv_problem p;
    const auto i = [](unsigned v) { return static_cast<int>(v); };
    p.groups = i(s.groups), p.batch = i(s.batch), p.m = i(s.m), p.c = i(s.c), p.h = i(s.h), p.w = i(s.w);
    p.r = i(s.r), p.s = i(s.s), p.stride_h = i(s.stride_h), p.stride_w = i(s.stride_w);
    p.pad_top = i(s.pad_top), p.pad_left = i(s.pad_left);
    p.pad_bottom = i(s.pad_bottom), p.pad_right = i(s.pad_right);
    return p;
}

}  // namespace

random_layer make_random_layer(rng& random, bool accumulators) {
    random_layer l;
    const arch::layer_shape s = random_shape(random);
    l.problem = problem_of(s);
    const bool signed_input = chance(random, 0.4);
    const int zero_point = chance(random, 0.25) ? pick(random, signed_input ? -20 : 0, 40) : 0;
    l.problem.pad_value = zero_point;
    compiler::conv_op op;
    op.shape = s;
    const double iact_density = share(random);
    const double weight_density = share(random);
    for (unsigned i = 0; i < s.batch * s.channels_in() * s.h * s.w; ++i) {
        const int v = !chance(random, iact_density) ? 0
                      : signed_input                ? pick(random, -128, 127)
                                                    : pick(random, 1, 255);
        l.problem.x.push_back(v);
        l.input.push_back(static_cast<std::uint8_t>(v));
    }
    for (unsigned i = 0; i < s.channels_out() * s.c * s.r * s.s; ++i) {
        const int v = chance(random, weight_density) ? pick(random, -127, 127) : 0;
        l.problem.weights.push_back(v);
        op.weights.push_back(static_cast<std::int8_t>(v));
    }
    l.signed_output = chance(random, 0.4);
    l.zero_point_out = l.signed_output ? pick(random, -30, 30) : pick(random, 0, 30);
    for (unsigned m = 0; m < s.channels_out(); ++m) {
        op.bias.push_back(pick(random, -3000, 3000));
        l.bias.push_back(op.bias.back());
        op.scale.push_back(static_cast<float>(pick(random, 1, 4000)) * 1e-6F);
    }
    op.clip_low = l.signed_output ? -128 : 0;
    op.clip_high = l.signed_output ? 127 : 255;
    op.accumulators = accumulators;
    using compiler::dtype;
    l.net.name = "random";
    l.net.tensors = {
        {"x", s.batch, s.channels_in(), s.h, s.w, signed_input ? dtype::i8 : dtype::u8, 1.0F, zero_point},
        {"y", s.batch, s.channels_out(), s.e(), s.f(),
         accumulators      ? dtype::i32
         : l.signed_output ? dtype::i8
                           : dtype::u8,
         1.0F, accumulators ? 0 : l.zero_point_out}};
    l.net.input = 0;
    l.net.output = 1;
    l.net.layers.push_back({"layer", {0}, 1, op});
    return l;
}

std::vector<std::uint8_t> random_layer::expected(int psum_bits) const {
    const auto sums = oracle::conv(problem);
    std::vector<std::uint8_t> bytes;
    const auto plane = static_cast<std::size_t>(problem.e() * problem.f());
    const auto channels = static_cast<std::size_t>(problem.groups * problem.m);
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const std::size_t channel = i / plane % channels;
        const std::int64_t sum = oracle::wrap(sums[i], psum_bits);
        if (op().accumulators) {
            const auto word = static_cast<std::uint32_t>(sum + bias[channel]);
            for (unsigned b = 0; b < 4; ++b) bytes.push_back(static_cast<std::uint8_t>(word >> (8 * b)));
        } else {
            bytes.push_back(static_cast<std::uint8_t>(oracle::requantise(
                sum, bias[channel], op().scale[channel], zero_point_out, op().clip_low, op().clip_high)));
        }
    }
    return bytes;
}

}  // namespace eyeriss::test
