#define BOOST_TEST_MODULE reference
#include "firmware/compiler/reference.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "firmware/compiler/quantise.h"
#include "firmware/compiler/reference_kernel.h"
#include "tests/firmware/compiler/random_layer.h"

using namespace eyeriss;
using namespace eyeriss::compiler;
using test::draw;

namespace {

constexpr std::uint64_t seed = 20190601;

// A graph of one layer between tensors that the caller describes.
graph one_layer(std::vector<tensor> inputs, const tensor& output, operation op) {
    graph net;
    layer only{"only", {}, 0, std::move(op)};
    for (tensor& each : inputs) {
        only.inputs.push_back(static_cast<tensor_id>(net.tensors.size()));
        net.tensors.push_back(std::move(each));
    }
    net.input = 0;
    net.output = only.output = static_cast<tensor_id>(net.tensors.size());
    net.tensors.push_back(output);
    net.layers.push_back(std::move(only));
    return net;
}

tensor map_of(unsigned n, unsigned c, unsigned h, unsigned w, dtype type, std::int32_t zero_point = 0) {
    return {"map", n, c, h, w, type, 1.0F, zero_point};
}

std::vector<std::uint8_t> run(const graph& net, const std::vector<std::vector<std::uint8_t>>& inputs) {
    const std::vector<std::span<const std::uint8_t>> views(inputs.begin(), inputs.end());
    return run_layer(net, net.layers[0], views);
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_convolutions_equal_the_plain_loops) {
    BOOST_TEST_MESSAGE("seed " << seed);
    test::generator random(seed);
    for (int trial = 0; trial < 300; ++trial) {
        const test::random_conv conv = test::draw_conv(random);
        const auto expected = oracle::conv(test::problem_of(conv));
        const auto sums = conv_sums(conv.shape, conv.x, conv.type, conv.zero_point, conv.weights);
        BOOST_TEST_REQUIRE(std::vector<std::int64_t>(sums.begin(), sums.end()) == expected,
                           "trial " << trial);
    }
}

BOOST_AUTO_TEST_CASE(random_requantised_convolutions_equal_the_plain_loops) {
    BOOST_TEST_MESSAGE("seed " << seed);
    test::generator random(seed);
    for (int trial = 0; trial < 200; ++trial) {
        const test::random_conv conv = test::draw_conv(random);
        const auto& shape = conv.shape;
        const dtype out_type = draw(random, 0, 1) == 0 ? dtype::u8 : dtype::i8;
        tensor in = map_of(shape.batch, shape.channels_in(), shape.h, shape.w, conv.type, conv.zero_point);
        tensor out = map_of(shape.batch, shape.channels_out(), shape.e(), shape.f(), out_type);
        out.zero_point = lowest(out_type) + static_cast<int>(draw(random, 0, 255));
        conv_op op{shape, conv.weights, {}, {}, lowest(out_type), highest(out_type), false};
        for (unsigned m = 0; m < shape.channels_out(); ++m) {
            op.bias.push_back(static_cast<int>(draw(random, 0, 20000)) - 10000);
            op.scale.push_back(std::ldexp(static_cast<float>(draw(random, 1, 1 << 24)), -32));
        }
        if (draw(random, 0, 1) == 0) op.clip_low = out.zero_point;
        const auto sums = oracle::conv(test::problem_of(conv));
        std::vector<std::uint8_t> expected;
        const std::size_t positions = std::size_t{shape.e()} * shape.f();
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const std::size_t m = i / positions % shape.channels_out();
            expected.push_back(static_cast<std::uint8_t>(oracle::requantise(
                sums[i], op.bias[m], op.scale[m], out.zero_point, op.clip_low, op.clip_high)));
        }
        const graph net = one_layer({in}, out, op);
        BOOST_TEST_REQUIRE(run(net, {conv.x}) == expected, "trial " << trial);
        const auto result = run_reference(net, conv.x);
        const auto [low, high] = std::minmax_element(sums.begin(), sums.end());
        BOOST_TEST(result.sums[0].low == *low);
        BOOST_TEST(result.sums[0].high == *high);
    }
}

BOOST_AUTO_TEST_CASE(the_requantiser_rounds_half_to_even_and_saturates) {
    for (int sum = -700; sum <= 700; ++sum) {
        BOOST_TEST(requantise(sum, 3, 0.5F, 7, 0, 255) == oracle::requantise(sum, 3, 0.5F, 7, 0, 255));
    }
    BOOST_TEST(requantise(5, 0, 0.5F, 0, 0, 255) == 2);
    BOOST_TEST(requantise(7, 0, 0.5F, 0, 0, 255) == 4);
    BOOST_TEST(requantise(2147483647, 0, 1e30F, 0, -128, 127) == 127);
    BOOST_TEST(requantise(-2147483647, 0, 1e30F, 5, -128, 127) == -128);
}

BOOST_AUTO_TEST_CASE(accumulators_are_little_endian_words_with_the_bias_added) {
    conv_op op{{.m = 2, .c = 2}, {1, -1, 3, 2}, {-1000, 70000}, {1, 1}, 0, 0, true};
    const graph net = one_layer({map_of(1, 2, 1, 1, dtype::u8)}, map_of(1, 2, 1, 1, dtype::i32), op);
    // 10 - 20 - 1000 = -1010 = 0xfffffc0e and 30 + 40 + 70000 = 70070 = 0x000111b6
    const std::vector<std::uint8_t> expected{0x0e, 0xfc, 0xff, 0xff, 0xb6, 0x11, 0x01, 0x00};
    BOOST_TEST(run(net, {{10, 20}}) == expected);
}

BOOST_AUTO_TEST_CASE(the_vector_kernel_equals_the_plain_one) {
    test::generator random(seed);
    for (int trial = 0; trial < 50; ++trial) {
        const std::size_t rows = draw(random, 1, 7), positions = draw(random, 1, 11);
        const std::size_t depth = kernel_depth_step * draw(random, 1, 5);
        std::vector<std::int8_t> weights(rows * depth);
        std::vector<std::int16_t> patches(positions * depth);
        for (auto& weight : weights) weight = static_cast<std::int8_t>(draw(random, 0, 255));
        for (auto& value : patches)
            value = static_cast<std::int16_t>(static_cast<int>(draw(random, 0, 383)) - 128);
        std::vector<std::int32_t> fast(rows * positions), plain(rows * positions);
        multiply({weights, patches, rows, positions, depth, fast, positions});
        multiply_plain({weights, patches, rows, positions, depth, plain, positions});
        BOOST_TEST_REQUIRE(fast == plain, "trial " << trial);
    }
}

BOOST_AUTO_TEST_CASE(random_pools_equal_the_plain_loops) {
    BOOST_TEST_MESSAGE("seed " << seed);
    test::generator random(seed);
    for (int trial = 0; trial < 200; ++trial) {
        pool_op op;
        op.max = draw(random, 0, 1) == 0;
        op.kernel_h = draw(random, 1, 4);
        op.kernel_w = draw(random, 1, 4);
        op.stride_h = draw(random, 1, 3);
        op.stride_w = draw(random, 1, 3);
        op.pad_top = draw(random, 0, op.kernel_h - 1);
        op.pad_bottom = draw(random, 0, op.kernel_h - 1);
        op.pad_left = draw(random, 0, op.kernel_w - 1);
        op.pad_right = draw(random, 0, op.kernel_w - 1);
        op.count_include_pad = draw(random, 0, 1) == 0;
        const fixed_factor factor = fix(draw(random, 1, 400) / 100.0);
        op.multiplier = factor.multiplier;
        op.shift = factor.shift;
        const dtype type = draw(random, 0, 1) == 0 ? dtype::u8 : dtype::i8;
        const tensor in = map_of(1, draw(random, 1, 3), draw(random, op.kernel_h, 9),
                                 draw(random, op.kernel_w, 9), type, 11);
        const auto number = [](unsigned value) { return static_cast<int>(value); };
        const oracle::pool_problem problem{number(in.c),
                                           number(in.h),
                                           number(in.w),
                                           number(op.kernel_h),
                                           number(op.kernel_w),
                                           number(op.stride_h),
                                           number(op.stride_w),
                                           number(op.pad_top),
                                           number(op.pad_left),
                                           number(op.pad_bottom),
                                           number(op.pad_right),
                                           op.count_include_pad,
                                           {}};
        oracle::pool_problem filled = problem;
        const auto x = test::draw_bytes(random, in.elements(), 0.8);
        filled.x = test::widen(x, type);
        tensor out = map_of(1, in.c, (in.h + op.pad_top + op.pad_bottom - op.kernel_h) / op.stride_h + 1,
                            (in.w + op.pad_left + op.pad_right - op.kernel_w) / op.stride_w + 1, type,
                            -3 + (type == dtype::u8 ? 20 : 0));
        std::vector<int> expected = op.max ? oracle::max_pool(filled) : std::vector<int>{};
        if (!op.max) {
            for (const auto& window : oracle::window_sums(filled, in.zero_point)) {
                const std::int64_t mean = oracle::round_ratio(window.sum * op.multiplier,
                                                              window.count * (std::int64_t{1} << op.shift));
                expected.push_back(static_cast<int>(std::clamp<std::int64_t>(
                    mean + out.zero_point, type == dtype::u8 ? 0 : -128, type == dtype::u8 ? 255 : 127)));
            }
        }
        BOOST_TEST_REQUIRE(test::widen(run(one_layer({in}, out, op), {x}), type) == expected,
                           "trial " << trial);
    }
}

BOOST_AUTO_TEST_CASE(addition_is_within_half_a_step_of_the_real_sum) {
    test::generator random(seed);
    for (int trial = 0; trial < 100; ++trial) {
        const auto scale = [&] { return static_cast<float>(draw(random, 1, 1000)) / 997.0F; };
        tensor a = map_of(1, 64, 1, 1, dtype::u8, 30), b = map_of(1, 64, 1, 1, dtype::i8, -7),
               out = map_of(1, 64, 1, 1, dtype::u8, 100);
        a.scale = scale();
        b.scale = scale();
        out.scale = scale();
        const add_op op = fix_add(quantisation_of(a), quantisation_of(b), quantisation_of(out), {});
        const auto x = test::draw_bytes(random, 64, 0.9), y = test::draw_bytes(random, 64, 0.9);
        const auto result = run(one_layer({a, b}, out, op), {x, y});
        for (std::size_t i = 0; i < result.size(); ++i) {
            const double real =
                (x[i] - 30) * double{a.scale} + (static_cast<std::int8_t>(y[i]) + 7) * double{b.scale};
            const double exact = std::clamp(real / out.scale + 100, 0.0, 255.0);
            BOOST_TEST(std::abs(result[i] - exact) <= 0.5 + 1e-5);
        }
    }
}

BOOST_AUTO_TEST_CASE(addition_by_hand) {
    // (3 * 1 + 2 * 2) / 2 = 3.5 -> 4; (1 * 1 + 0) / 2 = 0.5 -> 0; (-1 + -2) / 2 = -1.5 -> -2
    const graph net = one_layer({map_of(1, 3, 1, 1, dtype::i8), map_of(1, 3, 1, 1, dtype::i8)},
                                map_of(1, 3, 1, 1, dtype::i8), add_op{1, 2, 1, -128, 127});
    const std::vector<std::uint8_t> expected{4, 0, 0xfe};
    BOOST_TEST(run(net, {{3, 1, 0xff}, {2, 0, 0xff}}) == expected);
}

BOOST_AUTO_TEST_CASE(concatenation_maps_each_input_through_its_table) {
    std::vector<std::uint8_t> inverse(256);
    for (unsigned i = 0; i < 256; ++i) inverse[i] = static_cast<std::uint8_t>(255 - i);
    const graph net = one_layer({map_of(2, 1, 1, 2, dtype::u8), map_of(2, 2, 1, 2, dtype::u8)},
                                map_of(2, 3, 1, 2, dtype::u8), concat_op{{{}, inverse}});
    const std::vector<std::uint8_t> expected{1, 2, 255, 254, 253, 252, 3, 4, 251, 250, 249, 248};
    BOOST_TEST(run(net, {{1, 2, 3, 4}, {0, 1, 2, 3, 4, 5, 6, 7}}) == expected);
}

BOOST_AUTO_TEST_CASE(softmax_is_within_one_step_of_the_real_one_for_a_thousand_classes) {
    BOOST_TEST_MESSAGE("seed " << seed);
    test::generator random(seed);
    for (int trial = 0; trial < 60; ++trial) {
        tensor in = map_of(1, 1000, 1, 1, draw(random, 0, 1) == 0 ? dtype::u8 : dtype::i8);
        in.scale = static_cast<float>(draw(random, 1, 300)) / 1000;
        tensor out = map_of(1, 1000, 1, 1, dtype::u8);
        out.scale = 1.0F / 256;
        auto x = test::draw_bytes(random, 1000, 0.5);
        // The hardest case too: all classes but one at the same small exponential.
        if (trial % 3 == 0) std::fill(x.begin() + 1, x.end(), static_cast<std::uint8_t>(draw(random, 0, 60)));
        const auto result = run(one_layer({in}, out, make_softmax(in.scale, out.scale)), {x});
        const auto values = test::widen(x, in.type);
        const int largest = *std::max_element(values.begin(), values.end());
        double sum = 0;
        for (const int value : values) sum += std::exp(double{in.scale} * (value - largest));
        for (std::size_t i = 0; i < result.size(); ++i) {
            const double exact =
                std::min(255.0, 256 * std::exp(double{in.scale} * (values[i] - largest)) / sum);
            BOOST_TEST(std::abs(result[i] - exact) <= 1.0);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_factor_becomes_the_nearest_fixed_point_number) {
    BOOST_TEST((fix(1.0) == fixed_factor{1, 0}));
    BOOST_TEST((fix(0.375) == fixed_factor{3, 3}));
    BOOST_TEST((fix(6.0) == fixed_factor{6, 0}));
    for (const double factor : {0.0123, 0.77, 1.9999, 300.7, 1e-6}) {
        const fixed_factor made = fix(factor);
        BOOST_TEST(made.shift <= 30U);
        BOOST_TEST(std::abs(std::ldexp(made.multiplier, -static_cast<int>(made.shift)) - factor) <=
                   0x1p-31 + factor * 0x1p-30);
    }
    BOOST_CHECK_THROW((void)fix(0), std::domain_error);
    BOOST_CHECK_THROW((void)fix(0x1p30), std::domain_error);
    BOOST_CHECK_THROW((void)fix(std::nan("")), std::domain_error);
}

BOOST_AUTO_TEST_CASE(division_rounds_half_to_even) {
    for (std::int64_t numerator = -50; numerator <= 50; ++numerator) {
        for (std::int64_t denominator = 1; denominator <= 9; ++denominator) {
            BOOST_TEST(divide_half_even(numerator, denominator) ==
                       oracle::round_ratio(numerator, denominator));
        }
    }
}

BOOST_AUTO_TEST_CASE(psum_width_is_two_s_complement) {
    BOOST_TEST(fits_psum_bits({-524288, 524287}, 20));
    BOOST_TEST(!fits_psum_bits({-524289, 0}, 20));
    BOOST_TEST(!fits_psum_bits({0, 524288}, 20));
    BOOST_TEST(fits_psum_bits({-2147483647 - 1, 2147483647}, 32));
}

BOOST_AUTO_TEST_CASE(an_input_of_another_size_is_refused) {
    const graph net = one_layer({map_of(1, 1, 2, 2, dtype::u8)}, map_of(1, 4, 1, 1, dtype::u8), reshape_op{});
    BOOST_CHECK_THROW((void)run_reference(net, std::vector<std::uint8_t>(3)), std::invalid_argument);
    BOOST_TEST(run_reference(net, std::vector<std::uint8_t>{1, 2, 3, 4}).tensors[1].size() == 4U);
}
