#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace eyeriss::reference {

/// A port of a router: four mesh neighbours, the GLB bank or off-chip port, the PEs of the own cluster.
enum class way { none, north, south, west, east, bank, pes };

/// What each destination port of a router listens to, for a whole layer.
struct router {
    way north = way::none, south = way::none, west = way::none, east = way::none, pes = way::none;
};

/// A cluster that a circuit ends in, and the mesh links to it.
struct reached {
    std::size_t cluster = 0;
    unsigned hops = 0;
};

/// The routers of one index in all clusters and the mesh links between them. Multiplexers are set once; a
/// word of a source goes wherever they lead it.
class circuits {
public:
    circuits(std::size_t rows, std::size_t cols) : cols_(cols), routers_(rows * cols) {}

    /// Clusters whose own source (bank or off-chip port) some multiplexer of theirs listens to.
    [[nodiscard]] std::vector<std::size_t> sources() const;

    /// Leads the source of a cluster to the PEs of others: along its column, then along their rows. Throws
    /// std::invalid_argument naming the router whose multiplexer is taken by another circuit.
    void connect(std::size_t source, const std::vector<std::size_t>& to);
    /// Follows the multiplexers from a source.
    [[nodiscard]] std::vector<reached> reach(std::size_t source) const;
    [[nodiscard]] const std::vector<router>& routers() const { return routers_; }

private:
    struct step {
        way out, in;
    };
    void set(std::size_t cluster, way out, way from);
    [[nodiscard]] std::size_t beyond(std::size_t cluster, way out) const;

    std::size_t cols_;
    std::vector<router> routers_;
};

/// A layer's circuits by router index: a bank's iact routers, a PE row's weight routers.
struct mesh_setup {
    std::vector<circuits> iact, weight;
};

}  // namespace eyeriss::reference
