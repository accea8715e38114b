#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/arch/timing/ledger.h"

namespace eyeriss::arch::timing {

/// Where the zeros of a PE's operands lie, all that its time depends on. A PE without work has no columns.
struct pe_job {
    std::span<const std::uint16_t> column_cycles;  ///< of each weight column in the weight-data stage
    std::span<const std::uint64_t> nonzero;        ///< a bit an iact of the row, then 64 zero bits
    unsigned step = 1;                             ///< iacts between windows, C0*U
    bool all_iacts = false;                        ///< raw iacts: every one takes its turn
    bool empty_columns = true;                     ///< some column may take no cycle
    /// Cycles of the weight-data stage over all windows of the pass, by what its words keep busy.
    cycle_t both_lanes = 0, one_lane = 0, stored_zero = 0;

    [[nodiscard]] bool works() const { return !column_cycles.empty(); }
    [[nodiscard]] unsigned columns() const { return static_cast<unsigned>(column_cycles.size()); }
};

/// Cycles of the weight-data stage in a window, at least the one that it takes.
[[nodiscard]] cycle_t work_of_window(const pe_job& job, unsigned window);

/// The seven stages of a PE (JETCAS 9(2), 2019, section IV-B) as a recurrence over the iacts that it picks.
///
/// Stage 1 picks an iact a cycle once its window's segments are in, stage 2 reads it, stage 3 looks its
/// weight column up, stage 4 queues columns, stage 5 reads a word a cycle, stage 6 multiplies, stage 7
/// accumulates. A stage holds one item and hands it on when the next one is free in that cycle. An empty
/// column leaves stage 3 for nowhere; if it ends its window, the end goes with the column before, where that
/// has not left stage 5, else on alone. The first word of a window waits in stage 7 until the psums before it
/// have gone.
///
/// Members are the cycles of the last item in each stage; later items depend on nothing else, so windows are
/// evaluated one after the other with no clock.
class pe_pipeline {
public:
    /// `stages` other than seven move the first iact of a pass by the difference, and nothing else.
    pe_pipeline(unsigned queue_columns, unsigned stages);

    /// Last cycles of each stage, and what the accumulator waits for.
    struct state {
        cycle_t first = 0;  ///< stage 1 works from here on
        cycle_t held = 0;   ///< psums keep the accumulator
        cycle_t charged_until = 0;
        cycle_t read = 0;                     ///< stage 2
        cycle_t looked_up = 0;                ///< stage 3
        std::vector<cycle_t> taken;           ///< stage 5 took a column off the queue; the last ones
        cycle_t word_read = 0;                ///< stage 5, last word of the last column
        cycle_t accumulated = 0, before = 0;  ///< stage 7, last word and the one before it
    };
    /// All that later windows depend on.
    [[nodiscard]] state& now() { return at_; }

    /// Everything before `cycle` is past; nothing is under way.
    void reset(cycle_t cycle);
    /// The PE's weights are in and its psums have gone: stage 1 works from `first` on.
    void begin_pass(cycle_t first);

    /// When a window can be picked.
    struct supply {
        cycle_t ready = 0;   ///< first cycle in which all of its segments are in the SPad
        cycle_t filled = 0;  ///< last cycle in which the GLB bank behind them was being filled
    };
    struct passage {
        cycle_t iacts_read = 0;     ///< stage 2 reads the last iact: the oldest segment is dropped
        cycle_t accumulated = 0;    ///< stage 7 takes the last word
        cycle_t blocked_after = 0;  ///< the first word stands in stage 7 after this cycle and up to
        cycle_t blocked_until = 0;  ///< this one: psums keep the accumulator, which nobody has charged
    };
    /// Sends window number `window` of a job through. Charges what the accumulator waits for; words of the
    /// weight-data stage are in pe_job's sums already.
    passage run(const pe_job& job, unsigned window, const supply& s, ledger& charged);

    /// Psums keep the accumulator up to this cycle; `charged`: somebody has charged the cycles up to there.
    void hold_accumulator(cycle_t until, bool charged);
    /// Cycle of the last word accumulated.
    [[nodiscard]] cycle_t accumulated() const { return at_.accumulated; }

private:
    /// Cycles that stage 1 starved before an item, not yet charged.
    struct starving {
        cycle_t iact = 0, dram = 0;
    };
    cycle_t queue_column(cycle_t look);
    void accumulate_column(cycle_t words, cycle_t first_read, cycle_t first);
    static void charge_gap(cycle_t empty, const starving& starved, ledger& charged);

    state at_;
    unsigned stages_ = 7;
};

}  // namespace eyeriss::arch::timing
