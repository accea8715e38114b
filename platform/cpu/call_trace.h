#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "platform/cpu/core.h"
#include "platform/cpu/symbols.h"

namespace eyeriss::platform {

/// Tells when a hart is in which function: a call when it has ended. Calls and returns are told apart as by
/// cpu_profile; calls nest.
class call_trace : public execution_observer {
public:
    struct call {
        std::size_t function = 0;                      ///< as symbols::at
        bool asleep = false;                           ///< no call but a time in wfi within one
        std::uint64_t begin_cycle = 0, end_cycle = 0;  ///< of the core clock
    };
    using sink = std::function<void(const call&)>;

    /// `names` outlives this.
    call_trace(const symbols& names, sink told) : names_(names), told_(std::move(told)) {}

    [[nodiscard]] bool each_instruction() const override { return false; }
    void executed(const executed_block& block) override;
    /// Ends all calls under way.
    void finish() { leave(0, last_cycle_); }

private:
    struct frame {
        std::size_t function = 0;
        std::uint32_t return_to = 0;
        bool of_trap = false;
        std::uint64_t begin_cycle = 0;
    };
    std::size_t function_at(std::uint32_t pc);
    void enter(std::uint32_t pc, std::uint32_t return_to, bool of_trap, std::uint64_t cycle);
    void leave(std::size_t depth, std::uint64_t cycle);
    void leave_to(std::uint32_t pc, std::uint64_t cycle);
    void leave_trap(std::uint64_t cycle);
    void follow(const executed_block& block);

    const symbols& names_;
    sink told_;
    std::unordered_map<std::uint32_t, std::size_t> functions_by_pc_;
    std::vector<frame> stack_;
    std::uint32_t expected_pc_ = 0;
    std::uint64_t last_cycle_ = 0;
    bool begun_ = false, trapped_ = false, slept_ = false;
};

}  // namespace eyeriss::platform
