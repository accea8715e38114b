#include "gcd_unit.h"

gcd_unit::gcd_unit(sc_core::sc_module_name name, const sc_core::sc_time& step)
    : peripheral(name), interrupt("interrupt"), step_(step) {
    add_register({"a", 0x00, 4, [this] { return a_; }, accept([this](std::uint32_t value) { a_ = value; })});
    add_register({"b", 0x04, 4, [this] { return b_; }, [this](std::uint32_t value) { return start(value); }});
    add_register({"status", 0x08, 4, [this] { return done_ ? 1U : 0U; }, accept([this](std::uint32_t value) {
                      done_ = done_ && (value & 1U) == 0;
                      status_changed_.notify(sc_core::SC_ZERO_TIME);
                  })});
    add_register({"result", 0x0c, 4, [this] { return result_; }, nullptr});
    SC_HAS_PROCESS(gcd_unit);
    SC_METHOD(finish);
    sensitive << finished_;
    dont_initialize();
    SC_METHOD(drive_interrupt);
    sensitive << status_changed_;
}

bool gcd_unit::start(std::uint32_t b) {
    if (a_ == 0 || b == 0) {
        return false;
    }
    b_ = b;
    std::uint32_t x = a_, y = b_;
    unsigned steps = 0;
    for (; x != y; ++steps) {
        (x > y ? x : y) -= x > y ? y : x;
    }
    result_ = x;
    finished_.notify(step_ * (steps + 1));
    return true;
}

void gcd_unit::finish() {
    done_ = true;
    ++results_;
    status_changed_.notify(sc_core::SC_ZERO_TIME);
}

void gcd_unit::drive_interrupt() {
    interrupt.write(done_);
}
