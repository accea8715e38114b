#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "models/arch/machine.h"
#include "models/arch/timing/array_state.h"
#include "models/arch/timing/iact_supply.h"
#include "models/arch/timing/lane_kernel.h"
#include "models/arch/timing/lockstep_lanes.h"
#include "models/arch/timing/pass.h"

namespace eyeriss::arch::timing {

/// Evaluates the chains of a pass side by side with vector instructions, a window of all of them after the
/// other. A chain's psums wait for no other chain, so they have the same times as one by one, which
/// array_timing does with the machines and passes that this does not know.
///
/// Cycles are 32 bits wide here, counted from the layer's begin.
class lockstep {
public:
    /// Whether a machine has rules that are known here: no mesh of packets, no limit taken away, two columns
    /// between stages 3 and 5, no psum moving while others are accumulated.
    [[nodiscard]] static bool knows(const machine& m);

    lockstep(const machine& m, lane_kernel kernel) : m_(m), kernel_(kernel) {}

    /// All PEs are as new.
    void begin_layer(cycle_t configured) {
        base_ = configured;
        resident_ = false;
    }
    /// What a pass works on.
    struct state {
        std::span<timed_pe> pes;
        std::span<pe_iacts> iacts;  ///< of each PE
        std::span<pass_port> psum_in_ports, psum_out_ports;
        std::span<kept_tile* const> kept;  ///< by chain; null where no psums stay in banks
    };
    /// Takes a pass over, when its weights are loaded; false for one that is not known here: chains with a
    /// common port, PEs of unequal window steps at one place of alike chains, with more than 32 columns or
    /// not with one stream of iacts, long times.
    [[nodiscard]] bool begin(const pass& p, const state& s);
    /// Where the pass's streams find room.
    [[nodiscard]] iact_supply& iacts() { return iacts_; }
    /// Runs a window, the segments of which have been sent.
    void run(unsigned window, const window_observer& observer);
    /// Gives the pass back: what PEs and ports did, and when psums moved. The rest of what lanes hold of PEs
    /// stays in them for the next pass.
    void end();
    /// Gives that back, too.
    void let_go();

private:
    static constexpr unsigned most_columns = 32;  ///< a bit each
    static constexpr std::size_t mask_bits = 32;  ///< iacts whose zeros a number holds
    [[nodiscard]] bool knows(const pass& p) const;
    [[nodiscard]] bool knows(const chain& c) const;
    [[nodiscard]] static bool alike(const chain& a, const chain& b);
    [[nodiscard]] bool share_ports(const pass& p);
    [[nodiscard]] bool fits_in_time() const;
    [[nodiscard]] std::uint32_t in_lane(cycle_t cycle) const {
        return cycle > base_ ? static_cast<std::uint32_t>(cycle - base_) : 0;
    }
    /// A PE's place in the vectors.
    struct member {
        std::uint32_t pe = 0;
        std::uint32_t above = none;  ///< the PE that it gives its psums to
        std::uint16_t lane = 0;
        bool enters = false;  ///< a bank gives it psums
        pe_lanes* lanes = nullptr;
        chain_lanes* chains = nullptr;
    };
    static constexpr std::uint32_t none = ~0U;
    [[nodiscard]] bool take_over(const pass& p);
    void sign();
    [[nodiscard]] bool hold_chains();
    void find_members();
    void take(const member& m);
    void give_back(const member& m);
    void group_chains();
    void share_out_fifos();
    [[nodiscard]] bool shape_places();
    void share_out_store();
    /// Chains that are evaluated together: alike ones.
    struct group_of_chains {
        chain_lanes lanes;
        std::size_t first = 0, count = 0;  ///< in order_
    };
    struct place_shape {
        std::size_t columns = 0, row_words = 0;
    };
    [[nodiscard]] std::span<const std::size_t> chains_of(const group_of_chains& group) const {
        return std::span(order_).subspan(group.first, group.count);
    }
    [[nodiscard]] const pe_job& job_of(const chain& c, std::size_t place) const {
        return pass_->jobs[c.pes[place].pe];
    }
    void load(group_of_chains& group);
    void load_pe(pe_lanes& p, std::size_t lane, const chain& c, std::size_t place);
    static void load_job(pe_lanes& p, std::size_t lane, const pe_job& job);
    void load_psums(std::span<lanes> to, std::size_t lane, psum_reader& written) const;
    void store(const group_of_chains& group);
    void store_psums(std::vector<psum_run>& writing, std::span<const lanes> from, std::size_t lane) const;
    void store_pe(const pe_lanes& p, std::size_t lane, const chain& c, std::size_t place);
    void store_port(pass_port& port, const port_lanes& from, std::size_t lane, std::uint32_t used) const;
    void take_places(std::span<lanes> to, std::size_t lane, const psum_fifo& fifo);
    void give_places(psum_fifo& fifo, std::span<const lanes> places, std::size_t next, std::size_t lane,
                     std::uint32_t last_written);

    machine m_;
    lane_kernel kernel_;
    cycle_t base_ = 0;
    const pass* pass_ = nullptr;
    state state_;
    iact_supply iacts_;
    std::vector<std::size_t> order_;  ///< of chains: alike ones together, the longest first
    std::vector<group_of_chains> groups_;
    std::vector<pe_lanes> pe_lanes_;
    std::vector<place_shape> shapes_;  ///< of each of them
    std::vector<member> members_;
    std::vector<member> own_rooms_;  ///< those for which no stream's common room stands
    std::vector<lanes> store_;       ///< what spans of the pass lie on
    std::vector<lanes> fifos_;       ///< and those of FIFOs
    bool resident_ = false;          ///< lanes hold the states of PEs, whose chains have this signature
    std::vector<std::uint32_t> signature_, next_signature_;
    cycle_t latest_ = 0;                        ///< that the pass begins with
    std::vector<std::uint32_t> sent_, filled_;  ///< by stream, as in lane_window
    std::vector<lanes> read_;
    std::vector<cycle_t> places_;             ///< of a FIFO, on their way
    std::vector<bool> in_ports_, out_ports_;  ///< of the pass's chains
    bool all_iacts_ = false;
};

}  // namespace eyeriss::arch::timing
