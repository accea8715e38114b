#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "models/abi/registers.h"

/// The register table of models/abi/registers.h as C++ data.
namespace eyeriss::register_map {

/// What software may do with a field: read and write, read, write (reads as zero), write one to clear, read
/// to clear.
enum class access : std::uint8_t { rw, ro, wo, w1c, rc };

/// Bits of a register.
struct field_info {
    std::uint32_t offset = 0;  ///< of the register
    std::string_view name;
    unsigned lsb = 0;
    unsigned bits = 32;
    access mode = access::rw;
    std::string_view meaning;
    /// The field's bits in place.
    [[nodiscard]] constexpr std::uint32_t mask() const {
        return (bits == 32 ? ~std::uint32_t{0} : (std::uint32_t{1} << bits) - 1) << lsb;
    }
};

struct register_info {
    std::string_view name;
    std::uint32_t offset = 0;
    access mode = access::rw;
    std::uint32_t reset = 0;
    std::string_view meaning;
};

#define EYERISS_ROW(name, offset, mode, reset, meaning) \
    register_info{#name, offset, access::mode, reset, meaning},
#define EYERISS_NOTHING(reg, name, lsb, bits, mode, meaning)
/// Every register, by rising offset.
inline constexpr std::array registers{EYERISS_REGISTERS(EYERISS_ROW, EYERISS_NOTHING)};
#undef EYERISS_ROW
#undef EYERISS_NOTHING

#define EYERISS_NOTHING(name, offset, mode, reset, meaning)
#define EYERISS_ROW(reg, name, lsb, bits, mode, meaning) \
    field_info{EYERISS_REG_##reg, #name, lsb, bits, access::mode, meaning},
/// Every field that the table names, register by register.
inline constexpr std::array fields{EYERISS_REGISTERS(EYERISS_NOTHING, EYERISS_ROW)};
#undef EYERISS_ROW
#undef EYERISS_NOTHING

struct error_info {
    std::string_view name;
    std::uint32_t code = 0;
    std::string_view meaning;
    std::string_view info;  ///< what ERROR_INFO holds
};

#define EYERISS_ROW(name, code, meaning, info) error_info{#name, code, meaning, info},
/// Every error code, by rising number.
inline constexpr std::array errors{EYERISS_ERRORS(EYERISS_ROW)};
#undef EYERISS_ROW

/// The register at a byte offset, or nothing.
[[nodiscard]] constexpr std::optional<register_info> find_register(std::uint64_t offset) {
    const auto* found = std::ranges::find(registers, offset, &register_info::offset);
    return found == registers.end() ? std::nullopt : std::optional(*found);
}

/// Bits of a register whose fields, among `all`, have this mode; a register without fields is one field.
[[nodiscard]] constexpr std::uint32_t bits_with(const register_info& r, access mode,
                                                std::span<const field_info> all = fields) {
    std::uint32_t found = 0;
    bool any = false;
    for (const auto& f : all) {
        if (f.offset != r.offset) continue;
        any = true;
        if (f.mode == mode) found |= f.mask();
    }
    if (any) return found;
    return r.mode == mode ? ~std::uint32_t{0} : 0;
}

[[nodiscard]] constexpr std::string_view to_string(access mode) {
    constexpr std::array<std::string_view, 5> names{"rw", "ro", "wo", "w1c", "rc"};
    return names[static_cast<std::size_t>(mode)];
}

}  // namespace eyeriss::register_map
