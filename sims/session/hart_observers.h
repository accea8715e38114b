#pragma once

#include <deque>

#include "platform/cpu/execution_fan_out.h"
#include "platform/soc.h"

namespace eyeriss::sims {

/// Where whoever wants to see what the harts of a SoC execute adds an observer.
class hart_observers {
public:
    /// `soc` outlives this; nobody else observes its harts.
    explicit hart_observers(platform::soc& soc) {
        for (unsigned id = 0; id < soc.harts(); ++id) harts_.emplace_back(soc.cpu(id));
    }
    [[nodiscard]] platform::execution_fan_out& of(unsigned hart) { return harts_.at(hart); }

private:
    std::deque<platform::execution_fan_out> harts_;
};

}  // namespace eyeriss::sims
