#include "platform/cpu/core.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace eyeriss::platform {

std::uint64_t core::run(std::uint64_t budget) {
    slice_cycles_ = 0;
    exit_ = nullptr;
    memory.begin_slice();
    attention &= flush_code;
    if (attention != 0) {
        attend();
    }
    take_interrupt();
    while (slice_cycles_ < budget) {
        op* start = exit_ != nullptr && exit_->link != nullptr ? exit_->link : look_up_block();
        const std::uint64_t left = longest_run(budget - slice_cycles_);
        const std::uint64_t first_cycle = cycle_base_ + slice_cycles_;
        if (start->remaining > left) {
            resume_ = start + left;
            start = blocks().truncated(start, left);
        }
        entered_ = start;
        const op* last = start->run(*this, start);
        const std::uint64_t executed = in_block(last) + 1;
        slice_cycles_ += executed;
        retired_ += executed;
        if (observer_ != nullptr) [[unlikely]] {
            report(start, last, first_cycle);
        }
        if (attention != 0) [[unlikely]] {
            const bool over = (attention & slice_over) != 0;
            attend();
            budget -= std::min(budget, std::exchange(charged_, 0U));
            if (over) {
                break;
            }
        }
    }
    entered_ = nullptr;
    current_ = nullptr;
    age_reservation();
    return slice_cycles_;
}

// Rights to memory depend on the mode, so code and data ranges at hand are those of one mode.
void core::follow_mode() {
    const bool protection_changed = csr.protection().version() != protection_version_;
    if (csr.mode() == mode_ && csr.data_mode() == data_mode_ && !protection_changed) {
        return;
    }
    mode_ = csr.mode();
    data_mode_ = csr.data_mode();
    memory.set_modes(mode_, data_mode_);
    resume_ = nullptr;
    if (protection_changed) {
        protection_version_ = csr.protection().version();
        attention |= flush_code;
    }
}

void core::reserve(std::uint32_t address, std::uint32_t value) {
    reserved_ = reservation{address, value, retired_};
    if (memory.is_shared()) {
        memory.shared_reservations().hold(memory.shared_as(), address);
    }
}

bool core::end_reservation(std::uint32_t address, std::uint32_t value) {
    bool holds = reserved_ && reserved_->address == address && reserved_->value == value;
    if (memory.is_shared()) {
        holds = holds && memory.shared_reservations().holds(memory.shared_as(), address);
        memory.shared_reservations().drop(memory.shared_as());
    }
    reserved_.reset();
    return holds;
}

// One that sc.w never ended would keep the other harts' stores slow; the ISA asks for 16 instructions.
void core::age_reservation() {
    constexpr std::uint64_t longest = 256;
    if (memory.is_shared() && reserved_ && retired_ - reserved_->retired > longest) {
        reserved_.reset();
        memory.shared_reservations().drop(memory.shared_as());
    }
}

void core::report(const op* first, const op* last, std::uint64_t first_cycle) const {
    if (last < first) {  // stopped before the first
        return;
    }
    observer_->executed(
        {first, last, pc, (attention & trapped) != 0, first_cycle, cycle_base_ + slice_cycles_});
}

op* core::look_up_block() {
    if (const auto passing = std::exchange(passing_, std::nullopt); passing == pc) {
        attention |= slice_over;
        entered_ = nullptr;
        current_ = nullptr;
        return blocks().decode_one(pc, memory);
    }
    if (resume_ != nullptr && resume_->pc == pc) {
        return std::exchange(resume_, nullptr);
    }
    if (blocks().full()) {
        attention |= flush_code;
        attend();
    }
    entered_ = nullptr;
    current_ = nullptr;
    op* start = blocks().find(pc, memory);
    if (!blocks().keeps(start)) {
        attention |= slice_over;  // it was fetched over the bus
    } else if (exit_ != nullptr) {
        exit_->link = start;
    }
    return start;
}

void core::attend() {
    std::uint32_t events = std::exchange(attention, 0U);
    exit_ = nullptr;
    if ((events & trapped) != 0) {
        --retired_;
        pc = csr.enter_exception(trap_.cause, trap_.pc, trap_.value);
    }
    if ((events & (trapped | check_interrupts)) != 0) {
        follow_mode();
        events |= std::exchange(attention, 0U);
    }
    if ((events & flush_code) != 0) {
        for (block_cache& held : blocks_) {
            held.flush();
        }
        resume_ = nullptr;
    }
    sleeping_ = (events & asleep) != 0;
    breakpoint_reached_ = (events & at_breakpoint) != 0;
    host_call_reached_ = (events & host_call) != 0;
    if ((events & (check_interrupts | slice_over)) == check_interrupts) {
        take_interrupt();
    }
}

void core::set_breakpoints(const std::vector<std::uint32_t>& addresses) {
    for (block_cache& held : blocks_) {
        held.set_breakpoints(addresses);
    }
    flush();
}

bool core::poke_csr(std::uint32_t number, std::uint32_t value, const counter_values& counters) {
    const bool written = csr.poke(number, value, counters);
    follow_mode();
    return written;
}

void core::reset(std::uint32_t vector) {
    x = {};
    pc = vector;
    csr.reset();
    follow_mode();
    reserved_.reset();
    if (memory.is_shared()) {
        memory.shared_reservations().drop(memory.shared_as());
    }
    sleeping_ = false;
    breakpoint_reached_ = false;
    host_call_reached_ = false;
    passing_.reset();
    flush();
}

bool core::is_host_call(const op* at) {
    constexpr std::array<std::uint32_t, 3> marked{0x01f01013, 0x00100073, 0x40705013};
    if (!takes_host_calls_ || csr.mode() != privilege::machine) {
        return false;
    }
    const auto code = memory.code(at->pc - 4);
    return code.size() >= sizeof marked && std::memcmp(code.data(), marked.data(), sizeof marked) == 0;
}

void core::take_interrupt() {
    if (const auto line = csr.interrupt()) {
        pc = csr.enter_interrupt(*line, pc);
        exit_ = nullptr;
        follow_mode();
    }
}

}  // namespace eyeriss::platform
