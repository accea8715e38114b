#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/csc/weight_tile.h"

/// What the cycle counts of a PE depend on: where the zeros of its operands are, and how many words they
/// take.
namespace eyeriss::pe {

/// A row of iacts for one PE tile: segments of C0*U values, value (x, c) at x*channels + c, padding included.
struct iact_operands {
    unsigned segments = 0;
    unsigned segment_values = 0;                ///< C0*U
    bool dense = false;                         ///< raw values: zeros take their turn in the PE
    unsigned inside_begin = 0, inside_end = 0;  ///< values [begin, end) lie in the image
    std::vector<std::uint64_t> nonzero;         ///< a bit a value, then 64 zero bits
    std::vector<std::uint16_t> pairs;           ///< stored pairs of each segment
    std::uint64_t all_pairs = 0;                ///< of all segments
    std::vector<std::uint32_t> words_to;        ///< port words up to and including each segment
    // By count_hits.
    unsigned windows = 0, columns = 0;
    std::vector<std::uint32_t> hits;    ///< by weight column: windows whose iact there is non-zero
    std::vector<std::uint32_t> inside;  ///< by weight column: and lies in the image

    /// Fills nonzero, pairs, all_pairs and words_to from segments * segment_values values; a dense one has
    /// raw_bits.
    void index(std::span<const std::int16_t> values, unsigned port_bits, unsigned raw_bits = 8);
    /// Fills hits and inside, padded with zeros to padded_columns, for so many windows of so many values,
    /// segment_values apart; index() comes first.
    void count_hits(unsigned window_count, unsigned column_count);
};

/// What a weight tile's columns hold, each column counted as often as one says.
struct weight_sums {
    std::uint64_t nonzero = 0;  ///< weights other than 0
    std::uint64_t stored = 0;   ///< weights in the words, stored zeros included, pads not
    std::uint64_t words = 0;    ///< of the data SPad
    std::uint64_t both = 0;     ///< cycles that keep two lanes busy
    std::uint64_t single = 0;   ///< cycles that keep one lane busy
    [[nodiscard]] std::uint64_t cycles(unsigned macs) const { return macs == 1 ? stored : words; }
};

/// A weight tile's columns.
struct weight_operands {
    unsigned macs = 2;                        ///< of the PE
    bool empty_columns = false;               ///< some column stores nothing
    std::vector<std::uint16_t> column_words;  ///< cycles of each column in the weight-data stage
    weight_sums once;                         ///< of all columns, each once
    // By column, padded with zeros to padded_columns: the members of weight_sums.
    std::vector<std::uint16_t> nonzero, stored, words, both, single;

    /// With one MAC a PE takes the weights of a word one after the other: every stored one is a cycle of one
    /// lane.
    void index(std::span<const csc::weight_tile::column> columns, unsigned mac_count);
};

/// Columns with the zeros behind them that counts by column are padded with.
constexpr unsigned padded_columns(unsigned columns) {
    return (columns + 7) / 8 * 8;
}

/// A row of iacts against a weight tile.
struct row_sums {
    std::uint64_t hits = 0;    ///< non-zero iacts at all columns
    std::uint64_t inside = 0;  ///< products of non-zero weights and non-zero iacts in the image
    weight_sums weights;       ///< each column once for every window whose iact there is non-zero
};

/// Sums up over all columns; iact_operands::count_hits comes first, for the tile's columns. Uses AVX2 where
/// the processor has it.
[[nodiscard]] row_sums sum_row(const iact_operands& iacts, const weight_operands& weights);

}  // namespace eyeriss::pe
