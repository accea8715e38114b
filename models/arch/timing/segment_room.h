#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "models/arch/timing/ledger.h"

namespace eyeriss::arch::timing {

/// The room in a PE's iact SPads. A segment keeps its entries from the cycle in which its first word is sent
/// until stage 2 has read the last window that needs it; the next one can be sent a cycle later.
class segment_room {
public:
    segment_room(unsigned entries, unsigned segments)
        : entries_(entries), most_(segments), held_(std::bit_ceil(segments + 1)), last_(held_.size() - 1) {}

    void reset() { first_ = used_ = used_entries_ = released_ = 0; }

    /// Last cycle in which a segment of so many entries cannot be sent yet, where `most` segments may be held
    /// with it; 0 when it always could. Asked once for each segment, in order.
    [[nodiscard]] cycle_t full_until(unsigned entries, unsigned most) {
        cycle_t until = 0;
        const auto allowed = std::min<std::size_t>(most, most_);
        while (released_ > 0 && (used_ >= allowed || used_entries_ + entries > entries_)) {
            until = held_[first_].released;
            used_entries_ -= held_[first_].entries;
            first_ = (first_ + 1) & last_;
            --used_;
            --released_;
        }
        return until;
    }
    /// It is sent.
    void add(unsigned entries) {
        held_[(first_ + used_) & last_] = {entries, 0};
        used_entries_ += entries;
        ++used_;
    }
    /// The oldest `count` segments that are still needed have been read for the last time.
    void release(unsigned count, cycle_t cycle) {
        for (; count > 0 && released_ < used_; --count) {
            held_[(first_ + released_++) & last_].released = cycle;
        }
    }

private:
    struct segment {
        unsigned entries = 0;
        cycle_t released = 0;
    };

    unsigned entries_, most_;
    std::vector<segment> held_;  ///< cyclic, oldest first
    std::size_t last_;           ///< place there, all bits set
    std::size_t first_ = 0, used_ = 0;
    std::size_t released_ = 0;  ///< of the held ones, the oldest, whose release is known
    unsigned used_entries_ = 0;
};

}  // namespace eyeriss::arch::timing
