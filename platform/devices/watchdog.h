#pragma once

#include <cstdint>
#include <functional>

#include "platform/devices/countdown.h"
#include "platform/devices/table_peripheral.h"

namespace eyeriss::platform {

/// Watchdog of two stages with the registers of models/abi/watchdog.h: first an interrupt, then a reset of
/// the SoC or the end of the run. Its own registers outlive the reset that it asks for, but it is disabled
/// then and says so in STATUS.
class watchdog : public table_peripheral {
public:
    /// What the end of the second stage does, by CTRL.RESTART; called in a process of the watchdog.
    struct actions {
        std::function<void()> restart, end;
    };

    sc_core::sc_out<bool> interrupt;

    watchdog(sc_core::sc_module_name name, actions at_end);

    void reset() override;

private:
    void control();
    void kick();
    void expire();
    void drive();

    actions at_end_;
    countdown stage_;
    bool enabled_ = false, second_ = false;
    sc_core::sc_event changed_;
};

}  // namespace eyeriss::platform
