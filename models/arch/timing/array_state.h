#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/arch/machine.h"
#include "models/arch/timing/ledger.h"
#include "models/arch/timing/pe_pipeline.h"
#include "models/arch/timing/psum_run.h"
#include "models/arch/timing/segment_room.h"

/// What PEs, ports and banks carry from one pass into the next.
namespace eyeriss::arch::timing {

/// Words of a window's psums, two in each.
[[nodiscard]] inline std::uint32_t psum_words(unsigned rows) {
    return (rows + 1) / 2;
}
/// Cycles that they take to cross a psum port.
[[nodiscard]] inline cycle_t psum_port_cycles(const machine& m, unsigned rows) {
    return (std::uint64_t{rows} * m.pe.psum_bits + m.noc.psum_port_bits - 1) / m.noc.psum_port_bits;
}

/// What moves a PE's psums does up to a cycle.
struct psum_activity {
    cause what = cause::psum_ports;
    cycle_t until = 0;
};

/// When a PE's window was done.
struct window_times {
    cycle_t accumulated = 0;  ///< stage 7 took its last word
    cycle_t moved = 0;        ///< its last psum has moved out
};
/// Called for every window of every PE, each PE's in order.
using window_observer = std::function<void(std::uint32_t pe, const window_times&)>;

/// The iacts of a PE.
struct pe_iacts {
    explicit pe_iacts(const pe_parameters& p) : room(p.iact_entries, p.iact_address_entries) {}
    segment_room room;
    cycle_t segments_ready = 0;  ///< the present window's segments are in the SPad
    cycle_t filled = 0;          ///< fill of the bank that feeds it
    cycle_t job_before_end = 0;  ///< the pass before the last one moved its last psum
};

struct timed_pe {
    explicit timed_pe(const pe_parameters& p) : pipeline(p.drop_queue_columns, p.pipeline_stages) {}
    ledger causes{};
    cycle_t job_end = 0;          ///< its last psum of the pass moved
    cycle_t tile_before_end = 0;  ///< the tile before its present one was used up to here
    cycle_t psums_moved = 0;      ///< of the last window
    bool worked = false;
    pe_pipeline pipeline;
    psum_fifo below;                    ///< of the psums that come from below
    std::vector<psum_activity> moving;  ///< not yet charged, where moving and accumulating overlap
};

struct iact_port {
    cycle_t sent = 0;  ///< last word
    cycle_t turn = 0;  ///< the last segment's end, which may come with another's last word
    port_account account;
};

/// A port of weights or psums.
struct pass_port {
    cycle_t used = 0;  ///< last word
    port_account account;
};

/// Psums of an output tile in a bank: when each word was written.
struct kept_tile {
    std::vector<psum_run> written, writing;
    psum_reader reader;
};

}  // namespace eyeriss::arch::timing
