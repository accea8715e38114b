#include "platform/devices/clint.h"

#include <algorithm>

namespace eyeriss::platform {

namespace {

constexpr std::uint64_t with_low(std::uint64_t old_value, std::uint32_t low) {
    return (old_value & ~std::uint64_t{0xffffffff}) | low;
}

constexpr std::uint64_t with_high(std::uint64_t old_value, std::uint32_t high) {
    return (old_value & 0xffffffff) | std::uint64_t{high} << 32;
}

constexpr std::uint32_t low_of(std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
}

constexpr std::uint32_t high_of(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}

std::uint64_t tick_value() {
    return sc_core::sc_time(1.0 / static_cast<double>(clint::timer_hz), sc_core::SC_SEC).value();
}

}  // namespace

clint::clint(sc_core::sc_module_name name, unsigned harts)
    : peripheral(name),
      software_interrupt("software_interrupt", harts),
      timer_interrupt("timer_interrupt", harts),
      harts_(harts),
      changed_("changed") {
    for (unsigned i = 0; i < harts; ++i) {
        add_hart(i);
    }
    add_register({"mtime", 0xbff8, 4, [this] { return low_of(mtime()); },
                  accept([this](std::uint32_t value) { write_mtime(with_low(mtime(), value)); })});
    add_register({"mtimeh", 0xbffc, 4, [this] { return high_of(mtime()); },
                  accept([this](std::uint32_t value) { write_mtime(with_high(mtime(), value)); })});
    ignore_unknown(4, 0xc000);
    SC_HAS_PROCESS(clint);
    SC_METHOD(update);
    sensitive << changed_;
}

void clint::reset() {
    std::ranges::fill(harts_, hart_registers{});
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void clint::add_hart(unsigned index) {
    hart_registers& own = harts_.at(index);
    add_register(
        {"msip", 4 * index, 4, [&own] { return own.msip; }, accept([this, &own](std::uint32_t value) {
             own.msip = value & 1U;
             changed_.notify(sc_core::SC_ZERO_TIME);
         })});
    add_register({"mtimecmp", 0x4000 + 8 * index, 4, [&own] { return low_of(own.mtimecmp); },
                  accept([this, &own](std::uint32_t value) {
                      own.mtimecmp = with_low(own.mtimecmp, value);
                      changed_.notify(sc_core::SC_ZERO_TIME);
                  })});
    add_register({"mtimecmph", 0x4004 + 8 * index, 4, [&own] { return high_of(own.mtimecmp); },
                  accept([this, &own](std::uint32_t value) {
                      own.mtimecmp = with_high(own.mtimecmp, value);
                      changed_.notify(sc_core::SC_ZERO_TIME);
                  })});
}

std::uint64_t clint::mtime_at(const sc_core::sc_time& time) const {
    return time.value() / tick_value() + mtime_offset_;
}

void clint::write_mtime(std::uint64_t value) {
    mtime_offset_ += value - mtime();
    changed_.notify(sc_core::SC_ZERO_TIME);
}

// Drives the lines and asks to be called again at the next tick that an mtimecmp names, if time can get
// there.
void clint::update() {
    const std::uint64_t now = mtime();
    const std::uint64_t tick = tick_value();
    std::uint64_t next = sc_core::sc_max_time().value() / tick;
    const std::uint64_t last_tick = next;
    for (unsigned i = 0; i < harts_.size(); ++i) {
        const hart_registers& own = harts_[i];
        software_interrupt[i].write(own.msip != 0);
        timer_interrupt[i].write(now >= own.mtimecmp);
        if (now < own.mtimecmp && own.mtimecmp >= mtime_offset_) {
            next = std::min(next, own.mtimecmp - mtime_offset_);
        }
    }
    if (next < last_tick) {
        next_trigger(sc_core::sc_time::from_value(next * tick) - sc_core::sc_time_stamp(), changed_);
    }
}

}  // namespace eyeriss::platform
