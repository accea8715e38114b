#pragma once

#include <cstdint>
#include <vector>

#include "platform/bus/address_map.h"

namespace eyeriss::platform {

/// What the device tree says of a machine beyond the fixed memory map.
struct device_tree_description {
    unsigned harts = 1;
    std::uint64_t timebase_hz = 0;
    unsigned uart_clock_hz = 0;
    address_range memory, sram, plic, clint, uart, finisher, watchdog, timer, accelerator;
    unsigned plic_sources = 0, uart_irq = 0, watchdog_irq = 0, timer_irq = 0;
    std::vector<std::uint32_t> accelerator_irqs;  ///< done, error, counter
};

/// A flattened device tree (devicetree specification 0.4), with nodes, names and compatible strings as QEMU's
/// `virt` machine has them where it has them: what a1 points to at entry. Throws std::length_error when it
/// does not fit `most_bytes`.
std::vector<std::uint8_t> make_device_tree(const device_tree_description& machine, std::size_t most_bytes);

}  // namespace eyeriss::platform
