#pragma once

#include <array>

#include "models/arch/timing/ledger.h"

namespace eyeriss::energy {

/// PE-cycles of a ledger in which pipelines were clocked.
///
/// A PE's pipeline is clocked while it works or moves data: multiplying, bubbles, loading weights, moving
/// psums. While it waits or is done its registers hold, and their clock is gated (A-ENERGY-CLOCK).
[[nodiscard]] constexpr noc::cycle_t clocked_cycles(const arch::timing::ledger& spent) {
    using arch::timing::cause;
    constexpr std::array running{cause::both_lanes, cause::one_lane,        cause::stored_zero,
                                 cause::bubble,     cause::loading_weights, cause::psum_ports};
    noc::cycle_t sum = 0;
    for (const cause c : running) sum += spent[static_cast<std::size_t>(c)];
    return sum;
}

}  // namespace eyeriss::energy
