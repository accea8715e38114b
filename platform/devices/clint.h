#pragma once

#include <cstdint>
#include <vector>

#include "platform/devices/peripheral.h"

namespace eyeriss::platform {

/// Core-local interruptor with SiFive's register layout: msip of hart h at 4 h, its mtimecmp at
/// 0x4000 + 8 h, mtime at 0xbff8, 64-bit registers as two 32-bit halves. mtime follows simulated time at
/// 10 MHz, as on QEMU's `virt`; writing it moves it. As there, words without a register read 0 and ignore
/// writes.
class clint : public peripheral {
public:
    static constexpr std::uint64_t window_bytes = 0x10000;
    static constexpr std::uint64_t timer_hz = 10'000'000;
    static constexpr unsigned most_harts = 1024;

    /// One line a hart.
    sc_core::sc_vector<sc_core::sc_out<bool>> software_interrupt;
    sc_core::sc_vector<sc_core::sc_out<bool>> timer_interrupt;

    explicit clint(sc_core::sc_module_name name, unsigned harts = 1);

    /// Lines and deadlines as after reset; mtime goes on.
    void reset() override;

    [[nodiscard]] std::uint64_t mtime() const { return mtime_at(sc_core::sc_time_stamp()); }
    /// mtime at another time, as far as is known now.
    [[nodiscard]] std::uint64_t mtime_at(const sc_core::sc_time& time) const;

private:
    struct hart_registers {
        std::uint32_t msip = 0;
        std::uint64_t mtimecmp = ~std::uint64_t{0};
    };
    std::vector<hart_registers> harts_;
    std::uint64_t mtime_offset_ = 0;  ///< mtime less ticks of simulated time
    sc_core::sc_event changed_;

    void add_hart(unsigned index);
    void write_mtime(std::uint64_t value);
    void update();
};

}  // namespace eyeriss::platform
