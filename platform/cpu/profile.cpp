#include "platform/cpu/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace eyeriss::platform {

profile_cost& profile_cost::operator+=(const profile_cost& other) {
    instructions += other.instructions;
    cycles += other.cycles;
    asleep_cycles += other.asleep_cycles;
    return *this;
}

std::size_t cpu_profile::child(std::size_t parent, std::size_t function) {
    const auto [place, is_new] = children_.try_emplace({parent, function}, nodes_.size());
    if (is_new) {
        nodes_.push_back({parent, function, {}, 0});
    }
    return place->second;
}

void cpu_profile::called(std::size_t function, std::uint64_t) {
    stack_.push_back(child(stack_.empty() ? 0 : stack_.back(), function));
    ++nodes_[stack_.back()].calls;
}

void cpu_profile::went_on(std::size_t function, std::uint64_t) {
    stack_.back() = child(nodes_[stack_.back()].parent, function);
    ++nodes_[stack_.back()].calls;
}

void cpu_profile::passed(std::uint64_t from_cycle, std::uint64_t to_cycle, bool asleep) {
    profile_cost& own = nodes_[stack_.back()].own;
    (asleep ? own.asleep_cycles : own.cycles) += to_cycle - from_cycle;
}

void cpu_profile::ran(const executed_block& block) {
    profile_cost& own = nodes_[stack_.back()].own;
    own.instructions += static_cast<std::uint64_t>(block.last - block.first) + (block.trapped ? 0 : 1);
    own.cycles += block.end_cycle - block.first_cycle;
}

std::vector<cpu_profile::function_cost> cpu_profile::functions() const {
    std::map<std::size_t, function_cost> by_function;
    for (std::size_t i = 1; i < nodes_.size(); ++i) {
        function_cost& cost = by_function[nodes_[i].function];
        cost.name = names().name(nodes_[i].function);
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
    std::string text = names().name(nodes_[index].function);
    for (std::size_t at = nodes_[index].parent; at != 0; at = nodes_[at].parent) {
        text.insert(0, names().name(nodes_[at].function) + ";");
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
