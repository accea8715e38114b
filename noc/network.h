#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include "noc/stream.h"

namespace eyeriss::noc {

/// A link that the present configuration drives. All links of a circuit carry the words of its port, and are
/// busy, stalled or idle when the port is.
struct driven_link {
    port_kind kind = port_kind::iact;
    unsigned port = 0;
    std::uint64_t words = 0;  ///< that crossed it since the last clear; a multicast once
};

/// Links of each network, driven or not.
struct link_counts {
    unsigned iact = 0, weight = 0, psum = 0;
};

/// An on-chip network as the array sees it: stream sockets at each cluster's banks and PEs, a static
/// configuration for a layer, and counts of what passed.
///
/// A cluster is linear, cluster rows outermost. Sources take what banks, the off-chip port and the tops of PE
/// columns send; sinks lead to PEs and banks. Which sinks a burst reaches is the configuration's business:
/// `burst::pes` is what the network makes of it (a set of PEs of each cluster on the mesh, a tag on a bus).
class network : public sc_core::sc_module {
public:
    using source = tlm::tlm_target_socket<32, stream_protocol>;
    using sink = tlm::tlm_initiator_socket<32, stream_protocol>;

    explicit network(sc_core::sc_module_name name) : sc_module(name) {}

    virtual source& iact_source(unsigned cluster, unsigned bank) = 0;
    virtual sink& iact_sink(unsigned cluster, unsigned bank) = 0;
    virtual source& weight_source(unsigned cluster, unsigned pe_row) = 0;
    virtual sink& weight_sink(unsigned cluster, unsigned pe_row) = 0;
    virtual source& psum_bank_source(unsigned cluster, unsigned pe_col) = 0;
    virtual sink& psum_bank_sink(unsigned cluster, unsigned pe_col) = 0;
    /// From the top PE of a column and to its bottom PE.
    virtual source& psum_pe_source(unsigned cluster, unsigned pe_col) = 0;
    virtual sink& psum_pe_sink(unsigned cluster, unsigned pe_col) = 0;

    /// Bits of static configuration of a cluster, and 32-bit words that carry them.
    [[nodiscard]] virtual unsigned config_bits_per_cluster() const = 0;
    [[nodiscard]] unsigned config_words_per_cluster() const { return (config_bits_per_cluster() + 31) / 32; }
    /// Sets the circuits from the descriptor's words, cluster rows outermost. On an error (a line naming the
    /// router or PE) nothing can be sent before the next configuration, and `bad_cluster` is its cluster.
    [[nodiscard]] virtual std::string configure(std::span<const std::uint32_t> words,
                                                unsigned& bad_cluster) = 0;

    /// True when what a cluster's iact bank, or its off-chip port to a PE row, sends reaches someone under
    /// the present configuration.
    [[nodiscard]] virtual bool feeds_iacts(unsigned cluster, unsigned bank) const = 0;
    [[nodiscard]] virtual bool feeds_weights(unsigned cluster, unsigned pe_row) const = 0;

    /// Words over links between clusters and over the last links into PEs and banks since the last clear; a
    /// multicast once a link.
    struct traffic {
        std::uint64_t mesh = 0, local = 0;
        std::uint64_t buffered = 0;  ///< written to and read from buffers of a packet network's routers
    };
    [[nodiscard]] virtual traffic iact_traffic() const = 0;
    [[nodiscard]] virtual traffic weight_traffic() const = 0;
    [[nodiscard]] virtual traffic psum_traffic() const = 0;
    virtual void clear_counts() = 0;
    [[nodiscard]] virtual std::vector<driven_link> driven_links() const = 0;
    [[nodiscard]] virtual link_counts links() const = 0;
};

/// The network of the parameters' topology. `cycle` is the array's clock period.
[[nodiscard]] std::unique_ptr<network> make_network(const char* name, const noc_parameters& p,
                                                    const sc_core::sc_time& cycle);

}  // namespace eyeriss::noc
