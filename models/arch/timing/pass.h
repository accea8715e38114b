#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/arch/timing/pe_pipeline.h"

namespace eyeriss::arch::timing {

/// A PE that takes a burst, and how long a word travels to it.
struct sink {
    std::uint32_t pe = 0;
    cycle_t latency = 0;
};

/// A row of iacts on its way from a bank over a port to PEs.
struct stream {
    std::uint32_t port = 0;                   ///< iact router, counted over the array
    std::uint32_t bank = 0;                   ///< iact bank, counted over the array
    std::span<const std::uint32_t> words_to;  ///< port words up to and including each segment
    std::span<const std::uint16_t> pairs;     ///< SPad entries of each segment
    std::vector<sink> sinks;
};

/// A weight tile on its way from a port to PEs.
struct load {
    std::uint32_t port = 0;  ///< weight router, counted over the array
    cycle_t words = 0;
    std::vector<sink> sinks;  ///< PEs with work in the pass
};

/// A reduction chain of one PE column, the PEs that have work from its start to its end.
struct chain {
    struct link {
        std::uint32_t pe = 0;
        cycle_t latency = 0;  ///< of the way from the PE before it
    };
    std::vector<link> pes;
    bool from_bank = false;      ///< earlier psums come from the bank; else the chain starts from zero
    bool to_bank = false;        ///< the psums are not finished and stay in the bank
    std::uint64_t slot = 0;      ///< names the output tile among those that banks keep
    std::uint32_t in_port = 0;   ///< psum router at the start, counted over the array
    std::uint32_t out_port = 0;  ///< psum router at the end
    unsigned rows = 0;           ///< psums of a window (M0 of the tile)
};

struct pass {
    unsigned windows = 0;
    unsigned window_segments = 1;
    std::vector<load> loads;      ///< empty when the weights stay
    cycle_t weights_arrival = 0;  ///< last byte of the loads' DRAM segment; 0: memory does not limit
    std::vector<stream> streams;
    std::span<const cycle_t> iacts_filled;  ///< by bank: last cycle of its fill
    cycle_t outputs_blocked = 0;  ///< finished psums cannot leave up to this cycle: outputs wait for DRAM
    std::vector<chain> chains;
    std::vector<pe_job> jobs;  ///< by PE
};

}  // namespace eyeriss::arch::timing
