#pragma once

#include <cstdint>

namespace eyeriss::noc {

/// Number of the array's 200 MHz clock cycles since the simulation began, or a length in such cycles.
using cycle_t = std::uint64_t;

/// Geometry and widths of the hierarchical mesh. Defaults: Eyeriss v2 (JETCAS 9(2), 2019).
struct noc_parameters {
    unsigned cluster_rows = 8;     ///< rows of the mesh of router clusters
    unsigned cluster_cols = 2;     ///< columns of the mesh
    unsigned pe_rows = 3;          ///< PE rows in a cluster; one weight router and one iact router each
    unsigned pe_cols = 4;          ///< PE columns in a cluster; one psum router each
    unsigned iact_port_bits = 24;  ///< width of an iact port: two 12-bit pairs or three raw bytes a cycle
    unsigned weight_port_bits = 24;
    unsigned psum_port_bits = 40;  ///< two 20-bit psums a cycle
    unsigned hop_cycles = 1;       ///< latency of a router-to-router link; assumption, the paper names none

    [[nodiscard]] constexpr unsigned clusters() const { return cluster_rows * cluster_cols; }
    [[nodiscard]] constexpr unsigned pes_per_cluster() const { return pe_rows * pe_cols; }
    [[nodiscard]] constexpr unsigned pes() const { return clusters() * pes_per_cluster(); }
    /// Routers, and so GLB iact banks, of a cluster's iact network.
    [[nodiscard]] constexpr unsigned iact_routers() const { return pe_rows; }
};

}  // namespace eyeriss::noc
