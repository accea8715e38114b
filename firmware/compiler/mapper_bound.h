#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <tuple>
#include <vector>

#include "firmware/compiler/density.h"
#include "firmware/compiler/mapper_work.h"
#include "models/arch/machine.h"
#include "models/arch/mapping.h"

/// Lower bounds on the cycles of a mapping, from the layer's own weights and the zeros of an input. The
/// search leaves out what cannot be better than the best mapping timed; no bound ever exceeds the time, so
/// that nothing better is lost.
namespace eyeriss::compiler {

/// The bounds of all mappings with one PE tile (M0, C0, S0 and the coding of the weights).
///
/// Each is what one kind of resource has to do, spread as evenly as it could be, and so never above the
/// busiest one's time:
/// - a PE takes a cycle for each weight word of each iact that takes a turn, at least one a window (one lane
///   works where a column is odd); its psums take the SPad's ports from the MACs for M0/2 cycles a window;
///   its weights come in while it idles; and its look-ups are one a cycle;
/// - a weight port takes a cycle a word, an iact port likewise;
/// - a psum port carries two psums a cycle.
class tile_bounds {
public:
    /// `tile` gives M0, C0, S0, weight_dense and iact_dense; `words` are the column sizes for its M0
    /// (weight_profile::column_words), not used when weights are dense.
    tile_bounds(const arch::layer_shape& shape, const arch::machine& m, const iact_profile& iacts,
                std::span<const std::uint8_t> words, const arch::mapping& tile);

    /// No mapping with this tile takes fewer cycles.
    [[nodiscard]] std::uint64_t least() const { return least_; }
    /// The mapping takes at least so many cycles. It must have this tile.
    [[nodiscard]] std::uint64_t cycles(const arch::mapping& map);

private:
    /// What the PEs of one place on the axes of g, m, c and r have to do over a layer, all e and n together.
    struct place_load {
        std::uint64_t busy = 0;     ///< cycles of windows
        std::uint64_t loading = 0;  ///< port words of its weight tiles, each once
    };
    using places = std::tuple<unsigned, unsigned, unsigned, unsigned>;  ///< g, m, c1, r1

    /// What the weight columns of the PE tiles of some channels take, by r and s tile.
    struct tile_columns {
        std::uint64_t busy = 0, look_ups = 0;
        unsigned data_words = 0, columns = 0;
    };
    void count_tiles(const iact_profile& iacts, std::span<const std::uint8_t> words);
    [[nodiscard]] std::vector<tile_columns> look_ups_of(std::span<const std::uint32_t> turns,
                                                        std::span<const unsigned> tile_of) const;
    std::uint64_t add_loads(std::span<const tile_columns> tiles, unsigned rows);
    [[nodiscard]] const std::vector<place_load>& busiest_places(const arch::mapping& map);
    [[nodiscard]] double iact_port_cycles(const arch::mapping& map) const;
    [[nodiscard]] double weight_port_cycles(const arch::mapping& map, std::uint64_t repeats) const;
    [[nodiscard]] double psum_port_cycles(const arch::mapping& map) const;

    const arch::layer_shape& shape_;
    const arch::machine& m_;
    arch::mapping tile_;
    unsigned m_tiles_, c_tiles_, s_tiles_;
    std::uint64_t demanded_iact_bits_;
    std::vector<place_load> loads_;  ///< [g][m tile][c tile][r], all s tiles together
    std::uint64_t total_loading_ = 0;
    std::uint64_t least_ = 0;
    std::map<places, std::vector<place_load>> cache_;
};

/// What all columns of a layer take together under one M0 and coding, however they are tiled.
struct column_totals {
    std::uint64_t busy = 0;     ///< cycles of lanes
    std::uint64_t words = 0;    ///< 24-bit data words
    std::uint64_t columns = 0;  ///< each once a tile of M0 channels
};

/// `words` as for tile_bounds, not used when `weight_dense`.
[[nodiscard]] column_totals total_columns(const arch::layer_shape& shape, const arch::machine& m,
                                          const iact_profile& iacts, std::span<const std::uint8_t> words,
                                          unsigned m0, bool weight_dense);

/// A quick bound on all mappings with a PE tile: no more than tile_bounds::least, without looking at tiles
/// one by one. PEs and weight ports share the work evenly at best.
[[nodiscard]] std::uint64_t least_cycles(const column_totals& totals, const arch::layer_shape& shape,
                                         const arch::machine& m, const arch::mapping& tile);

/// How often the weights in the array change over a layer, as a multiple of the times that each tile is
/// needed at least (once).
[[nodiscard]] std::uint64_t weight_load_repeats(const arch::mapping& map, const arch::layer_shape& shape);

}  // namespace eyeriss::compiler
