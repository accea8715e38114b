#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Eyeriss v1's run-length code of feature maps (JSSC 52(1), 2017, section V-E): a pair is 5 bits of zeros
/// before a value and 16 bits of value; three pairs and a flag bit fill a 64-bit word. Weights are not coded.
namespace eyeriss::csc {

inline constexpr unsigned run_length_longest = 31;  ///< zeros that a pair can stand for
inline constexpr unsigned run_length_pairs = 3;     ///< of a word

/// Encodes values in order. A run of more than 31 zeros is broken by a stored zero after 31. Pair i of a word
/// stands at bit 21 i, its count in the low five bits; bit 63 is set in the last word. Zeros at the end are
/// not stored.
[[nodiscard]] std::vector<std::uint64_t> encode_run_length(std::span<const std::int16_t> values);

/// Decodes `count` values. Nothing when the words stand for more values, or when the flag does not mark the
/// last word alone.
[[nodiscard]] std::optional<std::vector<std::int16_t>> decode_run_length(std::span<const std::uint64_t> words,
                                                                         std::size_t count);

/// Words that encode_run_length would write, counted alone.
[[nodiscard]] std::size_t run_length_words(std::span<const std::int16_t> values);

/// Expected bits of `values` values of which a share `zeros` (0..1) is zero, each independently of the
/// others.
[[nodiscard]] double run_length_bits(double values, double zeros);

}  // namespace eyeriss::csc
