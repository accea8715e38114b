#include "platform/cpu/call_follower.h"

namespace eyeriss::platform {

namespace {

constexpr std::uint8_t return_address = 1, alternate_link = 5;
constexpr std::size_t deepest = 512;

bool is_link(std::uint8_t reg) {
    return reg == return_address || reg == alternate_link;
}

}  // namespace

std::size_t call_follower::function_at(std::uint32_t pc) {
    const auto [place, is_new] = functions_by_pc_.try_emplace(pc, 0);
    if (is_new) {
        place->second = names_.at(pc);
    }
    return place->second;
}

void call_follower::enter(std::uint32_t pc, std::uint32_t return_to, bool of_trap, std::uint64_t cycle) {
    if (stack_.size() >= deepest) {
        leave(0, cycle);
    }
    stack_.push_back({function_at(pc), return_to, of_trap});
    called(stack_.back().function, cycle);
}

// Ends calls until `depth` are left.
void call_follower::leave(std::size_t depth, std::uint64_t cycle) {
    for (; stack_.size() > depth; stack_.pop_back()) {
        returned(cycle);
    }
}

void call_follower::return_from_all() {
    leave(0, last_cycle_);
}

// Returns go to the frame that the address belongs to; one that belongs to none (a switch of stacks) stays.
void call_follower::leave_to(std::uint32_t pc, std::uint64_t cycle) {
    for (std::size_t depth = stack_.size(); depth-- > 1 && !stack_[depth].of_trap;) {
        if (stack_[depth].return_to == pc) {
            leave(depth, cycle);
            return;
        }
    }
}

void call_follower::leave_trap(std::uint64_t cycle) {
    for (std::size_t depth = stack_.size(); depth-- > 1;) {
        if (stack_[depth].of_trap) {
            leave(depth, cycle);
            return;
        }
    }
}

void call_follower::follow(const executed_block& block) {
    static const auto jal = handler_of(operation::jal), jalr = handler_of(operation::jalr),
                      mret = handler_of(operation::mret), wfi = handler_of(operation::wfi);
    const op& last = *block.last;
    slept_ = last.run == wfi && !block.trapped;
    if (block.trapped) {
        return;
    }
    if ((last.run == jal || last.run == jalr) && is_link(last.rd)) {
        enter(block.next_pc, last.pc + last.length, false, block.end_cycle);
    } else if (last.run == jalr && last.rd == core::discard) {
        leave_to(block.next_pc, block.end_cycle);
    } else if (last.run == mret) {
        leave_trap(block.end_cycle);
    }
}

void call_follower::executed(const executed_block& block) {
    const std::uint32_t pc = block.first->pc;
    if (!begun_) {
        begun_ = true;
        last_cycle_ = block.first_cycle;
        enter(pc, 0, false, block.first_cycle);
    }
    if (block.first_cycle != last_cycle_) {
        passed(last_cycle_, block.first_cycle, slept_);
    }
    if ((trapped_ || pc != expected_pc_) && expected_pc_ != 0) {
        enter(pc, 0, true, block.first_cycle);
    }
    if (const std::size_t function = function_at(pc); stack_.back().function != function) {
        stack_.back().function = function;
        went_on(function, block.first_cycle);
    }
    ran(block);
    last_cycle_ = block.end_cycle;
    expected_pc_ = block.trapped ? pc : block.next_pc;
    trapped_ = block.trapped;
    follow(block);
}

}  // namespace eyeriss::platform
