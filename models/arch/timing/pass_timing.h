#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/arch/machine.h"

/// Plain cycle functions of the array: integers, maxima and sums, no kernel.
///
/// A pass is a timed Kahn network. Iact ports send segments in a fixed order (window by window, stream by
/// stream); a segment waits for its port, for the GLB fill and for room in the SPads of every PE it goes to
/// (ready = AND). A PE works through its windows; after each its psums meet those from below and move up.
/// Every start is the maximum of the times that it needs, so the result does not depend on the order of
/// evaluation.
namespace eyeriss::arch::timing {

/// What a PE does in a cycle. Every PE-cycle of a layer belongs to exactly one.
enum class cause : std::uint8_t {
    both_lanes,       ///< two products
    one_lane,         ///< one product; the other lane has a pad
    stored_zero,      ///< a lane works on an explicitly stored zero
    bubble,           ///< pipeline fill, or an empty column dropped while the later stages were dry
    loading_weights,  ///< its own weights come in
    psum_ports,       ///< psums on the SPad's ports
    wait_iact,        ///< the iact port serves others, or a group's slowest PE holds it
    wait_weight,      ///< the weight port serves others
    wait_psum_in,
    wait_psum_out,
    wait_config,  ///< descriptor, static configuration, firmware
    wait_dram,
    finished_early,  ///< done with the layer (imbalance)
    not_mapped,      ///< no work in this pass or layer
};
inline constexpr std::size_t cause_count = 14;
using ledger = std::array<cycle_t, cause_count>;

/// What one window costs a PE's pipeline, in cycles.
struct window_work {
    std::uint16_t both = 0;         ///< cycles with two products
    std::uint16_t single = 0;       ///< cycles with one product and a pad
    std::uint16_t stored_zero = 0;  ///< cycles with a stored zero in a lane
    std::uint16_t bubbles = 0;      ///< cycles in which the later stages ran dry
    [[nodiscard]] unsigned cycles() const { return unsigned{both} + single + stored_zero + bubbles; }
};

/// A PE that takes a burst, and how long a word travels to it.
struct sink {
    std::uint32_t pe = 0;
    cycle_t latency = 0;
};

/// A row of iacts on its way from a port to PEs.
struct stream {
    std::uint32_t port = 0;                   ///< iact router, counted over the array
    std::span<const std::uint32_t> words_to;  ///< port words up to and including each segment
    std::span<const std::uint16_t> pairs;     ///< SPad entries of each segment
    std::vector<sink> sinks;
};

/// A weight tile on its way from a port to PEs.
struct load {
    std::uint32_t port = 0;  ///< weight router, counted over the array
    cycle_t words = 0;
    std::vector<sink> sinks;
};

/// A reduction chain of one PE column, the PEs that have work from its start to its end.
struct chain {
    struct link {
        std::uint32_t pe = 0;
        cycle_t latency = 0;  ///< of the way from the PE before it
    };
    std::vector<link> pes;
    bool from_bank = false;      ///< earlier psums come from the bank; else the chain starts from zero
    std::uint32_t in_port = 0;   ///< psum router at the start, counted over the array
    std::uint32_t out_port = 0;  ///< psum router at the end
    unsigned rows = 0;           ///< psums of a window (M0)
};

struct pass {
    unsigned windows = 0;
    unsigned window_segments = 1;
    std::vector<load> loads;      ///< empty when the weights stay
    cycle_t weights_arrival = 0;  ///< last byte of the loads' DRAM segment
    std::vector<stream> streams;
    cycle_t iacts_ready = 0;  ///< the GLB fill is complete
    cycle_t release = 0;      ///< not before this cycle: waiting outputs block the array
    std::vector<chain> chains;
    std::vector<std::span<const window_work>> work;  ///< by PE; empty: no work in this pass
};

/// When the rest of the machine may go on.
struct pass_times {
    cycle_t iacts_read = 0;     ///< the last segment has left the banks
    cycle_t outputs_ready = 0;  ///< the last psum has left the chains
    cycle_t last_end = 0;       ///< the last PE is done
};

/// The state of all PEs and ports through a layer, and its ledger.
class array_timing {
public:
    explicit array_timing(const machine& m);

    /// All PEs wait for the layer's configuration from `start` to `configured`.
    void begin_layer(cycle_t start, cycle_t configured);
    pass_times run(const pass& p);
    /// Charges the rest up to `end` and returns the ledger; it adds up to PEs * (end - start).
    [[nodiscard]] ledger end_layer(cycle_t end);
    /// First cycle in which some PE can take new weights.
    [[nodiscard]] cycle_t earliest_weights() const;

private:
    struct pe_state {
        cycle_t cursor = 0;  ///< everything before is charged
        cycle_t weights_ready = 0;
        cycle_t mac_start = 0, mac_end = 0;   ///< of the last window
        cycle_t psum_end = 0;                 ///< of the last psum transfer
        std::array<cycle_t, 4> psum_start{};  ///< of the last windows, by window number modulo 4
        cycle_t skipped_until = 0;            ///< passes without work reach to here
        bool worked = false;
    };
    static constexpr unsigned fifo_depth = 4;

    void mark(pe_state& pe, cause c, cycle_t until);
    void settle(pe_state& pe, cycle_t until);
    void load_weights(const pass& p);
    cycle_t send(const pass& p, const stream& s, unsigned window);
    void run_chain(const pass& p, const chain& c, unsigned window);
    void multiply(const pass& p, pe_state& pe, const window_work& work, cycle_t arrival, unsigned window,
                  unsigned rows);

    machine m_;
    std::vector<pe_state> pes_;
    std::vector<cycle_t> iact_port_free_, weight_port_free_, psum_in_free_, psum_out_free_;
    std::vector<cycle_t> arrival_;  ///< of the current window's iacts, by PE
    ledger ledger_{};
    cycle_t start_ = 0;
};

}  // namespace eyeriss::arch::timing
