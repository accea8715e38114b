#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "platform/cpu/call_follower.h"

namespace eyeriss::platform {

/// Tells when a hart is in which function: a call when it has ended. Calls nest.
class call_trace : public call_follower {
public:
    struct call {
        std::size_t function = 0;                      ///< as symbols::at
        bool asleep = false;                           ///< no call but a time in wfi within one
        std::uint64_t begin_cycle = 0, end_cycle = 0;  ///< of the core clock
    };
    using sink = std::function<void(const call&)>;

    /// `names` outlives this.
    call_trace(const symbols& names, sink told) : call_follower(names), told_(std::move(told)) {}

    /// Ends all calls under way.
    void finish() { return_from_all(); }

private:
    struct begun_call {
        std::size_t function = 0;
        std::uint64_t begin_cycle = 0;
    };
    void called(std::size_t function, std::uint64_t cycle) override { calls_.push_back({function, cycle}); }
    void returned(std::uint64_t cycle) override {
        told_({calls_.back().function, false, calls_.back().begin_cycle, cycle});
        calls_.pop_back();
    }
    void went_on(std::size_t function, std::uint64_t cycle) override {
        returned(cycle);
        called(function, cycle);
    }
    void passed(std::uint64_t from_cycle, std::uint64_t to_cycle, bool asleep) override {
        if (asleep) told_({calls_.back().function, true, from_cycle, to_cycle});
    }
    void ran(const executed_block&) override {}

    sink told_;
    std::vector<begun_call> calls_;
};

}  // namespace eyeriss::platform
