#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "platform/soc.h"

namespace eyeriss::platform {

/// An access of a hart to a register, as it was answered.
struct register_access {
    std::uint64_t at_ps = 0;
    unsigned hart = 0;
    std::uint32_t pc = 0;
    std::string place;  ///< as soc::place_name, or "0x12345678" where nothing is mapped
    bus_access access;
};

/// Accesses that were refused in the same way by the same instruction.
struct refused_access {
    register_access first;
    std::string reason;  ///< e.g. "the register is read-only"
    std::uint64_t count = 0;
};

/// "[1.234 us] hart 0, pc 0x80000010: write 0x00000001 to uart.lcr", followed by what was wrong, if anything.
[[nodiscard]] std::string to_string(const register_access& seen);
/// "refused: write of 4 bytes to accelerator.ID at pc 0x80000010: the register is read-only; 3 times, first
/// at 1.234 us"
[[nodiscard]] std::string to_string(const refused_access& refused);

/// Sees all that harts access beyond plain memory: gathers what is refused, and tells a logger of everything.
/// It is the one observer of the harts' accesses, and takes itself away.
class access_watch {
public:
    using logger = std::function<void(const register_access&)>;
    /// Different refusals that are kept; later ones are only counted.
    static constexpr std::size_t most_kept = 256;

    /// `log` may be null. The SoC outlives this.
    explicit access_watch(soc& watched, logger log = nullptr);
    access_watch(const access_watch&) = delete;
    access_watch& operator=(const access_watch&) = delete;
    ~access_watch();

    /// In the order in which they came first.
    [[nodiscard]] const std::vector<refused_access>& refused() const { return refused_; }
    /// Refusals beyond those kept.
    [[nodiscard]] std::uint64_t not_kept() const { return not_kept_; }

private:
    void see(hart& from, const bus_access& access);
    void refuse(const register_access& seen);

    using identity = std::tuple<unsigned, std::uint32_t, std::uint32_t, std::uint32_t, access_kind, int>;
    soc& soc_;
    logger log_;
    std::vector<refused_access> refused_;
    std::map<identity, std::size_t> known_;
    std::uint64_t not_kept_ = 0;
};

}  // namespace eyeriss::platform
