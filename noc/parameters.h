#pragma once

#include <bit>
#include <cstdint>

namespace eyeriss::noc {

/// Number of the array's 200 MHz clock cycles since the simulation began, or a length in such cycles.
using cycle_t = std::uint64_t;

/// How blocks are joined: Eyeriss v2's hierarchical mesh (JETCAS 9(2), 2019, section III) or Eyeriss v1's
/// broadcast buses (JSSC 52(1), 2017: a Y-bus, an X-bus a PE row, PEs that match tags).
enum class topology : std::uint8_t { hierarchical_mesh, bus };

/// Geometry and widths of the on-chip networks. Defaults: Eyeriss v2 (JETCAS 9(2), 2019). On a bus a cluster
/// is one PE row with its X-bus, and each width is that of the one bus which the whole array shares.
struct noc_parameters {
    topology kind = topology::hierarchical_mesh;
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
    /// True when all streams of a network share one port, and any set of PEs is one transfer away.
    [[nodiscard]] constexpr bool is_bus() const { return kind == topology::bus; }
    /// Numbers of ports over the array, by which timing and ledgers know them; a bus is one port.
    [[nodiscard]] constexpr unsigned iact_port(unsigned cluster, unsigned bank) const {
        return is_bus() ? 0 : cluster * iact_routers() + bank;
    }
    [[nodiscard]] constexpr unsigned weight_port(unsigned cluster, unsigned pe_row) const {
        return is_bus() ? 0 : cluster * pe_rows + pe_row;
    }
    [[nodiscard]] constexpr unsigned psum_port(unsigned cluster, unsigned pe_col) const {
        return is_bus() ? 0 : cluster * pe_cols + pe_col;
    }
    [[nodiscard]] constexpr unsigned iact_ports() const { return is_bus() ? 1 : clusters() * iact_routers(); }
    [[nodiscard]] constexpr unsigned weight_ports() const { return is_bus() ? 1 : clusters() * pe_rows; }
    [[nodiscard]] constexpr unsigned psum_ports() const { return is_bus() ? 1 : clusters() * pe_cols; }
    /// Bits of a tag on a bus: every PE may have one of its own, and 0 means none.
    [[nodiscard]] constexpr unsigned bus_tag_bits() const {
        return static_cast<unsigned>(std::bit_width(pes()));
    }
};

}  // namespace eyeriss::noc
