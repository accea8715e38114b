#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "noc/parameters.h"

namespace eyeriss::arch::timing {

using noc::cycle_t;

/// What a PE does in a cycle. Every PE-cycle of a layer belongs to exactly one (doc/reference_cases.md works
/// examples by hand).
enum class cause : std::uint8_t {
    both_lanes,       ///< two products
    one_lane,         ///< one product; the other lane has a pad
    stored_zero,      ///< a lane is given an explicitly stored zero or a raw one
    bubble,           ///< the accumulator runs dry: a pass's first iact on its way, dropped columns
    loading_weights,  ///< a word of its own weights comes in
    psum_ports,       ///< psums on the SPad's ports
    wait_iact,        ///< the first stage starves though the GLB bank is filled
    wait_weight,      ///< its weights have not begun to come
    wait_psum_in,     ///< no psum has come from below
    wait_psum_out,    ///< no place for psums above
    wait_config,      ///< descriptor, static configuration, firmware
    wait_dram,        ///< the first stage starves while its GLB bank is being filled; weights come from DRAM
    finished_early,   ///< done with the layer (imbalance)
    not_mapped,       ///< no work in this layer
};
inline constexpr std::size_t cause_count = 14;

/// Cycles by cause.
using ledger = std::array<cycle_t, cause_count>;

inline void charge(ledger& l, cause c, cycle_t cycles) {
    l[static_cast<std::size_t>(c)] += cycles;
}

/// What a port of a network or a bank did in a layer's cycles; the three add up to them.
struct port_ledger {
    cycle_t busy = 0;     ///< a word crosses
    cycle_t stalled = 0;  ///< a word is there, but somebody who takes it is not ready
    cycle_t idle = 0;     ///< nothing to send
    [[nodiscard]] cycle_t total() const { return busy + stalled + idle; }
};

/// A port's ledger as it grows. Everything up to the cursor is charged.
class port_account {
public:
    void begin_layer(cycle_t start) {
        cursor_ = start;
        ledger_ = {};
    }
    /// Nothing to send up to the end of cycle `until`.
    void idle(cycle_t until) { advance(ledger_.idle, until); }
    /// Something to send that nobody takes yet.
    void stalled(cycle_t until) { advance(ledger_.stalled, until); }
    /// Words cross; two that cross in one cycle (the end of one burst, the begin of the next) count once.
    void busy(cycle_t until) { advance(ledger_.busy, until); }
    /// Charges what was counted elsewhere, up to `until`.
    void add(const port_ledger& counted, cycle_t until) {
        ledger_.busy += counted.busy;
        ledger_.stalled += counted.stalled;
        ledger_.idle += counted.idle;
        cursor_ = until;
    }
    /// What is charged so far, and up to which cycle.
    [[nodiscard]] const port_ledger& so_far() const { return ledger_; }
    [[nodiscard]] cycle_t until() const { return cursor_; }
    [[nodiscard]] port_ledger end_layer(cycle_t end) {
        idle(end);
        return ledger_;
    }

private:
    void advance(cycle_t& count, cycle_t until) {
        if (until <= cursor_) return;
        count += until - cursor_;
        cursor_ = until;
    }

    cycle_t cursor_ = 0;
    port_ledger ledger_;
};

}  // namespace eyeriss::arch::timing
