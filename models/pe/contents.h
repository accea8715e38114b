#pragma once

#include <cstdint>
#include <vector>

#include "models/csc/weight_tile.h"
#include "models/pe/operands.h"
#include "noc/stream.h"

/// What bursts to and from PEs carry. The bytes were decoded where they entered the array; the timing sees
/// the words that the compressed form takes.
namespace eyeriss::pe {

struct iact_row : noc::burst_content, iact_operands {
    std::vector<std::int16_t>
        values;  ///< segments * segment_values, then two zeros so that pairs can be read
};

struct weight_load : noc::burst_content, weight_operands {
    csc::weight_tile tile;
    bool no_work = true;  ///< a tile of zero words: the PE only passes psums on
    std::vector<std::int16_t>
        interleaved;  ///< [column pair][row][2]: two columns' weights of a row side by side

    /// Fills everything from tile, for PEs of so many MACs.
    void prepare(unsigned mac_count);
};

/// Psums of one PE column on their way: value (f, m) at f*channels + m, in psum_bits.
struct psum_row : noc::burst_content {
    unsigned windows = 0;
    unsigned channels = 0;
    std::vector<std::int32_t> values;
};

}  // namespace eyeriss::pe
