#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "platform/cpu/call_follower.h"

namespace eyeriss::platform {

/// What a hart spent in a place.
struct profile_cost {
    std::uint64_t instructions = 0;
    std::uint64_t cycles = 0;         ///< of the core clock, bus delays included, sleep left out
    std::uint64_t asleep_cycles = 0;  ///< in wfi
    profile_cost& operator+=(const profile_cost& other);
    bool operator==(const profile_cost&) const = default;
};

/// Counts where a hart spends its instructions and cycles, by function and by the calls that led there.
class cpu_profile : public call_follower {
public:
    /// `names` outlives this.
    explicit cpu_profile(const symbols& names) : call_follower(names), nodes_(1) {}

    struct function_cost {
        std::string name;
        profile_cost own;
        std::uint64_t calls = 0;
    };
    /// Functions by falling cycles, then by name.
    [[nodiscard]] std::vector<function_cost> functions() const;
    /// "caller;callee cycles" lines, sorted, as flame-graph tools read them; sleep is a frame "(asleep)".
    [[nodiscard]] std::string folded_stacks() const;

private:
    /// A function as called by a chain of others.
    struct node {
        std::size_t parent = 0;
        std::size_t function = 0;
        profile_cost own;
        std::uint64_t calls = 0;
    };

    void called(std::size_t function, std::uint64_t cycle) override;
    void returned(std::uint64_t) override { stack_.pop_back(); }
    void went_on(std::size_t function, std::uint64_t cycle) override;
    void passed(std::uint64_t from_cycle, std::uint64_t to_cycle, bool asleep) override;
    void ran(const executed_block& block) override;
    std::size_t child(std::size_t parent, std::size_t function);
    [[nodiscard]] std::string path(std::size_t index) const;

    std::vector<node> nodes_;  ///< node 0 is the root, above the first function
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> children_;
    std::vector<std::size_t> stack_;  ///< nodes of the calls under way
};

}  // namespace eyeriss::platform
