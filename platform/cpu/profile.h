#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "platform/cpu/core.h"
#include "platform/cpu/symbols.h"

namespace eyeriss::platform {

/// What a hart spent in a place.
struct profile_cost {
    std::uint64_t instructions = 0;
    std::uint64_t cycles = 0;         ///< of the core clock, bus delays included, sleep left out
    std::uint64_t asleep_cycles = 0;  ///< in wfi
    profile_cost& operator+=(const profile_cost& other);
    bool operator==(const profile_cost&) const = default;
};

/// Counts where a hart spends its instructions and cycles, by function and by the calls that led there. A
/// jump that links through ra or t0 calls, one through them that does not link returns; a trap or an
/// interrupt calls its handler, mret returns. What runs in a place without a function is "?".
class cpu_profile : public execution_observer {
public:
    /// `names` outlives this.
    explicit cpu_profile(const symbols& names);

    [[nodiscard]] bool each_instruction() const override { return false; }
    void executed(const executed_block& block) override;

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
    struct frame {
        std::size_t node = 0;
        std::uint32_t return_to = 0;
        bool of_trap = false;
    };

    std::size_t child(std::size_t parent, std::size_t function);
    void enter(std::uint32_t pc, std::uint32_t return_to, bool of_trap);
    void leave_to(std::uint32_t pc);
    void leave_trap();
    void follow(const executed_block& block);
    void move_to(std::uint32_t pc);
    std::size_t function_at(std::uint32_t pc);
    [[nodiscard]] std::string path(std::size_t index) const;

    const symbols& names_;
    std::vector<node> nodes_;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> children_;
    std::unordered_map<std::uint32_t, std::size_t> functions_by_pc_;
    std::vector<frame> stack_;
    std::uint32_t expected_pc_ = 0;
    std::uint64_t last_cycle_ = 0;
    bool begun_ = false, trapped_ = false, slept_ = false;
};

}  // namespace eyeriss::platform
