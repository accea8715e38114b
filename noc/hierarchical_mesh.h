#pragma once

#include <span>
#include <string>
#include <systemc>

#include "noc/network.h"
#include "noc/router.h"

namespace eyeriss::noc {

/// What left all routers of each network.
struct mesh_words {
    words_out iact, weight, psum;
};

/// The routers of one cluster: an iact router a GLB bank, a weight router a PE row, a psum router a PE
/// column. Ports are numbered as models/abi/noc_config.h states.
struct router_cluster : sc_core::sc_module {
    sc_core::sc_vector<router> iact;
    sc_core::sc_vector<router> weight;
    sc_core::sc_vector<router> psum;

    /// `all` outlives the cluster.
    router_cluster(sc_core::sc_module_name name, const noc_parameters& p, const sc_core::sc_time& cycle,
                   mesh_words& all);
    void clear_counts();
};

/// Port numbers; models/abi/noc_config.h states the same for software, and a test holds the two together.
namespace ports {
enum iact : unsigned { iact_north, iact_south, iact_east, iact_local, iact_west, iact_count };
enum weight : unsigned { weight_east, weight_local, weight_west, weight_count };
enum psum : unsigned { psum_mesh, psum_bank, psum_pe, psum_count };
}  // namespace ports

/// The hierarchical mesh: router clusters in rows and columns, three networks, circuits set once a layer.
///
/// Blocks bind to the local ports of the routers: iact[i].in[iact_local] takes what a GLB bank sends,
/// iact[i].out[iact_local] leads to the PEs; likewise for weights; psum routers join neighbours from north to
/// south.
class hierarchical_mesh : public network {
public:
    hierarchical_mesh(sc_core::sc_module_name name, const noc_parameters& p, const sc_core::sc_time& cycle);

    [[nodiscard]] router_cluster& cluster(unsigned row, unsigned col) {
        return clusters_[row * p_.cluster_cols + col];
    }
    [[nodiscard]] const router_cluster& cluster(unsigned row, unsigned col) const {
        return clusters_[row * p_.cluster_cols + col];
    }

    source& iact_source(unsigned c, unsigned bank) override {
        return clusters_[c].iact[bank].in[ports::iact_local];
    }
    sink& iact_sink(unsigned c, unsigned bank) override {
        return clusters_[c].iact[bank].out[ports::iact_local];
    }
    source& weight_source(unsigned c, unsigned row) override {
        return clusters_[c].weight[row].in[ports::weight_local];
    }
    sink& weight_sink(unsigned c, unsigned row) override {
        return clusters_[c].weight[row].out[ports::weight_local];
    }
    source& psum_bank_source(unsigned c, unsigned col) override {
        return clusters_[c].psum[col].in[ports::psum_bank];
    }
    sink& psum_bank_sink(unsigned c, unsigned col) override {
        return clusters_[c].psum[col].out[ports::psum_bank];
    }
    source& psum_pe_source(unsigned c, unsigned col) override {
        return clusters_[c].psum[col].in[ports::psum_pe];
    }
    sink& psum_pe_sink(unsigned c, unsigned col) override {
        return clusters_[c].psum[col].out[ports::psum_pe];
    }

    /// A bit for each source port of each destination port.
    [[nodiscard]] unsigned config_bits_per_cluster() const override;
    [[nodiscard]] std::string configure(std::span<const std::uint32_t> words, unsigned& bad_cluster) override;
    [[nodiscard]] bool feeds_iacts(unsigned c, unsigned bank) const override {
        return clusters_[c].iact[bank].feeds(ports::iact_local);
    }
    [[nodiscard]] bool feeds_weights(unsigned c, unsigned row) const override {
        return clusters_[c].weight[row].feeds(ports::weight_local);
    }

    [[nodiscard]] traffic iact_traffic() const override { return {all_.iact.mesh, all_.iact.local}; }
    [[nodiscard]] traffic weight_traffic() const override { return {all_.weight.mesh, all_.weight.local}; }
    [[nodiscard]] traffic psum_traffic() const override { return {all_.psum.mesh, all_.psum.local}; }
    void clear_counts() override;
    [[nodiscard]] std::vector<driven_link> driven_links() const override;
    [[nodiscard]] link_counts links() const override;

private:
    /// Empty, or a line naming a router whose ports join no whole circuit: a source that nothing is sent to,
    /// a link whose words nobody takes.
    [[nodiscard]] std::string check_circuits(unsigned& bad_cluster) const;

    /// Where a mesh link ends that has no neighbour; routers refuse to drive it.
    struct rim : sc_core::sc_module {
        sc_core::sc_vector<stream_in<rim>> in;
        sc_core::sc_vector<stream_out<rim>> out;
        rim(sc_core::sc_module_name name, unsigned ends);
        void swallow(int, burst&, sc_core::sc_time&) {}
        unsigned used = 0;
    };

    void join(router& from, unsigned out_port, router& to, unsigned in_port) {
        from.out[out_port].bind(to.in[in_port]);
    }
    /// Binds both directions of a port to the neighbour, or to the rim.
    void link(router& r, unsigned port, router* neighbour, unsigned neighbour_port);

    noc_parameters p_;
    mesh_words all_;
    // Clusters are made last and so go first: the kernel looks for a socket that goes from its newest on.
    rim rim_;
    sc_core::sc_vector<router_cluster> clusters_;
};

}  // namespace eyeriss::noc
