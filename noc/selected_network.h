#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include "noc/network.h"

namespace eyeriss::noc {

/// Networks on which any source can reach any cluster, to compare the hierarchical mesh with: a flat mesh of
/// packets and a crossbar (noc_parameters::kind). What reaches whom does not depend on which of the two it
/// is, only latencies and counts do; how long words wait for links of the mesh is worked out with a pass
/// (models/arch/timing/mesh_transit.h).
///
/// Configuration of a cluster, from bit 0 without gaps: for each iact sink and each weight sink the number of
/// the source that it listens to, counted over the array from 1 (0: none); for each PE column where the
/// bottom PE's psums come from (0: nowhere, 1: its own bank, 2 + c: the top PE of that column in cluster c),
/// and the same for what the bank takes (never 1). Psums have one taker.
class selected_network : public network {
public:
    selected_network(sc_core::sc_module_name name, const noc_parameters& p, const sc_core::sc_time& cycle);

    source& iact_source(unsigned c, unsigned bank) override { return iact_in_[p_.iact_port(c, bank)]; }
    sink& iact_sink(unsigned c, unsigned bank) override { return iact_out_[p_.iact_port(c, bank)]; }
    source& weight_source(unsigned c, unsigned row) override { return weight_in_[p_.weight_port(c, row)]; }
    sink& weight_sink(unsigned c, unsigned row) override { return weight_out_[p_.weight_port(c, row)]; }
    source& psum_bank_source(unsigned c, unsigned col) override { return from_bank_[p_.psum_port(c, col)]; }
    sink& psum_bank_sink(unsigned c, unsigned col) override { return to_bank_[p_.psum_port(c, col)]; }
    source& psum_pe_source(unsigned c, unsigned col) override { return from_pe_[p_.psum_port(c, col)]; }
    sink& psum_pe_sink(unsigned c, unsigned col) override { return to_pe_[p_.psum_port(c, col)]; }

    [[nodiscard]] unsigned config_bits_per_cluster() const override { return p_.selection_bits(); }
    [[nodiscard]] std::string configure(std::span<const std::uint32_t> words, unsigned& bad_cluster) override;
    [[nodiscard]] bool feeds_iacts(unsigned c, unsigned bank) const override {
        return !iacts_.listeners[p_.iact_port(c, bank)].empty();
    }
    [[nodiscard]] bool feeds_weights(unsigned c, unsigned row) const override {
        return !weights_.listeners[p_.weight_port(c, row)].empty();
    }

    /// Mesh: words over links between clusters, on a crossbar over wires as long; only on the ways to
    /// clusters in which some PE takes them. Local: words into clusters.
    [[nodiscard]] traffic iact_traffic() const override { return iacts_.counts; }
    [[nodiscard]] traffic weight_traffic() const override { return weights_.counts; }
    [[nodiscard]] traffic psum_traffic() const override { return psum_counts_; }
    void clear_counts() override;
    /// Links into clusters and banks whose words are those of a port. Links of the mesh, which several ports
    /// share, are known to the timing.
    [[nodiscard]] std::vector<driven_link> driven_links() const override;
    [[nodiscard]] link_counts links() const override;

private:
    /// One of the multicast networks.
    struct plane_set {
        std::vector<std::vector<unsigned>> listeners;  ///< by source port: sinks, by number
        std::vector<std::uint64_t> sink_words;
        traffic counts;
    };
    static constexpr unsigned nobody = ~0U;

    void spread(plane_set& planes, sc_core::sc_vector<stream_out<selected_network>>& sinks, unsigned ports,
                unsigned port, burst& b, const sc_core::sc_time& delay);
    void count(traffic& counts, unsigned from, std::span<const unsigned> to, std::uint64_t words) const;
    void spread_iacts(int port, burst& b, sc_core::sc_time& delay);
    void spread_weights(int port, burst& b, sc_core::sc_time& delay);
    void enter_psums(int column, burst& b, sc_core::sc_time& delay);
    void leave_psums(int column, burst& b, sc_core::sc_time& delay);
    [[nodiscard]] std::string configure_psums(unsigned cluster, unsigned column, unsigned pe, unsigned bank);

    noc_parameters p_;
    sc_core::sc_time cycle_;
    sc_core::sc_vector<stream_in<selected_network>> iact_in_, weight_in_, from_bank_, from_pe_;
    sc_core::sc_vector<stream_out<selected_network>> iact_out_, weight_out_, to_bank_, to_pe_;
    plane_set iacts_, weights_;
    std::vector<bool> bank_feeds_;                      ///< by psum port: its bank starts a chain
    std::vector<unsigned> pe_after_, bank_after_;       ///< by psum port: who takes what its top PE sends
    std::vector<std::uint64_t> into_pes_, into_banks_;  ///< words, by psum port
    traffic psum_counts_;
};

}  // namespace eyeriss::noc
