#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/arch/timing/pe_pipeline.h"

namespace eyeriss::arch::timing {

/// A pass in which every PE with work has, window by window, the average of the PEs' work
/// (arch::ideal_limits::sparsity_balance). What a division leaves over goes to the next window, so that up to
/// any window a PE has no more than the average.
class balanced_work {
public:
    /// Averages the jobs of these PEs, of which there is at least one, over so many windows.
    void average(std::span<const pe_job> jobs, std::span<const std::uint32_t> pes, unsigned windows);

    /// The job of each of these PEs in a window: one column. Valid until the next call of average.
    [[nodiscard]] pe_job window(unsigned window) const {
        pe_job job;
        job.column_cycles = std::span(cycles_).subspan(window, 1);
        job.all_iacts = true;
        job.empty_columns = false;
        return job;
    }
    /// A PE's cycles over all windows, by what its words keep busy, and the rest of a window's least cycle.
    struct share {
        cycle_t both_lanes = 0, one_lane = 0, stored_zero = 0, bubbles = 0;
    };
    [[nodiscard]] const share& of_a_pe() const { return share_; }

private:
    std::vector<std::uint16_t> cycles_;  ///< by window
    share share_;
};

}  // namespace eyeriss::arch::timing
