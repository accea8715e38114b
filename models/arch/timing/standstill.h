#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "models/arch/timing/array_timing.h"

/// What becomes of a pass in which something never moves.
///
/// A start in the array is the maximum of the times that it needs (array_timing.h). Where one of them is
/// never, the start is never, too; so `never` travels along the same edges: from ports to the PEs that they
/// feed, from a PE to the one that adds its psums, and back, as credits, from a PE whose buffers are full to
/// the ports and PEs that send to it. A pass that any of it reaches does not end.
namespace eyeriss::arch::timing {

/// A part of the array that can stand still.
struct unit {
    enum class kind : std::uint8_t { pe, iact_port, weight_port, psum_in_port, psum_out_port };
    kind what = kind::pe;
    std::uint32_t index = 0;  ///< counted over the array
    auto operator<=>(const unit&) const = default;
};

/// A unit whose next start is never, and the unit whose time it needs; the same unit for one that stands
/// still itself.
struct waiting {
    enum class need : std::uint8_t { itself, iacts, weights, psums, room };
    unit who;
    unit whom;
    need what = need::itself;
};

/// All units of a pass that never start, each after the one that it waits for; empty when none of those that
/// stand still has work in it.
[[nodiscard]] std::vector<waiting> who_waits(const pass& p, const std::set<unit>& still, const machine& m);

/// The longest way through `all` that ends at a unit that stands still, first waiter first.
[[nodiscard]] std::vector<waiting> longest_wait(const std::vector<waiting>& all);

/// A unit's name for people: "PE 17 (cluster 1, row 1, column 1)", "iact port 4 (cluster 1, router 1)".
[[nodiscard]] std::string to_string(const unit& u, const machine& m);
/// "PE 3 (...) waits for iacts from iact port 1 (...)" or "... stands still".
[[nodiscard]] std::string to_string(const waiting& w, const machine& m);

}  // namespace eyeriss::arch::timing
