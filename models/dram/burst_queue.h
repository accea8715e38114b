#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/dram/bank_engine.h"

namespace eyeriss::dram {

/// One burst on its way through a channel.
struct burst {
    std::uint32_t owner = 0;   ///< what the completion carries back
    std::uint64_t origin = 0;  ///< transaction that it is part of, for listeners; 0: unknown
    std::uint32_t column = 0;
    std::int64_t row = 0;
    clock_count arrival = 0;  ///< clock from which the scheduler sees it
    std::uint8_t bank = 0;    ///< index in the channel
    bool is_write = false;
    bool masked = false;  ///< a write of a part of the burst
    bool precharged = false, activated = false;
};

/// Bursts of one direction: first those that are on their way (ordered by arrival), then those in the window,
/// listed by bank and by age. Places are numbers, so nothing moves.
class burst_queue {
public:
    static constexpr std::uint32_t none = ~0U;

    burst_queue(unsigned capacity, unsigned banks);

    [[nodiscard]] bool has_room() const { return !free_.empty(); }
    [[nodiscard]] unsigned size() const { return static_cast<unsigned>(slots_.size() - free_.size()); }
    [[nodiscard]] unsigned in_window() const { return in_window_; }
    [[nodiscard]] burst& at(std::uint32_t place) { return slots_[place].value; }
    [[nodiscard]] const burst& at(std::uint32_t place) const { return slots_[place].value; }
    [[nodiscard]] std::uint64_t order(std::uint32_t place) const { return slots_[place].order; }

    /// Puts a burst behind all that arrive no later. Needs room. `order` numbers the channel's bursts.
    void push(const burst& b, std::uint64_t order);
    /// Arrival of the first that is not in the window; never if none is.
    [[nodiscard]] clock_count next_arrival() const {
        return waiting_head_ == none ? never : slots_[waiting_head_].value.arrival;
    }
    [[nodiscard]] std::uint64_t next_order() const { return slots_[waiting_head_].order; }
    /// Moves the first of the waiting into the window; returns its bank.
    unsigned admit();
    /// Takes a burst out of the window.
    void remove(std::uint32_t place);

    /// Banks with bursts in the window, as a bit set.
    [[nodiscard]] std::uint64_t banks() const { return banks_; }
    [[nodiscard]] std::uint32_t oldest() const { return age_.head; }
    [[nodiscard]] std::uint32_t oldest_of(unsigned bank) const { return by_bank_[bank].head; }
    /// The oldest of a bank's window that needs `row`, or none.
    [[nodiscard]] std::uint32_t oldest_hit(unsigned bank, std::int64_t row) const;
    /// True when a write of the whole burst to the place waits here.
    [[nodiscard]] bool holds_whole(unsigned bank, std::int64_t row, std::uint32_t column) const;

private:
    struct list {
        std::uint32_t head = none, tail = none;
    };
    struct links {
        std::uint32_t before = none, after = none;
    };
    struct slot {
        burst value;
        std::uint64_t order = 0;
        links of_bank, of_age;  ///< of_age also chains the waiting
    };
    using chain = links slot::*;
    void append(list& l, chain c, std::uint32_t place);
    void take_out(list& l, chain c, std::uint32_t place);
    [[nodiscard]] static std::uint64_t key_of(unsigned bank, std::int64_t row, std::uint32_t column) {
        return static_cast<std::uint64_t>(row) << 32U | std::uint64_t{column} << 8U | bank;
    }

    std::vector<slot> slots_;
    std::vector<std::uint64_t> keys_;  ///< key_of each whole write; no_key elsewhere
    std::vector<std::uint32_t> free_;
    std::vector<list> by_bank_;
    list age_;
    std::uint32_t waiting_head_ = none, waiting_tail_ = none;
    unsigned in_window_ = 0;
    std::uint64_t banks_ = 0;
};

}  // namespace eyeriss::dram
