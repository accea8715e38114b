#pragma once

#include <map>
#include <string>
#include <vector>

#include "noc/circuit_mesh.h"
#include "sims/noc/load_pattern.h"

namespace eyeriss::sims {

/// How the ports of one network of the hierarchical mesh are set (JETCAS 9(2), 2019, section III).
enum class hm_mode : std::uint8_t {
    off,
    unicast,     ///< high bandwidth: every source feeds its own cluster, a PE at a time by turns
    grouped,     ///< a source feeds all PEs of its own cluster; a weight port those of its PE row
    horizontal,  ///< source i of a row's first cluster feeds PE row i of the row's clusters
    vertical,  ///< iacts: the same down a column of clusters; psums: each cluster feeds the one to the south
    interleaved,  ///< source i of the first cluster feeds PE row i of every cluster
    broadcast,    ///< high reuse: one source feeds all PEs
};
[[nodiscard]] const std::map<std::string, hm_mode>& hm_modes();

/// A mode for each network.
struct hm_setting {
    hm_mode iact = hm_mode::off, weight = hm_mode::off, psum = hm_mode::off;
};
/// Reads `iact=grouped,weight=horizontal,psum=vertical`, or one mode, which is the iact network's.
/// \throws user_error naming network or mode.
[[nodiscard]] hm_setting read_modes(const std::string& text);

/// Circuits of a network in a mode. \throws user_error when the network has no links for it.
[[nodiscard]] std::vector<noc::circuit> circuits_of(noc::port_kind network, hm_mode mode,
                                                    const noc::noc_parameters& p);
/// Of all networks, iacts first.
[[nodiscard]] std::vector<noc::circuit> circuits_of(const hm_setting& setting, const noc::noc_parameters& p);
/// Circuits of iact bank 0 that feed groups of clusters, all PEs of each.
[[nodiscard]] std::vector<noc::circuit> circuits_of(const std::vector<multicast_group>& groups,
                                                    const noc::noc_parameters& p);

/// Words a cycle that PEs (and for psums banks) take when every source has always something to send: sources
/// times fan-out, and at most a word a PE.
[[nodiscard]] double closed_form(noc::port_kind network, hm_mode mode, const noc::noc_parameters& p);

/// Every circuit's source sends, to what the circuit reaches.
class circuit_rule : public traffic_rule {
public:
    explicit circuit_rule(const std::vector<noc::circuit>& circuits, unsigned clusters);
    [[nodiscard]] const std::vector<unsigned>& senders() const override { return senders_; }
    void choose(unsigned source, std::mt19937_64&, std::vector<unsigned>& to) const override {
        to = circuits_[source].destinations;
    }
    [[nodiscard]] unsigned nodes() const override { return clusters_; }

private:
    std::vector<noc::circuit> circuits_;
    std::vector<unsigned> senders_;
    unsigned clusters_;
};

}  // namespace eyeriss::sims
