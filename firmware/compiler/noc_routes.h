#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/arch/mapping.h"
#include "models/arch/tiling.h"

/// Static configuration of the three networks for a layer: who sources for whom, and the words of
/// models/abi/noc_config.h that say so to the routers.
namespace eyeriss::compiler {

/// A cluster of the array.
struct cluster_site {
    unsigned row = 0, col = 0;
    bool operator==(const cluster_site&) const = default;
};

/// A block of clusters that one cluster sources: rows and cols of them, the north-western one first.
struct sharing_group {
    cluster_site source;
    unsigned rows = 1, cols = 1;
    bool operator==(const sharing_group&) const = default;
};

/// Groups of clusters that need the same iact rows in every pass, that is, are equal in everything but m.
/// Vertical neighbours share when a chain stays in one cluster (m is the innermost vertical factor, so their
/// rows are contiguous); horizontal neighbours when the position of a cluster column changes m alone.
/// Clusters without work belong to no group. Groups come in order of their sources, rows outermost.
[[nodiscard]] std::vector<sharing_group> iact_groups(const arch::tiling& tiles,
                                                     const noc::noc_parameters& noc);

/// True when the eastern clusters of each row take the western cluster's weights: every active PE column of
/// every cluster column needs the tile that the same column of the western cluster needs. Weights have no
/// vertical links, so rows never share.
[[nodiscard]] bool weights_shared(const arch::tiling& tiles, const noc::noc_parameters& noc);

/// Configuration words and the names of the modes, for reports.
struct noc_routes {
    unsigned words_per_cluster = 0;
    std::vector<std::uint32_t> words;  ///< words_per_cluster for each cluster, cluster rows outermost
    /// By the fan-out of a source word: "unicast" (one PE), "grouped multicast" (several PEs of its own
    /// cluster), "interleaved multicast" (one PE in each of several clusters) or "broadcast" (several PEs in
    /// several clusters).
    /// Psums are always unicast; a chain over several clusters says so. On a bus every mode is "bus".
    std::string iact_mode, weight_mode, psum_mode;
};

/// Routes of a layer under a legal mapping. Routers that serve no PE with work are left unconnected.
[[nodiscard]] noc_routes make_noc_routes(const arch::layer_shape& shape, const arch::mapping& map,
                                         const arch::machine& m);

/// Bits of the configuration of one cluster, and the 32-bit words that carry them.
[[nodiscard]] unsigned noc_bits_per_cluster(const noc::noc_parameters& noc);
[[nodiscard]] unsigned noc_words_per_cluster(const noc::noc_parameters& noc);

}  // namespace eyeriss::compiler
