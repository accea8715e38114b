#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "platform/cpu/core.h"
#include "platform/cpu/symbols.h"

namespace eyeriss::platform {

/// Follows a hart from function to function and tells who derives from it. A jump that links through ra or t0
/// calls, one through them that does not link returns; a trap or an interrupt calls its handler, mret
/// returns. What runs in a place without a function is "?" (symbols::at). Cycles are of the core clock.
class call_follower : public execution_observer {
public:
    [[nodiscard]] bool each_instruction() const override { return false; }
    void executed(const executed_block& block) override;

protected:
    /// `names` outlives this.
    explicit call_follower(const symbols& names) : names_(names) {}
    [[nodiscard]] const symbols& names() const { return names_; }
    /// Ends all calls under way at the end of what has run.
    void return_from_all();

    /// A call on top of the one that runs.
    virtual void called(std::size_t function, std::uint64_t cycle) = 0;
    /// The call on top has ended.
    virtual void returned(std::uint64_t cycle) = 0;
    /// Tail calls and code that runs on into its neighbour: the call on top is now one of `function`.
    virtual void went_on(std::size_t function, std::uint64_t cycle) = 0;
    /// Time between two blocks, of the call on top: spent on the way, or asleep in wfi.
    virtual void passed(std::uint64_t from_cycle, std::uint64_t to_cycle, bool asleep) = 0;
    /// The call on top ran `block`.
    virtual void ran(const executed_block& block) = 0;

private:
    struct frame {
        std::size_t function = 0;
        std::uint32_t return_to = 0;
        bool of_trap = false;
    };
    std::size_t function_at(std::uint32_t pc);
    void enter(std::uint32_t pc, std::uint32_t return_to, bool of_trap, std::uint64_t cycle);
    void leave(std::size_t depth, std::uint64_t cycle);
    void leave_to(std::uint32_t pc, std::uint64_t cycle);
    void leave_trap(std::uint64_t cycle);
    void follow(const executed_block& block);

    const symbols& names_;
    std::unordered_map<std::uint32_t, std::size_t> functions_by_pc_;
    std::vector<frame> stack_;
    std::uint32_t expected_pc_ = 0;
    std::uint64_t last_cycle_ = 0;
    bool begun_ = false, trapped_ = false, slept_ = false;
};

}  // namespace eyeriss::platform
