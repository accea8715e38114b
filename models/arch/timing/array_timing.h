#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "models/arch/machine.h"
#include "models/arch/timing/array_state.h"
#include "models/arch/timing/balanced_work.h"
#include "models/arch/timing/lane_kernel.h"
#include "models/arch/timing/ledger.h"
#include "models/arch/timing/mesh_transit.h"
#include "models/arch/timing/pass.h"
#include "noc/transfer.h"

/// Plain cycle functions of the array: integers, maxima and sums, no kernel.
///
/// The array is a timed Kahn network. Iact ports send segments in a fixed order (window by window, stream by
/// stream); a segment waits for its port, for the GLB fill and for room in the SPads of every PE that it goes
/// to (ready = AND). A PE sends its windows through its pipeline; after each its psums meet those from below
/// and move up, word by word. Every start is the maximum of the times that it needs, so the result does not
/// depend on the order of evaluation. Nothing in a pass waits for a later pass; so passes are evaluated in
/// order, and the state of PEs and ports carries what reaches from one into the next.
///
/// Cycles have numbers; "up to cycle c" includes c. What crosses a port in cycle c can be used in c + 1.
namespace eyeriss::arch::timing {

class iact_supply;
class lockstep;

/// When the rest of the machine may go on.
struct pass_times {
    cycle_t outputs_ready = 0;  ///< the last psum has left the chains
    cycle_t last_end = 0;       ///< the last PE is done
};

/// Ports of the networks as timing groups them.
enum class port_group : std::uint8_t { iact, weight, psum_in, psum_out };

/// The state of all PEs and ports through a layer, and its ledgers.
class array_timing {
public:
    explicit array_timing(const machine& m);
    ~array_timing();
    array_timing(const array_timing&) = delete;
    array_timing& operator=(const array_timing&) = delete;
    array_timing(array_timing&&) = delete;
    array_timing& operator=(array_timing&&) = delete;

    /// All PEs wait for the layer's configuration from `start` to `configured`. A psum FIFO holds
    /// pe.psum_fifo_windows windows of `rows` psums (the mapping's M0).
    void begin_layer(cycle_t start, cycle_t configured, unsigned rows);
    /// Tells every window from then on.
    void observe(window_observer observer) { observer_ = std::move(observer); }
    /// Called for everything that a port sends from then on, in the order of evaluation, not of time. The
    /// transfer lives for the call.
    using transfer_observer = std::function<void(const noc::transfer&)>;
    void observe_transfers(transfer_observer observer) { transfer_observer_ = std::move(observer); }
    /// Evaluates chains side by side with this kernel from then on, where lockstep knows the machine, or one
    /// by one without. The times are the same; the fastest kernel is used where nothing is said.
    void evaluate_with(lane_kernel kernel);
    /// Evaluates the next pass.
    pass_times run(const pass& p);

    /// By bank: the cycle in which the last word so far has left it.
    [[nodiscard]] std::span<const cycle_t> banks_read() const { return banks_read_; }
    /// Last cycle in which none of these PEs can take new weights.
    [[nodiscard]] cycle_t earliest_weights(std::span<const std::uint32_t> pes) const;

    /// What PEs and ports did from the layer's begin to its end; each entry adds up to those cycles.
    struct ledgers {
        std::vector<ledger> pes;
        std::vector<port_ledger> iact, weight, psum_in, psum_out;  ///< by port
        /// On a mesh of packets, of each link that carried something.
        std::vector<port_ledger> iact_mesh, weight_mesh, psum_mesh;
        [[nodiscard]] ledger sum() const;
    };
    /// Charges the rest up to `end`; to be asked once.
    [[nodiscard]] ledgers end_layer(cycle_t end);
    /// Cycle in which the PE's last psum so far has moved.
    [[nodiscard]] cycle_t psums_moved(std::uint32_t pe) const { return pes_[pe].job_end; }
    /// What the PE's cycles up to there went to; the rest of them is charged by end_layer.
    [[nodiscard]] const ledger& spent(std::uint32_t pe) const { return pes_[pe].causes; }
    /// A port's ledger as it grows.
    [[nodiscard]] const port_account& account(port_group group, std::size_t port) const {
        switch (group) {
            case port_group::iact:
                return iact_ports_[port].account;
            case port_group::weight:
                return weight_ports_[port].account;
            case port_group::psum_in:
                return psum_in_ports_[port].account;
            default:
                return psum_out_ports_[port].account;
        }
    }

private:
    void begin_jobs(const pass& p);
    void balance(const pass& p);
    void run_windows(const pass& p, std::span<kept_tile* const> kept);
    [[nodiscard]] cycle_t way(cycle_t latency) const { return m_.ideal.noc ? 0 : latency; }
    void load_weights(const pass& p);
    void load_over_mesh(const pass& p, const load& l, cycle_t wanted, cycle_t first);
    void find_routes(const pass& p);
    void forget_past(const pass& p);
    [[nodiscard]] mesh_transit::route route_to(unsigned from, std::span<const sink> sinks) const;
    cycle_t cross_iacts(const mesh_transit::route& route, const stream& s, cycle_t words, cycle_t begin);
    void cross_mesh(const chain& c, std::size_t position);
    void tell(noc::port_kind kind, std::uint32_t port, unsigned ports, cycle_t words, cycle_t cycle,
              std::span<const sink> sinks);
    void tell_psums(const chain& c, std::size_t position, bool out);
    [[nodiscard]] cycle_t weights_wanted(const timed_pe& pe) const;
    static void take_weights(timed_pe& pe, cycle_t first, cycle_t last, cycle_t from_dram);
    void send(const pass& p, const stream& s, unsigned window);
    void send_segment(const pass& p, const stream& s, unsigned segment);
    [[nodiscard]] cycle_t room_from(const pass& p, const stream& s, unsigned entries);
    void take_segment(const pass& p, const stream& s, unsigned entries, cycle_t words, cycle_t last);
    void run_chain(const pass& p, const chain& c, kept_tile* kept, unsigned window);
    void feed(const chain& c, kept_tile& kept);
    void move(const pass& p, const chain& c, std::size_t position, cycle_t accumulated);
    void spend(timed_pe& pe, cause what, cycle_t until, bool overlaps);
    static void charge_moving(timed_pe& pe, cycle_t after, cycle_t until);
    [[nodiscard]] bool overlaps(unsigned rows) const;
    [[nodiscard]] pass_times end_pass(const pass& p);
    [[nodiscard]] cycle_t psum_port_cycles(unsigned rows) const;

    machine m_;
    std::optional<balanced_work> balanced_;  ///< with ideal_limits::sparsity_balance
    std::vector<std::uint32_t> balanced_pes_;
    std::vector<timed_pe> pes_;
    std::vector<pe_iacts> iacts_;  ///< of each PE
    std::vector<iact_port> iact_ports_;
    std::vector<pass_port> weight_ports_, psum_in_ports_, psum_out_ports_;
    std::vector<cycle_t> banks_read_;
    /// Links that ports share; with noc.topology=mesh.
    struct meshes {
        mesh_transit iact, weight, psum;
        std::vector<mesh_transit::route> routes;  ///< of the streams of the pass
    };
    std::optional<meshes> meshes_;
    std::unordered_map<std::uint64_t, kept_tile> kept_;
    std::vector<psum_run> below_, above_;  ///< words on their way into and out of the PE at hand
    std::unique_ptr<lockstep> lockstep_;   ///< where it knows the machine
    iact_supply* supply_ = nullptr;        ///< of a pass that lockstep has taken over
    window_observer observer_;
    transfer_observer transfer_observer_;
    noc::transfer told_;
    cycle_t start_ = 0, configured_ = 0;
};

}  // namespace eyeriss::arch::timing
