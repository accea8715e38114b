#pragma once

#include <algorithm>
#include <cstdint>

namespace eyeriss::dram {

/// A way that carries bytes one after the other at a rate, in the order of the calls. Whole picoseconds are
/// kept apart from the rest, so that a stream of small transfers runs at exactly the rate.
class byte_rate {
public:
    /// mbps x 10^6 / shares bytes a second; both at least 1.
    explicit byte_rate(std::uint64_t mbps, std::uint64_t shares = 1) : mbps_(mbps), shares_(shares) {}

    /// Sends `bytes` from `arrival_ps` on, or when the way is free. Returns when the last byte has passed,
    /// rounded up to a whole ps.
    std::uint64_t send(std::uint64_t arrival_ps, std::uint64_t bytes) {
        constexpr std::uint64_t ps_per_byte_at_1_mbps = 1'000'000;
        if (arrival_ps > free_ps_) {
            free_ps_ = arrival_ps;
            remainder_ = 0;
        }
        const std::uint64_t work = bytes * ps_per_byte_at_1_mbps * shares_ + remainder_;
        free_ps_ += work / mbps_;
        busy_ps_ += work / mbps_;
        remainder_ = work % mbps_;
        return ready_ps();
    }

    /// When the last byte so far has passed, rounded up.
    [[nodiscard]] std::uint64_t ready_ps() const { return free_ps_ + (remainder_ != 0 ? 1 : 0); }
    [[nodiscard]] std::uint64_t busy_ps() const { return busy_ps_; }

private:
    std::uint64_t mbps_, shares_;
    std::uint64_t free_ps_ = 0, busy_ps_ = 0;
    std::uint64_t remainder_ = 0;  ///< of a ps, in 1/mbps
};

}  // namespace eyeriss::dram
