#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/arch/machine.h"

namespace eyeriss::platform {

/// A request that waits at a target of an interconnect.
struct bus_request {
    unsigned initiator = 0;
    std::uint64_t bytes = 0;
};

/// Chooses among initiators at one target; plain, without a kernel. A tie goes to the lower index.
///
/// `round_robin`: the next index after the one that went last. `priority`: the lowest rank first.
/// `weighted`: start-time fair queueing; initiators that always wait get bytes in proportion to their
/// weights, and one that was idle does not save up.
class arbiter {
public:
    explicit arbiter(arch::arbitration order) : order_(order) {}

    /// What an initiator is worth; 0 and 1 for those never told of.
    void set(unsigned initiator, unsigned rank, unsigned weight);

    /// Index into `waiting` (one request an initiator) of who goes now; nothing when it is empty.
    [[nodiscard]] std::optional<std::size_t> choose(std::span<const bus_request> waiting) const;
    /// To be called when a request has gone.
    void went(const bus_request& request);

private:
    struct claim {
        unsigned rank = 0, weight = 1;
        std::uint64_t served = 0;  ///< bytes in proportion to the weight
    };
    [[nodiscard]] claim of(unsigned initiator) const;
    [[nodiscard]] std::uint64_t order_key(const bus_request& r, std::size_t initiators) const;

    arch::arbitration order_;
    std::vector<claim> claims_;
    unsigned next_ = 0;         ///< round robin: index that comes first
    std::uint64_t served_ = 0;  ///< weighted: where service stands
};

}  // namespace eyeriss::platform
