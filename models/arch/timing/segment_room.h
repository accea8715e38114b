#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/arch/timing/ledger.h"

namespace eyeriss::arch::timing {

/// The room in a PE's iact SPads. A segment keeps its entries from the cycle in which its first word is sent
/// until stage 2 has read the last window that needs it; the next one can be sent a cycle later.
class segment_room {
public:
    segment_room(unsigned entries, unsigned segments)
        : entries_(entries), most_(segments), held_(segments + 1) {}

    void reset() { used_ = used_entries_ = released_ = 0; }
    /// Segments that it holds at most.
    [[nodiscard]] unsigned most_segments() const { return most_; }

    /// Last cycle in which a segment of so many entries cannot be sent yet, where `most` segments may be held
    /// with it; 0 when it always could. Asked once for each segment, in order.
    [[nodiscard]] cycle_t full_until(unsigned entries, unsigned most) {
        cycle_t until = 0;
        const unsigned allowed = std::min(most, most_);
        while (released_ > 0 && (used_ >= allowed || used_entries_ + entries > entries_)) {
            until = held_.front().released;
            used_entries_ -= held_.front().entries;
            --used_;
            for (unsigned i = 0; i < used_; ++i) {  // a call of memmove would cost more
                held_[i].entries = held_[i + 1].entries;
                held_[i].released = held_[i + 1].released;
            }
            --released_;
        }
        return until;
    }
    /// It is sent.
    void add(unsigned entries) {
        if (used_ == held_.size()) held_.resize(std::size_t{used_} + 1);  // a PE without work releases none
        held_[used_] = {entries, 0};
        used_entries_ += entries;
        ++used_;
    }
    /// The oldest `count` segments that are still needed have been read for the last time.
    void release(unsigned count, cycle_t cycle) {
        for (; count > 0 && released_ < used_; --count) {
            held_[released_++].released = cycle;
        }
    }

    /// Whether both hold segments of the same entries, all read for the last time already.
    [[nodiscard]] bool is_like(const segment_room& other) const {
        if (used_ != other.used_ || released_ != used_ || other.released_ != used_) return false;
        for (unsigned i = 0; i < used_; ++i) {
            if (held_[i].entries != other.held_[i].entries) return false;
        }
        return true;
    }
    /// Stands for a room like this one, too: has room when both have.
    void join(const segment_room& other) {
        for (unsigned i = 0; i < used_; ++i)
            held_[i].released = std::max(held_[i].released, other.held_[i].released);
    }
    /// After `sent` segments, all released, for which `common` stood for this room: `released(i)` is when
    /// this one's segment i of them was read for the last time.
    template <typename Released>
    void take_over(const segment_room& common, unsigned sent, Released released) {
        const unsigned older = common.used_ > sent ? common.used_ - sent : 0;
        for (unsigned i = 0; i < older; ++i) held_[i] = held_[used_ - older + i];
        held_.resize(std::max(held_.size(), common.held_.size()));
        for (unsigned i = older; i < common.used_; ++i)
            held_[i] = {common.held_[i].entries, released(sent + i - common.used_)};
        used_ = released_ = common.used_;
        used_entries_ = common.used_entries_;
    }

private:
    struct segment {
        unsigned entries = 0;
        cycle_t released = 0;
    };

    unsigned entries_, most_;
    std::vector<segment> held_;  ///< oldest first; few, so that moving them up costs less than a cyclic order
    unsigned used_ = 0;
    unsigned released_ = 0;  ///< of the held ones, the oldest, whose release is known
    unsigned used_entries_ = 0;
};

}  // namespace eyeriss::arch::timing
