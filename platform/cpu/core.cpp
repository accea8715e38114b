#include "platform/cpu/core.h"

#include <utility>

namespace eyeriss::platform {

std::uint64_t core::run(std::uint64_t budget) {
    slice_cycles_ = 0;
    exit_ = nullptr;
    attention &= flush_code;
    if (attention != 0) {
        attend();
    }
    take_interrupt();
    while (slice_cycles_ < budget) {
        op* start = exit_ != nullptr && exit_->link != nullptr ? exit_->link : look_up_block();
        const std::uint64_t left = budget - slice_cycles_;
        if (start->remaining > left) {
            resume_ = start + left;
            start = blocks_.truncated(start, left);
        }
        entered_ = start;
        const op* last = start->run(*this, start);
        const std::uint64_t executed = in_block(last) + 1;
        slice_cycles_ += executed;
        retired_ += executed;
        if (attention != 0) [[unlikely]] {
            const bool over = (attention & slice_over) != 0;
            attend();
            if (over) {
                break;
            }
        }
    }
    entered_ = nullptr;
    current_ = nullptr;
    return slice_cycles_;
}

op* core::look_up_block() {
    if (resume_ != nullptr && resume_->pc == pc) {
        return std::exchange(resume_, nullptr);
    }
    if (blocks_.full()) {
        attention |= flush_code;
        attend();
    }
    entered_ = nullptr;
    current_ = nullptr;
    op* start = blocks_.find(pc, memory);
    if (!blocks_.keeps(start)) {
        attention |= slice_over;  // it was fetched over the bus
    } else if (exit_ != nullptr) {
        exit_->link = start;
    }
    return start;
}

void core::attend() {
    const std::uint32_t events = std::exchange(attention, 0U);
    exit_ = nullptr;
    if ((events & flush_code) != 0) {
        blocks_.flush();
        resume_ = nullptr;
    }
    if ((events & trapped) != 0) {
        --retired_;
        pc = csr.enter_exception(trap_.cause, trap_.pc, trap_.value);
    }
    sleeping_ = (events & asleep) != 0;
    if ((events & (check_interrupts | slice_over)) == check_interrupts) {
        take_interrupt();
    }
}

void core::take_interrupt() {
    if (const auto line = csr.interrupt()) {
        pc = csr.enter_interrupt(*line, pc);
        exit_ = nullptr;
    }
}

}  // namespace eyeriss::platform
