#pragma once

#include <cstdint>

#include "platform/devices/countdown.h"
#include "platform/devices/table_peripheral.h"

namespace eyeriss::platform {

/// Timer with the registers of models/abi/timer.h: counts down once or periodically, and interrupts.
class timer : public table_peripheral {
public:
    sc_core::sc_out<bool> interrupt;

    explicit timer(sc_core::sc_module_name name);

    void reset() override;

private:
    void control();
    void expire();
    void drive();

    countdown period_;
    bool enabled_ = false;
    sc_core::sc_event changed_;
};

}  // namespace eyeriss::platform
