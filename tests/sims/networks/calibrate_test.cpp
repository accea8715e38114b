#include "sims/networks/calibrate.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>

#include "firmware/compiler/reference.h"

using namespace eyeriss;
using networks::random_stream;

namespace {

std::vector<std::int32_t> random_sums(const random_stream& random, std::size_t count, std::int64_t range) {
    std::vector<std::int32_t> sums;
    for (std::size_t i = 0; i < count; ++i) {
        sums.push_back(
            static_cast<std::int32_t>(static_cast<std::int64_t>(random.bits(i) % (2 * range)) - range));
    }
    return sums;
}

std::vector<std::int32_t> outputs(const std::vector<std::int32_t>& sums, const networks::requantisation& r) {
    const std::size_t positions = sums.size() / r.scale.size();
    std::vector<std::int32_t> out;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        out.push_back(
            compiler::requantise(sums[i], r.bias[i / positions], r.scale[i / positions], 0, 0, 255));
    }
    return out;
}

double non_zero(const std::vector<std::int32_t>& values) {
    return 1 - static_cast<double>(std::count(values.begin(), values.end(), 0)) /
                   static_cast<double>(values.size());
}

}  // namespace

BOOST_AUTO_TEST_CASE(shares_spread_around_their_target) {
    for (const double target : {0.0, .115, .5, .864, 1.0}) {
        const auto shares = networks::spread_shares(256, target, random_stream(1, "shares"));
        BOOST_TEST(std::abs(std::accumulate(shares.begin(), shares.end(), 0.0) / 256 - target) < 1e-6);
        const auto [low, high] = std::minmax_element(shares.begin(), shares.end());
        BOOST_TEST(*low >= 0);
        BOOST_TEST(*high <= 1);
        if (target > 0 && target < 1) {
            BOOST_TEST(*high - *low > target * (1 - target));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_wanted_share_of_outputs_is_above_zero) {
    constexpr std::uint64_t seed = 17;
    BOOST_TEST_MESSAGE("seed " << seed);
    for (const std::int64_t range : {1, 3, 40, 900, 500'000}) {
        const random_stream random(seed, "sums" + std::to_string(range));
        const auto sums = random_sums(random, std::size_t{64} * 49, range);
        for (const double target : {.1, .5, .9, 1.0}) {
            const auto shares = networks::spread_shares(64, target, random);
            const auto values = outputs(sums, networks::calibrate(sums, shares, random));
            // A channel of two distinct sums can only be open by halves.
            BOOST_TEST(std::abs(non_zero(values) - target) <= (range < 40 ? .02 : .001));
            BOOST_TEST(*std::max_element(values.begin(), values.end()) >= 90);
            const auto saturated = std::count(values.begin(), values.end(), 255);
            BOOST_TEST(static_cast<double>(saturated) < .1 * static_cast<double>(values.size()));
        }
    }
}

BOOST_AUTO_TEST_CASE(an_fc_layer_opens_the_wanted_number_of_outputs_by_signs) {
    const random_stream random(5, "fc");
    auto sums = random_sums(random, 200, 1000);
    const auto before = sums;
    std::vector<std::int8_t> weights(400);
    std::iota(weights.begin(), weights.end(), std::int8_t{-100});
    const auto original = weights;
    const auto r = networks::calibrate_signs(sums, weights, .35, random);
    BOOST_TEST(std::count_if(sums.begin(), sums.end(), [](std::int32_t s) { return s > 0; }) == 70);
    for (std::size_t row = 0; row < sums.size(); ++row) {
        const int sign = sums[row] == before[row] ? 1 : -1;
        BOOST_TEST(sums[row] == sign * before[row]);
        BOOST_TEST(int{weights[2 * row]} == sign * original[2 * row]);
        BOOST_TEST(int{weights[2 * row + 1]} == sign * original[2 * row + 1]);
        BOOST_TEST(r.bias[row] == 0);
    }
    BOOST_TEST(non_zero(outputs(sums, r)) == .35, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(logits_use_the_byte_without_clipping) {
    const auto sums = random_sums(random_stream(6, "logits"), 1000, 90'000);
    const auto r = networks::calibrate_logits(sums);
    std::int32_t largest = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const std::int32_t value = compiler::requantise(sums[i], r.bias[i], r.scale[i], 0, -1000, 1000);
        largest = std::max(largest, std::abs(value));
    }
    BOOST_TEST(largest == 120);
}
