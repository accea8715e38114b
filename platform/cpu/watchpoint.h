#pragma once

#include <cstdint>

#include "platform/cpu/pmp.h"

namespace eyeriss::platform {

/// Which data accesses a watchpoint is for; `access` is both.
enum class watch_kind : std::uint8_t { write, read, access };

/// Bytes of memory, or of a device, whose accesses a debugger wants to see.
struct watchpoint {
    std::uint32_t address = 0;
    std::uint32_t bytes = 0;
    watch_kind kind = watch_kind::write;

    [[nodiscard]] std::uint64_t end() const { return std::uint64_t{address} + bytes; }
    [[nodiscard]] bool touches(std::uint32_t first, std::uint32_t length) const {
        return first < end() && address < std::uint64_t{first} + length;
    }
    [[nodiscard]] bool sees(access_kind access) const {
        return kind == watch_kind::access ||
               (kind == watch_kind::write ? access == access_kind::write : access == access_kind::read);
    }
    bool operator==(const watchpoint&) const = default;
};

/// A watched access: its first watched byte, and what watched it.
struct watch_hit {
    std::uint32_t address = 0;
    watch_kind kind = watch_kind::write;
};

}  // namespace eyeriss::platform
