#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/abi/register_table.h"
#include "models/abi/timer.h"
#include "models/abi/watchdog.h"

/// All register maps of models/abi as C++ data.
namespace eyeriss::register_map {

struct interrupt_info {
    std::string_view name;
    unsigned input = 0;  ///< of the PLIC
};

struct peripheral_info {
    std::string_view name;
    std::string_view description;
    std::string_view header;  ///< where its table stands
    std::uint32_t base = 0, bytes = 0;
    std::span<const register_info> registers;
    std::span<const field_info> fields;
    std::span<const interrupt_info> interrupts;
};

#define EYERISS_ROW(name, offset, mode, reset, meaning) \
    register_info{#name, offset, access::mode, reset, meaning},
#define EYERISS_NOTHING(reg, name, lsb, bits, mode, meaning)
inline constexpr std::array watchdog_registers{EYERISS_WATCHDOG_REGISTERS(EYERISS_ROW, EYERISS_NOTHING)};
inline constexpr std::array timer_registers{EYERISS_TIMER_REGISTERS(EYERISS_ROW, EYERISS_NOTHING)};
#undef EYERISS_ROW
#undef EYERISS_NOTHING

#define EYERISS_NOTHING(name, offset, mode, reset, meaning)
#define EYERISS_ROW(reg, name, lsb, bits, mode, meaning) \
    field_info{EYERISS_WATCHDOG_##reg, #name, lsb, bits, access::mode, meaning},
inline constexpr std::array watchdog_fields{EYERISS_WATCHDOG_REGISTERS(EYERISS_NOTHING, EYERISS_ROW)};
#undef EYERISS_ROW
#define EYERISS_ROW(reg, name, lsb, bits, mode, meaning) \
    field_info{EYERISS_TIMER_##reg, #name, lsb, bits, access::mode, meaning},
inline constexpr std::array timer_fields{EYERISS_TIMER_REGISTERS(EYERISS_NOTHING, EYERISS_ROW)};
#undef EYERISS_ROW
#undef EYERISS_NOTHING

inline constexpr std::array accelerator_interrupts{interrupt_info{"EYERISS_DONE", EYERISS_IRQ_DONE},
                                                   interrupt_info{"EYERISS_ERROR", EYERISS_IRQ_ERROR},
                                                   interrupt_info{"EYERISS_COUNTER", EYERISS_IRQ_COUNTER}};
inline constexpr std::array watchdog_interrupts{interrupt_info{"WATCHDOG", EYERISS_WATCHDOG_IRQ}};
inline constexpr std::array timer_interrupts{interrupt_info{"TIMER", EYERISS_TIMER_IRQ}};

inline constexpr peripheral_info accelerator{"EYERISS",        "Eyeriss v2 accelerator", "registers.h",
                                             EYERISS_REG_BASE, EYERISS_REG_BYTES,        registers,
                                             fields,           accelerator_interrupts};
inline constexpr peripheral_info watchdog{"WATCHDOG",
                                          "Watchdog of two stages",
                                          "watchdog.h",
                                          EYERISS_WATCHDOG_BASE,
                                          EYERISS_WATCHDOG_BYTES,
                                          watchdog_registers,
                                          watchdog_fields,
                                          watchdog_interrupts};
inline constexpr peripheral_info timer{"TIMER",
                                       "Timer, one-shot or periodic",
                                       "timer.h",
                                       EYERISS_TIMER_BASE,
                                       EYERISS_TIMER_BYTES,
                                       timer_registers,
                                       timer_fields,
                                       timer_interrupts};
/// The peripherals whose registers stand in a table, the accelerator first.
inline constexpr std::array peripherals{accelerator, watchdog, timer};

}  // namespace eyeriss::register_map
