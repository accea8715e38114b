#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "models/arch/layer.h"
#include "models/arch/machine.h"

namespace eyeriss::arch {

/// Loops over passes; the numbers are those of eyeriss_loop in the descriptor.
enum class loop : std::uint8_t { g, n, m, e, c, r, s };
inline constexpr std::size_t loop_count = 7;

/// Spatial factors on one axis of the array.
struct split {
    unsigned g = 1, n = 1, m = 1, e = 1;
    [[nodiscard]] unsigned product() const { return g * n * m * e; }
    bool operator==(const split&) const = default;
};

/// A row-stationary-plus mapping: how a layer is cut into PE tiles, spread over the array and ordered in
/// time.
///
/// A reduction chain of c1*r1 PEs climbs chain_clusters cluster rows (in each cluster from the bottom PE row
/// to the top, cluster to cluster from north to south); position q of a chain works on c tile q / r1 and
/// filter row q % r1. Groups of chain_clusters cluster rows take `vertical` in the order g, n, e, m (m
/// innermost), PE columns of the whole array (cluster column major) take `horizontal` in the same order.
struct mapping {
    unsigned m0 = 1, c0 = 1, s0 = 1;
    unsigned c1 = 1, r1 = 1, chain_clusters = 1;
    split vertical, horizontal;
    /// Loops over passes from the outermost to the innermost; each loop once.
    std::array<loop, loop_count> order{loop::g, loop::n, loop::e, loop::m, loop::c, loop::r, loop::s};
    bool weight_dense = false;        ///< PE in dense mode: raw weights, address SPads gated
    bool iact_dense = false;          ///< raw iacts from GLB to PE
    bool iact_single_buffer = false;  ///< a pass's iacts may fill whole banks; loading then does not overlap

    /// Extents of one pass in each loop's dimension (m in channels of one group, c in channels, r in rows,
    /// ...).
    [[nodiscard]] unsigned g_tile() const { return vertical.g * horizontal.g; }
    [[nodiscard]] unsigned n_tile() const { return vertical.n * horizontal.n; }
    [[nodiscard]] unsigned m_tile() const { return vertical.m * horizontal.m * m0; }
    [[nodiscard]] unsigned e_tile() const { return vertical.e * horizontal.e; }
    [[nodiscard]] unsigned c_tile() const { return c1 * c0; }

    /// Trips of each loop for a layer, indexed by loop.
    [[nodiscard]] std::array<unsigned, loop_count> trips(const layer_shape&) const;
    /// Passes of a layer: the product of trips.
    [[nodiscard]] std::uint64_t passes(const layer_shape&) const;
    /// Output tiles whose psums wait in the GLB at once: the product of the trips of the output loops g, n,
    /// m, e that run inside the outermost reduction loop of more than one trip; 0 when every pass finishes
    /// its outputs.
    [[nodiscard]] std::uint64_t live_psum_tiles(const layer_shape&) const;
    /// Largest number of channels <= 16 that divides every boundary between output channel tiles of a pass,
    /// so that each pass writes whole units of the output feature map.
    [[nodiscard]] unsigned output_block_channels(const layer_shape&) const;
    /// PEs that have work in a full pass.
    [[nodiscard]] unsigned mapped_pes() const { return c1 * r1 * vertical.product() * horizontal.product(); }
    /// One line, e.g. "M0=16 C0=8 S0=1 c1=3 r1=1 v(e4 m2) h(m8) order=gnemcrs".
    [[nodiscard]] std::string text() const;
    bool operator==(const mapping&) const = default;
};

/// Checks everything about a mapping that does not depend on the weights' values: loops, array size, SPad
/// sizes for iacts and psums, GLB banks at their worst case, chains. Returns an empty string, or one line
/// that names the rule. `worst_weight_words` is the largest number of 24-bit words that a PE's weight tile
/// stores (0: not checked).
std::string check(const mapping&, const layer_shape&, const machine&, unsigned worst_weight_words);

}  // namespace eyeriss::arch
