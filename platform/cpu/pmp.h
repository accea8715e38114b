#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "platform/cpu/privilege.h"

namespace eyeriss::platform {

/// What an access does with memory; the values are the permission bits of a pmpcfg byte.
enum class access_kind : std::uint8_t { read = 1, write = 2, execute = 4 };

/// Physical memory protection: 16 regions with a granularity of four bytes, as TOR, NA4 or NAPOT, with locks
/// (privileged specification 1.12, section 3.7). The lowest-numbered region that holds any byte of an access
/// decides, and must hold all of its bytes. Where no region decides, machine mode may do everything and user
/// mode nothing. Reserved combinations are WARL: bits 5 and 6 of a configuration read 0, W without R drops W.
class pmp {
public:
    static constexpr unsigned regions = 16;

    /// pmpcfg`word` (0..3) and pmpaddr`index` (0..15) as the CSRs read.
    [[nodiscard]] std::uint32_t configuration(unsigned word) const;
    [[nodiscard]] std::uint32_t address(unsigned index) const { return addresses_.at(index); }
    /// Writes the CSRs; what is locked stays as it is.
    void set_configuration(unsigned word, std::uint32_t value);
    void set_address(unsigned index, std::uint32_t value);

    /// All regions off and unlocked, as after reset.
    void reset();

    /// Addresses [first, last] around one for which the same region decides, or none does.
    struct window {
        std::uint32_t first = 0, last = 0;
        std::uint8_t permissions = 0;  ///< of the mode asked for, bits of access_kind
        [[nodiscard]] bool allows(access_kind kind) const {
            return (permissions & static_cast<std::uint8_t>(kind)) != 0;
        }
    };
    [[nodiscard]] window around(std::uint32_t at, privilege mode) const;

    /// True when `mode` may do `kind` with all of the bytes.
    [[nodiscard]] bool allows(std::uint32_t at, std::uint32_t bytes, access_kind kind, privilege mode) const;

    /// Counts changes, so that what was derived from the regions can be told to be old.
    [[nodiscard]] std::uint32_t version() const { return version_; }

private:
    /// A piece of the address space up to `last` and the region that decides there, `regions` for none.
    struct piece {
        std::uint32_t last = ~0U;
        unsigned region = regions;
    };
    struct span64 {
        std::uint64_t first = 0, end = 0;  ///< byte addresses, empty when off
    };

    [[nodiscard]] bool locked(unsigned index) const { return (configurations_.at(index) & 0x80U) != 0; }
    [[nodiscard]] bool address_locked(unsigned index) const;
    [[nodiscard]] span64 range(unsigned index) const;
    [[nodiscard]] std::size_t piece_at(std::uint32_t at) const;
    [[nodiscard]] std::uint8_t permissions(unsigned region, privilege mode) const;
    void rebuild();

    std::array<std::uint8_t, regions> configurations_{};
    std::array<std::uint32_t, regions> addresses_{};
    std::vector<piece> pieces_ = std::vector<piece>(1);
    std::uint32_t version_ = 0;
};

}  // namespace eyeriss::platform
