#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace eyeriss::reference {

/// Cycles of the array's clock; the first cycle after reset is 1.
using cycle = std::uint64_t;

/// What a PE did in a cycle; exactly one each cycle.
enum class cause : std::uint8_t {
    two_lanes,        ///< two products of non-zero operands
    one_lane,         ///< one such product, the other lane gated
    stored_zero,      ///< a lane was given a stored zero (run marker, raw zero)
    bubble,           ///< the accumulator had nothing although iacts were there: filling, dropped columns
    loading_weights,  ///< a word of its weight tile enters
    psum_ports,       ///< a word of psums leaves (and one enters) through the SPad's ports
    wait_iact,        ///< the window's segments are not in the SPad
    wait_weight,      ///< its weight tile has not begun to come
    wait_psum_in,     ///< nothing has come from below
    wait_psum_out,    ///< no place above
    configuration,    ///< the layer's static configuration is shifted in
    wait_dram,        ///< the GLB's half is being filled
    finished_early,   ///< no more work in this layer
    not_mapped,       ///< never any work in this layer
    count_
};
inline constexpr std::size_t causes = static_cast<std::size_t>(cause::count_);
inline constexpr std::array<std::string_view, causes> cause_names{
    "two lanes",           "one lane",
    "stored zero",         "bubble",
    "loading weights",     "psum ports",
    "waiting for iact",    "waiting for weight",
    "waiting for psum in", "waiting for psum out",
    "configuration",       "DRAM",
    "finished early",      "not mapped"};

/// A PE's cycles by cause.
class ledger {
public:
    void add(cause c, cycle n = 1) { counts_[static_cast<std::size_t>(c)] += n; }
    [[nodiscard]] cycle operator[](cause c) const { return counts_[static_cast<std::size_t>(c)]; }
    [[nodiscard]] cycle total() const {
        cycle sum = 0;
        for (const cycle n : counts_) sum += n;
        return sum;
    }
    bool operator==(const ledger&) const = default;

private:
    std::array<cycle, causes> counts_{};
};

/// What a port of the network or of a bank did in a cycle.
enum class activity : std::uint8_t {
    busy,     ///< a word crossed
    stalled,  ///< a word was there and could not
    idle      ///< no word was there
};

/// A port's cycles.
struct port_counts {
    cycle busy = 0, stalled = 0, idle = 0;
    void add(activity a, cycle n = 1) {
        (a == activity::busy ? busy : a == activity::stalled ? stalled : idle) += n;
    }
    bool operator==(const port_counts&) const = default;
};

}  // namespace eyeriss::reference
