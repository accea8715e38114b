#pragma once

#include <cstdint>
#include <vector>

#include "noc/parameters.h"

namespace eyeriss::noc {

/// Words that one port sends to one set of PEs without a pause, as a record of a layer's traffic has them
/// (doc/noc_trace.md).
struct transfer {
    /// PEs of a cluster: bit pe_row * pe_cols + pe_col; bit 0 where a psum bank takes it.
    struct destination {
        unsigned cluster = 0;
        std::uint32_t pes = 0;
    };
    cycle_t cycle = 0;                    ///< in which the first word enters
    port_kind network = port_kind::iact;  ///< psum_in: from a bank; psum_out: from the top of a column
    unsigned cluster = 0;                 ///< that sends
    unsigned port = 0;                    ///< of its ports of that network: bank, PE row or PE column
    std::uint64_t words = 0;
    std::vector<destination> destinations;  ///< by cluster, each once
};

}  // namespace eyeriss::noc
