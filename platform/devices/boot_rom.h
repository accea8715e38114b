#pragma once

#include <cstdint>
#include <span>

namespace eyeriss::platform {

/// Writes the reset code into the memory of a boot ROM at any address: a0 = hart id, a1 = `argument` (address
/// of a device tree, 0 for none), then a jump to `entry`. `rom` holds at least 32 bytes.
void write_boot_code(std::span<std::uint8_t> rom, std::uint32_t entry, std::uint32_t argument);

}  // namespace eyeriss::platform
