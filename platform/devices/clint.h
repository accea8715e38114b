#pragma once

#include <cstdint>

#include "platform/devices/peripheral.h"

namespace eyeriss::platform {

/// Core-local interruptor of one hart with SiFive's register layout: msip at 0, mtimecmp at 0x4000, mtime at
/// 0xbff8, 64-bit registers as two 32-bit halves. mtime follows simulated time at 10 MHz, as on QEMU's
/// `virt`; writing it moves it.
class clint : public peripheral {
public:
    static constexpr std::uint64_t window_bytes = 0x10000;
    static constexpr std::uint64_t timer_hz = 10'000'000;

    sc_core::sc_out<bool> software_interrupt;
    sc_core::sc_out<bool> timer_interrupt;

    explicit clint(sc_core::sc_module_name name);

    [[nodiscard]] std::uint64_t mtime() const;

private:
    std::uint32_t msip_ = 0;
    std::uint64_t mtimecmp_ = ~std::uint64_t{0};
    std::uint64_t mtime_offset_ = 0;  ///< mtime less ticks of simulated time
    sc_core::sc_event changed_;

    void write_mtime(std::uint64_t value);
    void write_mtimecmp(std::uint64_t value);
    void update();
};

}  // namespace eyeriss::platform
