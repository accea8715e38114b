#define BOOST_TEST_MODULE run_length
#include "models/csc/run_length.h"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace eyeriss::csc;

namespace {

constexpr std::uint64_t seed = 20260702;

std::vector<std::int16_t> random_values(std::mt19937_64& random, std::size_t count, double zeros) {
    std::uniform_real_distribution<double> share(0, 1);
    std::uniform_int_distribution<int> value(1, 65535);
    std::vector<std::int16_t> values(count);
    for (auto& v : values)
        v = share(random) < zeros ? std::int16_t{0} : static_cast<std::int16_t>(value(random));
    return values;
}

}  // namespace

BOOST_AUTO_TEST_CASE(pairs_stand_in_a_word_as_the_paper_draws_them) {
    // 0,0,12,0,0,0,0,53,0,0,22: runs 2, 4, 2.
    const std::vector<std::int16_t> values{0, 0, 12, 0, 0, 0, 0, 53, 0, 0, 22};
    const auto words = encode_run_length(values);
    BOOST_REQUIRE(words.size() == 1U);
    const std::uint64_t expected = (2U | 12U << 5U) | std::uint64_t{4U | 53U << 5U} << 21U |
                                   std::uint64_t{2U | 22U << 5U} << 42U | std::uint64_t{1} << 63U;
    BOOST_TEST(words[0] == expected);
    BOOST_TEST((decode_run_length(words, values.size()) == values));
}

BOOST_AUTO_TEST_CASE(a_run_of_more_than_31_zeros_is_broken_by_a_stored_zero) {
    for (const std::size_t zeros : {31U, 32U, 63U, 64U, 65U}) {
        std::vector<std::int16_t> values(zeros, 0);
        values.push_back(-7);
        const std::size_t pairs = zeros / 32 + 1;
        BOOST_TEST(run_length_words(values) == (pairs + 2) / 3);
        BOOST_TEST((decode_run_length(encode_run_length(values), values.size()) == values), zeros);
    }
}

BOOST_AUTO_TEST_CASE(random_maps_survive_and_take_the_words_that_were_counted) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (unsigned i = 0; i < 500; ++i) {
        const auto values = random_values(random, random() % 400, static_cast<double>(random() % 101) / 100);
        const auto words = encode_run_length(values);
        BOOST_TEST(words.size() == run_length_words(values));
        BOOST_REQUIRE((decode_run_length(words, values.size()) == values));
    }
}

BOOST_AUTO_TEST_CASE(the_expected_size_is_that_of_independent_zeros) {
    std::mt19937_64 random(seed);
    for (const double zeros : {0.0, 0.4, 0.8, 0.95}) {
        constexpr std::size_t count = 300'000;
        const auto words = run_length_words(random_values(random, count, zeros));
        BOOST_TEST(static_cast<double>(words) * 64 == run_length_bits(count, zeros),
                   boost::test_tools::tolerance(0.02));
    }
    BOOST_TEST(run_length_bits(100, 1) == 0);
}

BOOST_AUTO_TEST_CASE(words_that_are_no_code_are_refused) {
    const std::vector<std::int16_t> values{1, 2, 3, 4};
    auto words = encode_run_length(values);
    BOOST_TEST(!decode_run_length(words, 3).has_value());
    words.back() &= ~(std::uint64_t{1} << 63);
    BOOST_TEST(!decode_run_length(words, 4).has_value());
    words = encode_run_length(values);
    words.front() |= std::uint64_t{1} << 63;
    BOOST_TEST(!decode_run_length(words, 4).has_value());
    BOOST_TEST(decode_run_length({}, 4).has_value());
}
