#pragma once

#include <array>
#include <cstdint>

#include "models/abi/registers.h"
#include "models/abi/timer.h"
#include "models/abi/watchdog.h"
#include "platform/bus/address_map.h"

/// The SoC's memory map: QEMU's `virt` machine where it has one, the accelerator in a hole of it. SRAM and
/// DRAM sizes come from the machine.
namespace eyeriss::platform::memory_map {

inline constexpr address_range boot_rom{0x00001000, 0xf000};
inline constexpr address_range finisher{0x00100000, 0x1000};
inline constexpr address_range clint{0x02000000, 0x10000};
inline constexpr std::uint64_t sram_base = 0x08000000;
inline constexpr address_range plic{0x0c000000, 0x600000};
inline constexpr address_range uart{0x10000000, 0x100};
inline constexpr address_range watchdog{EYERISS_WATCHDOG_BASE, EYERISS_WATCHDOG_BYTES};
inline constexpr address_range timer{EYERISS_TIMER_BASE, EYERISS_TIMER_BYTES};
inline constexpr address_range accelerator{EYERISS_REG_BASE, EYERISS_REG_BYTES};
inline constexpr std::uint64_t dram_base = 0x80000000;

/// Inputs of the PLIC.
inline constexpr unsigned uart_irq = 10;
inline constexpr unsigned accelerator_done_irq = EYERISS_IRQ_DONE;
inline constexpr unsigned accelerator_error_irq = EYERISS_IRQ_ERROR;
inline constexpr unsigned accelerator_counter_irq = EYERISS_IRQ_COUNTER;
inline constexpr unsigned watchdog_irq = EYERISS_WATCHDOG_IRQ;
inline constexpr unsigned timer_irq = EYERISS_TIMER_IRQ;
inline constexpr std::array device_irqs{
    uart_irq, accelerator_done_irq, accelerator_error_irq, accelerator_counter_irq, watchdog_irq, timer_irq};

}  // namespace eyeriss::platform::memory_map
