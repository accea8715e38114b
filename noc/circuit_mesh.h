#pragma once

#include <cstdint>
#include <deque>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "noc/hierarchical_mesh.h"
#include "noc/packet_network.h"

namespace eyeriss::noc {

/// What one source port of the hierarchical mesh feeds for as long as a configuration stands.
struct circuit {
    port_kind kind = port_kind::iact;
    unsigned cluster = 0;  ///< of the source
    unsigned port = 0;     ///< of it: GLB bank, PE row (weights) or PE column (psums)
    /// Clusters that are fed. Iacts reach any; weights the clusters of the row; psum_in its own cluster;
    /// psum_out its own cluster's bank, or the cluster to the south.
    std::vector<unsigned> destinations;
    /// PEs of a cluster that take a burst, as burst::pes; bursts go through the list by turns.
    std::vector<std::uint32_t> turns{1};
};

/// The platform's hierarchical mesh under traffic, its routers configured and its bursts sent as the
/// accelerator does. Sources are numbered in the order of the circuits; destinations are clusters.
///
/// A word a cycle enters at a source port, when all its sinks are ready (ready is the AND over them). A PE
/// takes a word a cycle of each network, or one every `slow_pe` cycles. Bursts of ports that share a PE take
/// turns in the order in which they are ready. Time starts anew with each set().
class circuit_mesh : public packet_network {
public:
    /// Builds SystemC modules: before the kernel runs, and once a process for each name. \throws
    /// std::invalid_argument naming a size that cannot be.
    circuit_mesh(const char* name, const noc_parameters& p);

    /// Sets circuits along dimension order, row first, forgets all traffic and all slow PEs. Returns an empty
    /// string, or a line naming the circuit or router that is wrong; nothing can be sent then.
    [[nodiscard]] std::string set(std::vector<circuit> circuits);
    /// A PE that takes a word of a network every so many cycles.
    void slow_pe(port_kind kind, unsigned cluster, unsigned pe, unsigned cycles);

    /// `request.source` is a circuit's place in the list; its destinations are the circuit's.
    void inject(const packet_request& request) override;
    void advance(cycle_t until) override;
    [[nodiscard]] cycle_t now() const override { return now_; }
    [[nodiscard]] bool idle() const override { return queued_ == 0 && now_ > all_there_; }
    /// Links that circuits use: from the source's cluster into the network, between clusters, into clusters.
    [[nodiscard]] std::vector<link_use> links() const override;
    void clear_counts() override;
    [[nodiscard]] network_area area() const override;
    /// Of one of the three networks; psum_in and psum_out are one.
    [[nodiscard]] network_area area(port_kind kind) const;

    /// Words times PEs that took them, since set().
    [[nodiscard]] std::uint64_t words_to_pes() const { return words_to_pes_; }
    /// Words that sources sent since set().
    [[nodiscard]] std::uint64_t words_sent() const { return words_sent_; }
    /// Compares what routers counted on each link with what its source sent. \throws std::logic_error naming
    /// a link that does not agree.
    void check_flow() const;
    [[nodiscard]] const hierarchical_mesh& mesh() const { return mesh_; }
    [[nodiscard]] const std::vector<circuit>& circuits() const { return circuits_; }

private:
    /// A router's destination port that a circuit drives.
    struct driven_port {
        unsigned cluster = 0, port = 0;
        bool is_mesh = false;
        unsigned to = 0;  ///< cluster
    };
    struct waiting {
        std::uint64_t tag = 0;
        cycle_t at = 0;
        std::uint32_t words = 0;
    };
    struct source_state {
        std::vector<driven_port> links;
        std::deque<waiting> queue;
        cycle_t last_at = 0, free_at = 0;
        std::uint64_t turn = 0, words = 0, stalled = 0;
        std::uint64_t cleared_words = 0, cleared_stalled = 0;
        std::uint32_t pace = 1;  ///< of the burst that is on its way
    };
    struct stubs : sc_core::sc_module {
        sc_core::sc_vector<stream_out<stubs>> out;
        sc_core::sc_vector<stream_in<stubs>> in;
        stubs(sc_core::sc_module_name name, hierarchical_mesh& mesh, const noc_parameters& p);
        void take(int sink, burst& b, sc_core::sc_time& delay);
    };

    [[nodiscard]] unsigned source_socket(const circuit& c) const;
    [[nodiscard]] const router& router_of(port_kind kind, unsigned cluster, unsigned port) const;
    [[nodiscard]] std::string lay(const circuit& c, source_state& s);
    void drive(const circuit& c, unsigned cluster, unsigned destination, unsigned source);
    [[nodiscard]] std::string lay_iacts(const circuit& c, source_state& s);
    [[nodiscard]] std::string lay_weights(const circuit& c, source_state& s);
    [[nodiscard]] std::string lay_psums(const circuit& c, source_state& s);
    void add_link(source_state& s, const circuit& c, unsigned cluster, unsigned destination, unsigned source,
                  unsigned to, bool is_mesh);
    void send(unsigned source);
    [[nodiscard]] std::size_t pe_place(port_kind kind, unsigned cluster, unsigned pe) const;
    [[nodiscard]] std::uint64_t crossed(const source_state& s) const;

    noc_parameters p_;
    sc_core::sc_time cycle_;
    hierarchical_mesh mesh_;
    stubs stubs_;
    std::vector<circuit> circuits_;
    std::vector<source_state> sources_;
    std::vector<std::uint32_t> words_;    ///< of configuration
    std::vector<cycle_t> pe_free_;        ///< by network, cluster and PE
    std::vector<std::uint32_t> pe_pace_;  ///< cycles a word
    using ready_source = std::pair<cycle_t, unsigned>;
    /// Sources that have something to send, and from when on they could.
    std::priority_queue<ready_source, std::vector<ready_source>, std::greater<>> ready_;
    cycle_t now_ = 0, all_there_ = 0, cleared_at_ = 0;
    std::uint64_t queued_ = 0, words_to_pes_ = 0, words_sent_ = 0;
};

}  // namespace eyeriss::noc
