#pragma once

#include <algorithm>
#include <vector>

#include "tests/reference/array.h"

namespace eyeriss::reference {

/// Sends weight tiles in order. A tile's first word waits until all destinations are idle.
class weight_port {
public:
    explicit weight_port(const std::vector<tile_delivery>& deliveries) : deliveries_(deliveries) {}

    void step(cycle now, std::vector<pe>& pes) {
        if (now >= free_) begin(now, pes);
        const bool more = next_ < deliveries_.size();
        port_.add(now < free_ ? activity::busy : more ? activity::stalled : activity::idle);
    }
    [[nodiscard]] const port_counts& port() const { return port_; }

private:
    void begin(cycle now, std::vector<pe>& pes) {
        if (next_ == deliveries_.size()) return;
        const tile_delivery& d = deliveries_[next_];
        const auto ready = [&](const destination& t) { return pes[t.pe].ready_for_weights(d.pass); };
        if (!std::ranges::all_of(d.to, ready)) return;
        for (const destination& t : d.to) pes[t.pe].weights_come(now + t.hops, d.words);
        free_ = now + d.words;
        ++next_;
    }

    const std::vector<tile_delivery>& deliveries_;
    std::size_t next_ = 0;
    cycle free_ = 0;
    port_counts port_;
};

}  // namespace eyeriss::reference
