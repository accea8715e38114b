#pragma once

#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include "noc/network.h"

namespace eyeriss::noc {

/// Eyeriss v1's on-chip network (JSSC 52(1), 2017, section V-B): one bus each for iacts, weights and psums. A
/// word on the Y-bus carries a tag; each X-bus (a PE row, here a cluster of one row) passes it on if one of
/// its PEs has that tag, and every PE that has it takes the word. So any set of PEs is fed by one transfer,
/// and all transfers of a network take turns on one bus.
///
/// Psums climb the PE columns over links between neighbouring rows (north to south, as chains do); where a
/// chain starts they come from the bank over the bus, where it ends they go back to the bank they came from,
/// or off the chip. Crossing a bus takes the latency of a link; a link between PEs takes none.
///
/// Configuration of a PE, from bit 0, PEs of a cluster without gaps: iact tag, weight tag (bus_tag_bits()
/// each, 0: takes nothing), two bits for where psums come from and two for where they go
/// (models/abi/noc_config.h).
class broadcast_bus : public network {
public:
    enum psum_way : std::uint8_t { psum_none, psum_link, psum_bus };

    broadcast_bus(sc_core::sc_module_name name, const noc_parameters& p, const sc_core::sc_time& cycle);

    source& iact_source(unsigned cluster, unsigned) override { return iact_in_[cluster]; }
    sink& iact_sink(unsigned cluster, unsigned) override { return iact_out_[cluster]; }
    source& weight_source(unsigned cluster, unsigned) override { return weight_in_[cluster]; }
    sink& weight_sink(unsigned cluster, unsigned) override { return weight_out_[cluster]; }
    source& psum_bank_source(unsigned cluster, unsigned col) override { return from_bank_[pe(cluster, col)]; }
    sink& psum_bank_sink(unsigned cluster, unsigned col) override { return to_bank_[pe(cluster, col)]; }
    source& psum_pe_source(unsigned cluster, unsigned col) override { return from_pe_[pe(cluster, col)]; }
    sink& psum_pe_sink(unsigned cluster, unsigned col) override { return to_pe_[pe(cluster, col)]; }

    [[nodiscard]] unsigned config_bits_per_cluster() const override;
    [[nodiscard]] std::string configure(std::span<const std::uint32_t> words, unsigned& bad_cluster) override;
    [[nodiscard]] bool feeds_iacts(unsigned, unsigned) const override { return iacts_.used; }
    /// All weights enter by the first cluster's off-chip port.
    [[nodiscard]] bool feeds_weights(unsigned cluster, unsigned) const override {
        return cluster == 0 && weights_.used;
    }

    /// Mesh: words on the Y-bus; local: words on X-buses, once on each that passes them on.
    [[nodiscard]] traffic iact_traffic() const override { return iacts_.total(); }
    [[nodiscard]] traffic weight_traffic() const override { return weights_.total(); }
    /// Mesh: words on the psum bus, both ways; local: words over links between PEs.
    [[nodiscard]] traffic psum_traffic() const override { return {psums_in_ + psums_out_, psums_on_links_}; }
    void clear_counts() override;
    /// Y-buses, X-buses that pass something on, and the psum bus in each direction.
    [[nodiscard]] std::vector<driven_link> driven_links() const override;
    [[nodiscard]] link_counts links() const override { return {1 + p_.clusters(), 1 + p_.clusters(), 2}; }

private:
    /// A multicast bus: who takes which tag, and what has passed.
    struct multicast {
        std::vector<std::vector<std::uint32_t>> takers;  ///< by tag and cluster: PEs of the cluster
        std::uint64_t y_words = 0;
        std::vector<std::uint64_t> x_words;  ///< by row
        bool used = false;
        [[nodiscard]] traffic total() const {
            return {y_words, std::accumulate(x_words.begin(), x_words.end(), std::uint64_t{0})};
        }
    };
    struct psum_pe {
        psum_way in = psum_none, out = psum_none;
    };

    [[nodiscard]] unsigned pe(unsigned cluster, unsigned col) const { return cluster * p_.pe_cols + col; }
    void spread(multicast& bus, sc_core::sc_vector<stream_out<broadcast_bus>>& rows, burst& b,
                const sc_core::sc_time& delay);
    void spread_iacts(int cluster, burst& b, sc_core::sc_time& delay);
    void spread_weights(int cluster, burst& b, sc_core::sc_time& delay);
    void enter_psums(int pe, burst& b, sc_core::sc_time& delay);
    void leave_psums(int pe, burst& b, sc_core::sc_time& delay);
    [[nodiscard]] std::string check_psums(unsigned& bad_cluster) const;

    noc_parameters p_;
    sc_core::sc_time hop_;
    sc_core::sc_vector<stream_in<broadcast_bus>> iact_in_, weight_in_, from_bank_, from_pe_;
    sc_core::sc_vector<stream_out<broadcast_bus>> iact_out_, weight_out_, to_bank_, to_pe_;
    multicast iacts_, weights_;
    std::vector<psum_pe> psum_pes_;
    std::uint64_t psums_in_ = 0, psums_out_ = 0, psums_on_links_ = 0;
};

}  // namespace eyeriss::noc
