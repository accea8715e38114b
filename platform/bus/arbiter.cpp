#include "platform/bus/arbiter.h"

#include <algorithm>

namespace eyeriss::platform {

void arbiter::set(unsigned initiator, unsigned rank, unsigned weight) {
    if (initiator >= claims_.size()) {
        claims_.resize(initiator + 1);
    }
    claims_[initiator].rank = rank;
    claims_[initiator].weight = std::max(weight, 1U);
}

arbiter::claim arbiter::of(unsigned initiator) const {
    return initiator < claims_.size() ? claims_[initiator] : claim{};
}

/// Who goes first has the smallest key.
std::uint64_t arbiter::order_key(const bus_request& r, std::size_t initiators) const {
    switch (order_) {
        case arch::arbitration::priority:
            return of(r.initiator).rank;
        case arch::arbitration::weighted:
            return std::max(of(r.initiator).served, served_);
        case arch::arbitration::round_robin:
            break;
    }
    return r.initiator >= next_ ? r.initiator - next_ : r.initiator + initiators;
}

std::optional<std::size_t> arbiter::choose(std::span<const bus_request> waiting) const {
    if (waiting.empty()) {
        return std::nullopt;
    }
    unsigned highest = next_;
    for (const auto& r : waiting) {
        highest = std::max(highest, r.initiator);
    }
    const auto before = [&](const bus_request& a, const bus_request& b) {
        const auto ka = order_key(a, highest + 1), kb = order_key(b, highest + 1);
        return ka != kb ? ka < kb : a.initiator < b.initiator;
    };
    return static_cast<std::size_t>(std::min_element(waiting.begin(), waiting.end(), before) -
                                    waiting.begin());
}

void arbiter::went(const bus_request& request) {
    constexpr std::uint64_t unit = 1U << 20U;  // of served bytes, so that weights divide finely
    next_ = request.initiator + 1;
    if (request.initiator >= claims_.size()) {
        claims_.resize(request.initiator + 1);
    }
    claim& c = claims_[request.initiator];
    const std::uint64_t start = std::max(c.served, served_);
    served_ = start;
    c.served = start + request.bytes * unit / c.weight;
}

}  // namespace eyeriss::platform
