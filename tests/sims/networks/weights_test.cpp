#include "sims/networks/weights.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <numeric>

using namespace eyeriss;
using networks::random_stream;

namespace {

// A feature map whose channel c has about (c + 1) / channels of its values non-zero.
std::vector<std::uint8_t> graded_map(const arch::layer_shape& s, const random_stream& random) {
    std::vector<std::uint8_t> map;
    for (unsigned c = 0; c < s.channels_in(); ++c) {
        for (unsigned i = 0; i < s.h * s.w; ++i) {
            const bool kept = random.uniform(map.size()) * s.channels_in() < c + 1;
            map.push_back(kept ? std::uint8_t{9} : std::uint8_t{0});
        }
    }
    return map;
}

std::uint64_t effectual_by_plain_loop(const arch::layer_shape& s, const std::vector<std::uint8_t>& x,
                                      const std::vector<std::int8_t>& weights) {
    std::uint64_t sum = 0;
    for (unsigned m = 0; m < s.channels_out(); ++m) {
        for (unsigned c = 0; c < s.c; ++c) {
            for (unsigned tap = 0; tap < s.r * s.s; ++tap) {
                for (unsigned out = 0; out < s.e() * s.f(); ++out) {
                    const int y =
                        static_cast<int>(out / s.f() * s.stride_h + tap / s.s) - static_cast<int>(s.pad_top);
                    const int z =
                        static_cast<int>(out % s.f() * s.stride_w + tap % s.s) - static_cast<int>(s.pad_left);
                    if (y < 0 || z < 0 || y >= static_cast<int>(s.h) || z >= static_cast<int>(s.w)) {
                        continue;
                    }
                    const std::size_t at =
                        (std::size_t{m / s.m * s.c + c} * s.h + static_cast<unsigned>(y)) * s.w +
                        static_cast<unsigned>(z);
                    const std::size_t w = (std::size_t{m} * s.c + c) * s.r * s.s + tap;
                    sum += x[at] != 0 && weights[w] != 0 ? 1U : 0U;
                }
            }
        }
    }
    return sum;
}

std::vector<arch::layer_shape> random_shapes(const random_stream& random, unsigned count) {
    std::vector<arch::layer_shape> shapes;
    for (std::uint64_t i = 0; shapes.size() < count; ++i) {
        const auto pick = [&](unsigned n, unsigned low, unsigned high) {
            return low + static_cast<unsigned>(random.bits(16 * i + n) % (high - low + 1));
        };
        const arch::layer_shape s{.groups = pick(0, 1, 3),
                                  .m = pick(1, 1, 20),
                                  .c = pick(2, 1, 20),
                                  .h = pick(3, 1, 12),
                                  .w = pick(4, 1, 12),
                                  .r = pick(5, 1, 5),
                                  .s = pick(6, 1, 5),
                                  .stride_h = pick(7, 1, 3),
                                  .stride_w = pick(8, 1, 3),
                                  .pad_top = pick(9, 0, 2),
                                  .pad_left = pick(10, 0, 2),
                                  .pad_bottom = pick(11, 0, 2),
                                  .pad_right = pick(12, 0, 2)};
        if (s.h + s.pad_top + s.pad_bottom >= s.r && s.w + s.pad_left + s.pad_right >= s.s) {
            shapes.push_back(s);
        }
    }
    return shapes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(effectual_products_of_random_layers_equal_a_plain_loop) {
    constexpr std::uint64_t seed = 41;
    BOOST_TEST_MESSAGE("seed " << seed);
    const random_stream random(seed, "shapes");
    for (const arch::layer_shape& s : random_shapes(random, 200)) {
        const auto map = graded_map(s, random);
        const auto taps = networks::count_taps(s, map);
        const auto mask = networks::draw_mask(s, taps, {.6, {}}, random);
        BOOST_TEST(networks::count_effectual(s, taps, mask) == effectual_by_plain_loop(s, map, mask));
        const std::vector<std::uint8_t> full(map.size(), 1);
        BOOST_TEST((networks::count_taps(s, full) == networks::count_taps_in_image(s)));
    }
}

BOOST_AUTO_TEST_CASE(a_mask_meets_the_density_and_the_count_together) {
    const arch::layer_shape s{.m = 64, .c = 64, .h = 16, .w = 16};
    const random_stream random(3, "mask");
    const auto taps = networks::count_taps(s, graded_map(s, random));
    const double iacts = std::accumulate(taps.begin(), taps.end(), 0.0) / (64 * 256);
    for (const double clustering : {.95, 1.0, 1.05, 1.1}) {
        const auto wanted =
            static_cast<std::uint64_t>(static_cast<double>(s.macs()) * iacts * .5 * clustering);
        const auto mask = networks::draw_mask(s, taps, {.5, wanted}, random);
        BOOST_TEST(
            static_cast<double>(networks::count_effectual(s, taps, mask)) == static_cast<double>(wanted),
            boost::test_tools::tolerance(.0015));
        const auto kept = std::accumulate(mask.begin(), mask.end(), 0);
        BOOST_TEST(kept / (64.0 * 64) == .5, boost::test_tools::tolerance(.01));
    }
}

BOOST_AUTO_TEST_CASE(a_count_beyond_the_taps_in_the_image_keeps_every_weight) {
    const arch::layer_shape s{.groups = 8,
                              .h = 4,
                              .w = 4,
                              .r = 3,
                              .s = 3,
                              .pad_top = 1,
                              .pad_left = 1,
                              .pad_bottom = 1,
                              .pad_right = 1};
    const auto taps = networks::count_taps_in_image(s);
    const auto mask = networks::draw_mask(s, taps, {{}, s.macs()}, random_stream(1, "dw"));
    BOOST_TEST(std::count(mask.begin(), mask.end(), 1) == 72);
    BOOST_TEST(networks::count_effectual(s, taps, mask) == 800U);
}

BOOST_AUTO_TEST_CASE(values_keep_the_mask_the_mean_and_the_limit) {
    const arch::layer_shape s{.m = 50, .c = 40, .h = 3, .w = 3, .r = 3, .s = 3};
    const random_stream random(9, "values");
    const auto mask = networks::draw_mask(s, networks::count_taps_in_image(s), {.3, {}}, random);
    for (const double mean : {2.0, 8.0, 20.0}) {
        const auto values = networks::draw_values(s, mask, mean, random);
        std::int64_t sum = 0;
        std::int64_t positive = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            BOOST_REQUIRE((values[i] != 0) == (mask[i] != 0));
            BOOST_REQUIRE(std::abs(int{values[i]}) <= networks::largest_weight);
            sum += std::abs(int{values[i]});
            positive += values[i] > 0 ? 1 : 0;
        }
        const auto kept = static_cast<double>(std::count(mask.begin(), mask.end(), 1));
        BOOST_TEST(static_cast<double>(sum) / kept == mean, boost::test_tools::tolerance(.1));
        BOOST_TEST(static_cast<double>(positive) / kept == .5, boost::test_tools::tolerance(.05));
    }
}
