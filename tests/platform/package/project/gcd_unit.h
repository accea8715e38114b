#pragma once

#include <cstdint>
#include <systemc>

#include "platform/devices/peripheral.h"

/// Greatest common divisor by subtraction, a step at a time.
///
/// | offset | register | access | meaning |
/// |---|---|---|---|
/// | 0x00 | A | rw | first operand |
/// | 0x04 | B | rw | second operand; writing it starts the unit, writing 0 is a bus error |
/// | 0x08 | STATUS | w1c | bit 0: the result is there; drives the interrupt |
/// | 0x0c | RESULT | ro | the last result |
class gcd_unit : public eyeriss::platform::peripheral {
public:
    sc_core::sc_out<bool> interrupt;

    gcd_unit(sc_core::sc_module_name name, const sc_core::sc_time& step);

    [[nodiscard]] unsigned results() const { return results_; }

private:
    bool start(std::uint32_t b);
    void finish();
    void drive_interrupt();

    sc_core::sc_time step_;
    std::uint32_t a_ = 0, b_ = 0, result_ = 0;
    bool done_ = false;
    unsigned results_ = 0;
    sc_core::sc_event finished_, status_changed_;
};
