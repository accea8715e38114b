#include "platform/cpu/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace eyeriss::platform {

namespace {

constexpr std::uint8_t return_address = 1, alternate_link = 5;
constexpr std::size_t deepest = 512;

bool is_link(std::uint8_t reg) {
    return reg == return_address || reg == alternate_link;
}

}  // namespace

profile_cost& profile_cost::operator+=(const profile_cost& other) {
    instructions += other.instructions;
    cycles += other.cycles;
    asleep_cycles += other.asleep_cycles;
    return *this;
}

cpu_profile::cpu_profile(const symbols& names) : names_(names), nodes_(1) {}

std::size_t cpu_profile::function_at(std::uint32_t pc) {
    const auto [place, is_new] = functions_by_pc_.try_emplace(pc, 0);
    if (is_new) {
        place->second = names_.at(pc);
    }
    return place->second;
}

std::size_t cpu_profile::child(std::size_t parent, std::size_t function) {
    const auto [place, is_new] = children_.try_emplace({parent, function}, nodes_.size());
    if (is_new) {
        nodes_.push_back({parent, function, {}, 0});
    }
    return place->second;
}

// Node 0 is the root, above the first function.
void cpu_profile::enter(std::uint32_t pc, std::uint32_t return_to, bool of_trap) {
    const std::size_t parent = stack_.empty() || stack_.size() >= deepest ? 0 : stack_.back().node;
    if (stack_.size() >= deepest) {
        stack_.clear();
    }
    stack_.push_back({child(parent, function_at(pc)), return_to, of_trap});
    ++nodes_[stack_.back().node].calls;
}

// Returns go to the frame that the address belongs to; one that belongs to none (a switch of stacks) stays.
void cpu_profile::leave_to(std::uint32_t pc) {
    for (std::size_t depth = stack_.size(); depth-- > 1 && !stack_[depth].of_trap;) {
        if (stack_[depth].return_to == pc) {
            stack_.resize(depth);
            return;
        }
    }
}

void cpu_profile::leave_trap() {
    for (std::size_t depth = stack_.size(); depth-- > 1;) {
        if (stack_[depth].of_trap) {
            stack_.resize(depth);
            return;
        }
    }
}

// The function on top is the one that runs: tail calls and code that runs on into its neighbour change it.
void cpu_profile::move_to(std::uint32_t pc) {
    frame& top = stack_.back();
    const std::size_t function = function_at(pc);
    if (nodes_[top.node].function != function) {
        top.node = child(nodes_[top.node].parent, function);
        ++nodes_[top.node].calls;
    }
}

void cpu_profile::follow(const executed_block& block) {
    static const auto jal = handler_of(operation::jal), jalr = handler_of(operation::jalr),
                      mret = handler_of(operation::mret), wfi = handler_of(operation::wfi);
    const op& last = *block.last;
    slept_ = last.run == wfi && !block.trapped;
    if (block.trapped) {
        return;
    }
    if ((last.run == jal || last.run == jalr) && is_link(last.rd)) {
        enter(block.next_pc, last.pc + last.length, false);
    } else if (last.run == jalr && last.rd == core::discard) {
        leave_to(block.next_pc);
    } else if (last.run == mret) {
        leave_trap();
    }
}

void cpu_profile::executed(const executed_block& block) {
    const std::uint32_t pc = block.first->pc;
    if (!begun_) {
        begun_ = true;
        last_cycle_ = block.first_cycle;
        enter(pc, 0, false);
    }
    profile_cost& before = nodes_[stack_.back().node].own;
    (slept_ ? before.asleep_cycles : before.cycles) += block.first_cycle - last_cycle_;
    if (trapped_ || pc != expected_pc_) {
        if (expected_pc_ != 0) {
            enter(pc, 0, true);
        }
    }
    move_to(pc);
    profile_cost& own = nodes_[stack_.back().node].own;
    own.instructions += static_cast<std::uint64_t>(block.last - block.first) + (block.trapped ? 0 : 1);
    own.cycles += block.end_cycle - block.first_cycle;
    last_cycle_ = block.end_cycle;
    expected_pc_ = block.trapped ? pc : block.next_pc;
    trapped_ = block.trapped;
    follow(block);
}

std::vector<cpu_profile::function_cost> cpu_profile::functions() const {
    std::map<std::size_t, function_cost> by_function;
    for (std::size_t i = 1; i < nodes_.size(); ++i) {
        function_cost& cost = by_function[nodes_[i].function];
        cost.name = names_.name(nodes_[i].function);
        cost.own += nodes_[i].own;
        cost.calls += nodes_[i].calls;
    }
    std::vector<function_cost> out;
    out.reserve(by_function.size());
    for (auto& [function, cost] : by_function) {
        out.push_back(std::move(cost));
    }
    std::sort(out.begin(), out.end(), [](const function_cost& a, const function_cost& b) {
        return a.own.cycles != b.own.cycles ? a.own.cycles > b.own.cycles : a.name < b.name;
    });
    return out;
}

std::string cpu_profile::path(std::size_t index) const {
    std::string text = names_.name(nodes_[index].function);
    for (std::size_t at = nodes_[index].parent; at != 0; at = nodes_[at].parent) {
        text.insert(0, names_.name(nodes_[at].function) + ";");
    }
    return text;
}

std::string cpu_profile::folded_stacks() const {
    std::vector<std::string> lines;
    for (std::size_t i = 1; i < nodes_.size(); ++i) {
        const profile_cost& own = nodes_[i].own;
        if (own.cycles != 0) {
            lines.push_back(fmt::format("{} {}\n", path(i), own.cycles));
        }
        if (own.asleep_cycles != 0) {
            lines.push_back(fmt::format("{};(asleep) {}\n", path(i), own.asleep_cycles));
        }
    }
    std::sort(lines.begin(), lines.end());
    return fmt::format("{}", fmt::join(lines, ""));
}

}  // namespace eyeriss::platform
