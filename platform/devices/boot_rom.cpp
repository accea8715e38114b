#include "platform/devices/boot_rom.h"

#include <array>
#include <cstring>

namespace eyeriss::platform {

void write_boot_code(std::span<std::uint8_t> rom, std::uint32_t entry, std::uint32_t argument) {
    const std::array<std::uint32_t, 8> words{
        0x00000297,  // auipc t0, 0
        0xf1402573,  // csrr  a0, mhartid
        0x0182a583,  // lw    a1, 24(t0)
        0x01c2a283,  // lw    t0, 28(t0)
        0x00028067,  // jr    t0
        0x00000013,  // nop
        argument,   entry,
    };
    std::memcpy(rom.data(), words.data(), sizeof words);
}

}  // namespace eyeriss::platform
