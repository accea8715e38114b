#include "platform/devices/clint.h"

namespace eyeriss::platform {

namespace {

constexpr std::uint64_t with_low(std::uint64_t old_value, std::uint32_t low) {
    return (old_value & ~std::uint64_t{0xffffffff}) | low;
}

constexpr std::uint64_t with_high(std::uint64_t old_value, std::uint32_t high) {
    return (old_value & 0xffffffff) | std::uint64_t{high} << 32;
}

std::uint64_t tick_value() {
    return sc_core::sc_time(1.0 / static_cast<double>(clint::timer_hz), sc_core::SC_SEC).value();
}

}  // namespace

clint::clint(sc_core::sc_module_name name)
    : peripheral(name),
      software_interrupt("software_interrupt"),
      timer_interrupt("timer_interrupt"),
      changed_("changed") {
    const auto low = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
    const auto high = [](std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); };
    add_register({"msip", 0x0000, 4, [this] { return msip_; }, accept([this](std::uint32_t value) {
                      msip_ = value & 1U;
                      changed_.notify(sc_core::SC_ZERO_TIME);
                  })});
    add_register({"mtimecmp", 0x4000, 4, [=, this] { return low(mtimecmp_); },
                  accept([this](std::uint32_t value) { write_mtimecmp(with_low(mtimecmp_, value)); })});
    add_register({"mtimecmph", 0x4004, 4, [=, this] { return high(mtimecmp_); },
                  accept([this](std::uint32_t value) { write_mtimecmp(with_high(mtimecmp_, value)); })});
    add_register({"mtime", 0xbff8, 4, [=, this] { return low(mtime()); },
                  accept([this](std::uint32_t value) { write_mtime(with_low(mtime(), value)); })});
    add_register({"mtimeh", 0xbffc, 4, [=, this] { return high(mtime()); },
                  accept([this](std::uint32_t value) { write_mtime(with_high(mtime(), value)); })});
    SC_HAS_PROCESS(clint);
    SC_METHOD(update);
    sensitive << changed_;
}

std::uint64_t clint::mtime() const {
    return sc_core::sc_time_stamp().value() / tick_value() + mtime_offset_;
}

void clint::write_mtime(std::uint64_t value) {
    mtime_offset_ += value - mtime();
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void clint::write_mtimecmp(std::uint64_t value) {
    mtimecmp_ = value;
    changed_.notify(sc_core::SC_ZERO_TIME);
}

// Drives both lines and asks to be called again at the tick that mtimecmp names, if time can get there.
void clint::update() {
    software_interrupt.write(msip_ != 0);
    const std::uint64_t now = mtime();
    timer_interrupt.write(now >= mtimecmp_);
    const std::uint64_t tick = tick_value();
    const std::uint64_t last_tick = sc_core::sc_max_time().value() / tick;
    const std::uint64_t due = mtimecmp_ - mtime_offset_;
    if (now < mtimecmp_ && mtimecmp_ >= mtime_offset_ && due < last_tick) {
        next_trigger(sc_core::sc_time::from_value(due * tick) - sc_core::sc_time_stamp(), changed_);
    }
}

}  // namespace eyeriss::platform
