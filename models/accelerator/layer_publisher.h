#pragma once

#include <array>
#include <span>
#include <string_view>
#include <systemc>
#include <vector>

#include "models/accelerator/report.h"
#include "models/arch/machine.h"
#include "models/arch/timing/array_timing.h"
#include "models/observe/recorder.h"
#include "noc/network.h"

namespace eyeriss::accelerator {

/// Tells a recorder what the array did, pass by pass (doc/traces.md lists streams and attributes). Made only
/// while somebody listens. What it tells of clusters, ports and banks is the difference between two looks at
/// the ledgers, so that the sums over a layer are the ledgers.
class layer_publisher {
public:
    layer_publisher(observe::recorder& recorder, const arch::machine& m, const sc_core::sc_time& cycle);

    /// A layer begins; gives it its number.
    void begin_run() { layer_ = recorder_.reserve(); }
    /// Numbers of the running layer and of its passes, for what happens within them.
    [[nodiscard]] observe::transaction_id layer() const { return layer_; }
    [[nodiscard]] observe::transaction_id pass(std::uint64_t number) const { return first_pass_ + number; }

    /// The array was configured in the cycles from `start` to `configured` and does so many passes.
    void begin_layer(cycle_t start, cycle_t configured, std::uint64_t passes);
    /// Iacts for a pass came into the banks: for each the words and the last cycle of its fill.
    void loaded(std::uint64_t pass, std::span<const cycle_t> words, std::span<const cycle_t> filled);
    /// A pass in which the PEs `working`, in the order of their numbers, had work.
    void passed(std::uint64_t pass, const arch::timing::pass_times& times,
                const arch::timing::array_timing& timing, const noc::network& network,
                std::span<const std::uint32_t> working);
    /// The layer has ended, from cycle `start` to `end`; one that failed has no ledgers.
    void end_layer(const layer_report& report, cycle_t start, cycle_t end);

private:
    /// One port's stream and its ledger when last looked at.
    struct port_view {
        observe::stream_id stream = 0;
        arch::timing::port_ledger seen;
    };
    struct cluster_view {
        observe::stream_id stream = 0;
        ledger seen{};
        cycle_t until = 0;
    };
    struct network_view {
        observe::stream_id stream = 0;
        unsigned bits = 0;
        std::uint64_t mesh = 0, local = 0;  ///< words so far
    };

    void open_ports(std::string_view network, std::string_view port, std::vector<port_view>& views,
                    unsigned count, unsigned in_cluster);
    void publish_network(std::size_t which, const noc::network::traffic& now, std::uint64_t pass,
                         cycle_t begin, cycle_t end);
    void publish_port(port_view& view, const arch::timing::port_ledger& now, cycle_t until,
                      observe::transaction_id parent);
    void publish_clusters(const arch::timing::array_timing& timing, std::span<const std::uint32_t> working,
                          std::uint64_t pass);
    void publish_cluster(cluster_view& view, const ledger& now, cycle_t until, std::string_view name,
                         observe::transaction_id parent);
    void publish_rest(const layer_report& report, cycle_t end);
    [[nodiscard]] observe::picoseconds at(cycle_t cycle) const { return cycle * cycle_.value(); }

    observe::recorder& recorder_;
    arch::machine m_;
    sc_core::sc_time cycle_;
    observe::stream_id layers_ = 0, passes_ = 0;
    std::vector<cluster_view> clusters_;
    std::array<network_view, 3> networks_;
    std::vector<port_view> iact_, weight_, psum_in_, psum_out_;
    std::vector<observe::stream_id> banks_;
    observe::transaction_id layer_ = 0, first_pass_ = 0;
    cycle_t configured_ = 0, last_end_ = 0;
    bool began_ = false;
};

}  // namespace eyeriss::accelerator
