#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/csc/weight_tile.h"

/// What the cycle counts of a PE depend on: where the zeros of its operands are, and how many words they
/// take.
namespace eyeriss::pe {

/// How many windows of a row meet an iact at one weight column.
struct column_hits {
    std::uint32_t read = 0;     ///< an iact that the PE reads: every raw one, else the non-zero ones
    std::uint32_t nonzero = 0;  ///< a non-zero iact
    std::uint32_t inside = 0;   ///< a non-zero iact that lies in the image
};

/// A row of iacts for one PE tile: segments of C0*U values, value (x, c) at x*channels + c, padding included.
struct iact_operands {
    unsigned segments = 0;
    unsigned segment_values = 0;                ///< C0*U
    bool dense = false;                         ///< raw values: zeros take their turn in the PE
    unsigned inside_begin = 0, inside_end = 0;  ///< values [begin, end) lie in the image
    std::vector<std::uint64_t> nonzero;         ///< a bit a value, then 64 zero bits
    std::vector<std::uint16_t> pairs;           ///< stored pairs of each segment
    std::vector<std::uint32_t> words_to;        ///< port words up to and including each segment
    std::vector<column_hits> hits;              ///< by weight column, over all windows; see count_hits

    /// Fills nonzero, pairs and words_to from segments * segment_values values; a dense one has raw_bits.
    void index(std::span<const std::int16_t> values, unsigned port_bits, unsigned raw_bits = 8);
    /// Fills hits for windows of `columns` values, segment_values apart; index() comes first.
    void count_hits(unsigned windows, unsigned columns);
};

/// Weight-data cycles of a column by what they keep busy, and its non-zero weights.
struct column_lanes {
    std::uint16_t both = 0, single = 0, stored_zero = 0, nonzero = 0;
};

/// A weight tile's columns.
struct weight_operands {
    bool empty_columns = false;               ///< some column stores nothing
    std::vector<std::uint16_t> column_words;  ///< cycles of each column in the weight-data stage
    std::vector<column_lanes> lanes;          ///< the same cycles, split

    /// With one MAC a PE takes the weights of a word one after the other: every stored one is a cycle of one
    /// lane.
    void index(std::span<const csc::weight_tile::column> columns, unsigned macs);
};

}  // namespace eyeriss::pe
