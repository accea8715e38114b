#pragma once

#include <bit>
#include <cstdint>

namespace eyeriss::noc {

/// Number of the array's 200 MHz clock cycles since the simulation began, or a length in such cycles.
using cycle_t = std::uint64_t;

/// How blocks are joined: Eyeriss v2's hierarchical mesh (JETCAS 9(2), 2019, section III) or Eyeriss v1's
/// broadcast buses (JSSC 52(1), 2017: a Y-bus, an X-bus a PE row, PEs that match tags). Two to compare with:
/// `mesh`, packets over buffered routers, one a cluster and plane, and `crossbar`, from every port to every
/// cluster at once.
enum class topology : std::uint8_t { hierarchical_mesh, bus, mesh, crossbar };

/// What a packet for several clusters is on a packet-switched mesh: one that routers copy where ways part, or
/// one for each cluster from its source on.
enum class multicast : std::uint8_t { tree, copies };

/// Which port sends, or for psums that leave a chain receives, what crosses a link; numbered as in
/// noc_parameters.
enum class port_kind : std::uint8_t { iact, weight, psum_in, psum_out };

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
    multicast packets = multicast::tree;  ///< on the mesh
    unsigned mesh_planes = 0;             ///< meshes a data type; 0: as many as a cluster has ports of it
    unsigned mesh_packet_words = 8;       ///< longest packet, and what a router's input buffer holds

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
    /// True when a configuration names for each sink the source that it listens to.
    [[nodiscard]] constexpr bool is_selected() const {
        return kind == topology::mesh || kind == topology::crossbar;
    }
    /// Bits by which a sink of such a network names its source; see selected_network.
    [[nodiscard]] constexpr unsigned iact_selection_bits() const {
        return bits_of(clusters() * iact_routers());
    }
    [[nodiscard]] constexpr unsigned weight_selection_bits() const { return bits_of(clusters() * pe_rows); }
    [[nodiscard]] constexpr unsigned psum_selection_bits() const { return bits_of(clusters() + 1); }
    /// Bits of configuration of a cluster of such a network.
    [[nodiscard]] constexpr unsigned selection_bits() const {
        return iact_routers() * iact_selection_bits() + pe_rows * weight_selection_bits() +
               2 * pe_cols * psum_selection_bits();
    }
    /// Meshes that so many ports of a cluster have; port number i uses mesh i modulo planes.
    [[nodiscard]] constexpr unsigned planes(unsigned ports) const {
        return mesh_planes == 0 || mesh_planes > ports ? ports : mesh_planes;
    }
    /// Cycles from a cluster to another beyond the port's own: links of the shortest way on a mesh, none on a
    /// crossbar; a bus has one way whatever the clusters.
    [[nodiscard]] constexpr cycle_t transit_cycles(unsigned from, unsigned to) const {
        if (kind == topology::crossbar) return 0;
        return is_bus() ? hop_cycles : cycle_t{distance(from, to)} * hop_cycles;
    }
    /// Mesh links between two clusters.
    [[nodiscard]] constexpr unsigned distance(unsigned from, unsigned to) const {
        const auto apart = [](unsigned a, unsigned b) { return a < b ? b - a : a - b; };
        return apart(from / cluster_cols, to / cluster_cols) + apart(from % cluster_cols, to % cluster_cols);
    }
    /// Bits of a tag on a bus: every PE may have one of its own, and 0 means none.
    [[nodiscard]] constexpr unsigned bus_tag_bits() const { return bits_of(pes()); }

private:
    /// Of a field that holds 0 to `largest`.
    static constexpr unsigned bits_of(unsigned largest) {
        return static_cast<unsigned>(std::bit_width(largest));
    }
};

/// Selections of psums: 0 takes none.
inline constexpr unsigned psum_from_bank = 1;     ///< of the same cluster
inline constexpr unsigned psum_from_cluster = 2;  ///< plus the cluster whose top PE sends

}  // namespace eyeriss::noc
