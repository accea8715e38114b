#pragma once

#include <random>

#include "tests/reference/column.h"

namespace eyeriss::reference {

/// What a random PE tile may look like.
struct tile_limits {
    int fewest_rows = 1;
    bool empty_columns = true;  ///< weight columns without a stored weight
    bool always_ahead = false;  ///< the next window's segment fits beside the present window at its fullest
    bool raw_weights = false;   ///< dense mode now and then
    bool raw_iacts = false;     ///< raw iacts now and then
};

/// A tile that fits the paper's SPads, of any density; odd and empty columns, windows without iacts included.
pe_work random_tile(std::mt19937& random, const tile_limits&);

/// A chain of such tiles of one shape, each with weights and iacts of its own.
std::vector<pe_work> random_chain(std::mt19937& random, const tile_limits&, int length);

}  // namespace eyeriss::reference
