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
    std::vector<std::uint32_t> words_to;        ///< port words up to and including each segment

    /// Fills nonzero, pairs and words_to from segments * segment_values values; a dense one has raw_bits.
    void index(std::span<const std::int16_t> values, unsigned port_bits, unsigned raw_bits = 8);
};

/// A weight tile's columns.
struct weight_operands {
    bool empty_columns = false;               ///< some column stores nothing
    std::vector<std::uint64_t> column_sums;   ///< counts, 16 bits each: both, single, stored zero, non-zero
    std::vector<std::uint16_t> column_words;  ///< cycles of each column in the weight-data stage

    /// With one MAC a PE takes the weights of a word one after the other: every stored one is a cycle of one
    /// lane.
    void index(std::span<const csc::weight_tile::column> columns, unsigned macs);
};

}  // namespace eyeriss::pe
