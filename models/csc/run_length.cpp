#include "models/csc/run_length.h"

#include <cmath>

namespace eyeriss::csc {

namespace {

constexpr unsigned count_bits = 5, value_bits = 16, pair_bits = count_bits + value_bits;
constexpr std::uint64_t last_word = std::uint64_t{1} << 63;

/// Calls visit(zeros before, value) for every pair of the code.
template <typename Visit>
void for_each_pair(std::span<const std::int16_t> values, Visit visit) {
    std::uint64_t zeros = 0;
    for (const std::int16_t value : values) {
        if (value == 0) {
            ++zeros;
            continue;
        }
        for (; zeros > run_length_longest; zeros -= run_length_longest + 1)
            visit(run_length_longest, std::int16_t{0});
        visit(static_cast<unsigned>(zeros), value);
        zeros = 0;
    }
}

}  // namespace

std::vector<std::uint64_t> encode_run_length(std::span<const std::int16_t> values) {
    std::vector<std::uint64_t> words;
    unsigned in_word = run_length_pairs;
    for_each_pair(values, [&](unsigned zeros, std::int16_t value) {
        if (in_word == run_length_pairs) {
            words.push_back(0);
            in_word = 0;
        }
        const std::uint64_t pair = zeros | std::uint64_t{static_cast<std::uint16_t>(value)} << count_bits;
        words.back() |= pair << (pair_bits * in_word++);
    });
    if (!words.empty()) words.back() |= last_word;
    return words;
}

std::optional<std::vector<std::int16_t>> decode_run_length(std::span<const std::uint64_t> words,
                                                           std::size_t count) {
    std::vector<std::int16_t> values(count, 0);
    std::size_t at = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (((words[i] & last_word) != 0) != (i + 1 == words.size())) return std::nullopt;
        for (unsigned pair = 0; pair < run_length_pairs; ++pair) {
            const std::uint64_t bits = words[i] >> (pair_bits * pair);
            const auto zeros = static_cast<unsigned>(bits & run_length_longest);
            const auto value = static_cast<std::int16_t>(bits >> count_bits & 0xffffU);
            // Places that the last word has left are empty: no zeros, no value.
            if (i + 1 == words.size() && zeros == 0 && value == 0) continue;
            at += zeros;
            if (at >= count) return std::nullopt;
            values[at++] = value;
        }
    }
    return values;
}

std::size_t run_length_words(std::span<const std::int16_t> values) {
    std::size_t pairs = 0;
    for_each_pair(values, [&](unsigned, std::int16_t) { ++pairs; });
    return (pairs + run_length_pairs - 1) / run_length_pairs;
}

double run_length_bits(double values, double zeros) {
    // A value other than zero comes after k zeros with probability zeros^k (1 - zeros); each 32 of them cost
    // a pair.
    const double broken = std::pow(zeros, run_length_longest + 1);
    const double pairs = zeros >= 1 ? 0 : values * (1 - zeros) * (1 + broken / (1 - broken));
    return pairs * 64 / run_length_pairs;
}

}  // namespace eyeriss::csc
