#pragma once

#include <span>
#include <string>
#include <systemc>

#include "noc/router.h"

namespace eyeriss::noc {

/// The routers of one cluster: an iact router a GLB bank, a weight router a PE row, a psum router a PE
/// column. Ports are numbered as models/abi/noc_config.h states.
struct router_cluster : sc_core::sc_module {
    sc_core::sc_vector<router> iact;
    sc_core::sc_vector<router> weight;
    sc_core::sc_vector<router> psum;

    router_cluster(sc_core::sc_module_name name, const noc_parameters& p, const sc_core::sc_time& cycle);
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
/// Blocks bind to the local ports of cluster(row, col): iact[i].in[iact_local] takes what a GLB bank sends,
/// iact[i].out[iact_local] leads to the PEs; likewise for weights; psum routers join neighbours from north to
/// south.
class hierarchical_mesh : public sc_core::sc_module {
public:
    hierarchical_mesh(sc_core::sc_module_name name, const noc_parameters& p, const sc_core::sc_time& cycle);

    [[nodiscard]] router_cluster& cluster(unsigned row, unsigned col) {
        return clusters_[row * p_.cluster_cols + col];
    }
    [[nodiscard]] const router_cluster& cluster(unsigned row, unsigned col) const {
        return clusters_[row * p_.cluster_cols + col];
    }

    /// Bits of static configuration a cluster holds: three a destination port.
    [[nodiscard]] unsigned config_bits_per_cluster() const;
    [[nodiscard]] unsigned config_words_per_cluster() const { return (config_bits_per_cluster() + 31) / 32; }
    /// Sets all routers from the descriptor's words, cluster rows outermost. On an error (a line naming the
    /// router) `bad_cluster` is its linear index.
    [[nodiscard]] std::string configure(std::span<const std::uint32_t> words, unsigned& bad_cluster);

    /// Words over mesh links and over local ports of one network since the last clear; a multicast once a
    /// link.
    struct traffic {
        std::uint64_t mesh = 0, local = 0;
    };
    [[nodiscard]] traffic iact_traffic() const;
    [[nodiscard]] traffic weight_traffic() const;
    [[nodiscard]] traffic psum_traffic() const;
    void clear_counts();

private:
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
    sc_core::sc_vector<router_cluster> clusters_;
    rim rim_;
};

}  // namespace eyeriss::noc
