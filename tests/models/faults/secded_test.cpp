#define BOOST_TEST_MODULE secded
#include "models/faults/secded.h"

#include <boost/test/unit_test.hpp>
#include <random>

namespace eyeriss::faults {
namespace {

constexpr unsigned seed = 20260101;

/// Widths in use: GLB words of iacts and psums, the usual 32 and 64, and the least.
constexpr unsigned widths[] = {1, 8, 24, 32, 40, 64};

std::uint64_t random_word(std::mt19937_64& random, unsigned bits) {
    return bits == 64 ? random() : random() & ((std::uint64_t{1} << bits) - 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(code_words_have_their_usual_sizes) {
    BOOST_TEST(secded(64).check_bits() == 8U);
    BOOST_TEST(secded(32).check_bits() == 7U);
    BOOST_TEST(secded(24).check_bits() == 6U);
}

BOOST_AUTO_TEST_CASE(every_single_error_is_corrected) {
    std::mt19937_64 random(seed);
    for (const unsigned width : widths) {
        const secded code(width);
        const std::uint64_t data = random_word(random, width);
        const auto good = code.encode(data);
        BOOST_TEST((code.decode(good).state == word_state::clean));
        for (unsigned bit = 0; bit < width + code.check_bits(); ++bit) {
            auto stored = good;
            code.flip(stored, bit);
            const auto found = code.decode(stored);
            BOOST_TEST((found.state == word_state::corrected), "seed " << seed << " width " << width);
            BOOST_TEST(found.data == data);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_double_error_is_detected_and_none_is_taken_for_another) {
    std::mt19937_64 random(seed);
    for (const unsigned width : widths) {
        const secded code(width);
        const unsigned bits = width + code.check_bits();
        const auto good = code.encode(random_word(random, width));
        for (unsigned first = 0; first < bits; ++first) {
            for (unsigned second = first + 1; second < bits; ++second) {
                auto stored = good;
                code.flip(stored, first);
                code.flip(stored, second);
                BOOST_TEST((code.decode(stored).state == word_state::uncorrectable),
                           "seed " << seed << " width " << width << " bits " << first << ", " << second);
            }
        }
    }
}

}  // namespace eyeriss::faults
