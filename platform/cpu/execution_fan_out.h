#pragma once

#include <vector>

#include "platform/cpu/hart.h"

namespace eyeriss::platform {

/// Lets several observers see what a hart executes, in the order in which they were added. Takes the hart's
/// one place for an observer while there is any; where one of them wants each instruction on its own, all
/// are told so.
class execution_fan_out : public execution_observer {
public:
    /// `watched` outlives this.
    explicit execution_fan_out(hart& watched) : hart_(watched) {}
    execution_fan_out(const execution_fan_out&) = delete;
    execution_fan_out& operator=(const execution_fan_out&) = delete;
    ~execution_fan_out() override { hart_.observe(nullptr); }

    // While the simulation does not run.
    /// `observer` outlives this or is removed.
    void add(execution_observer& observer);
    /// Nothing where it was not added.
    void remove(const execution_observer& observer);

    [[nodiscard]] bool each_instruction() const override;
    void executed(const executed_block& block) override;

private:
    hart& hart_;
    std::vector<execution_observer*> observers_;
};

}  // namespace eyeriss::platform
