#pragma once

#include <cstdint>
#include <vector>

#include "models/csc/weight_tile.h"
#include "noc/stream.h"

/// What bursts to and from PEs carry. The bytes were decoded where they entered the array; the timing sees
/// the words that the compressed form takes.
namespace eyeriss::pe {

/// A row of iacts for one PE tile: segments of C0*U values, value (x, c) at x*channels + c, padding included.
struct iact_row : noc::burst_content {
    unsigned segments = 0;
    unsigned segment_values = 0;  ///< C0*U
    bool dense = false;           ///< raw values: zeros take their turn in the PE
    std::vector<std::int16_t>
        values;  ///< segments * segment_values, then two zeros so that pairs can be read
    std::vector<std::uint64_t> nonzero;         ///< a bit a value, then 64 zero bits
    unsigned inside_begin = 0, inside_end = 0;  ///< values [begin, end) lie in the image
    std::vector<std::uint16_t> pairs;           ///< stored pairs of each segment
    std::vector<std::uint32_t> words_to;        ///< port words up to and including each segment

    /// Fills nonzero, pairs and words_to from values.
    void index(unsigned port_bits);
};

/// A weight tile and what the PE's inner loop wants of it.
struct weight_load : noc::burst_content {
    csc::weight_tile tile;
    bool no_work = true;         ///< a tile of zero words: the PE only passes psums on
    bool empty_columns = false;  ///< some column stores nothing
    std::vector<std::int16_t>
        interleaved;  ///< [column pair][row][2]: two columns' weights of a row side by side
    std::vector<std::uint64_t>
        column_sums;  ///< a column's counts, 16 bits each: both, single, stored zero, non-zero
    std::vector<std::uint16_t> column_words;  ///< data words of each column

    /// Fills everything from tile.
    void index();
};

/// Psums of one PE column on their way: value (f, m) at f*channels + m, in psum_bits.
struct psum_row : noc::burst_content {
    unsigned windows = 0;
    unsigned channels = 0;
    std::vector<std::int32_t> values;
};

}  // namespace eyeriss::pe
