#pragma once

#include <optional>
#include <span>
#include <vector>

#include "models/arch/mapping.h"

namespace eyeriss::arch {

/// A place in the array.
struct pe_site {
    unsigned cluster_row = 0, cluster_col = 0, pe_row = 0, pe_col = 0;
};

/// Indices of the outer loops in one pass, by loop.
using pass_index = std::array<unsigned, loop_count>;

/// What a PE works on in one pass. Channels are counted within the group.
struct pe_tile {
    unsigned g = 0, n = 0, e = 0;
    unsigned m_begin = 0, m_count = 0;
    unsigned c_begin = 0, c_count = 0;
    unsigned r = 0;
    unsigned s_begin = 0, s_count = 0;
    unsigned chain_position = 0;  ///< 0: where the chain starts
};

/// One row of iacts that a cluster needs in a pass: C0 channels of input row h, sent to some of its PEs.
struct iact_stream {
    unsigned g = 0, n = 0, c_begin = 0, c_count = 0;
    int h = 0;  ///< input row; outside 0..H-1 it is padding
    unsigned s_begin = 0, s_count = 0;
    std::uint32_t pes = 0;  ///< bit pe_row * pe_cols + pe_col of each PE that takes it
    [[nodiscard]] bool same_data(const iact_stream& o) const {
        return g == o.g && n == o.n && c_begin == o.c_begin && h == o.h && s_begin == o.s_begin;
    }
};

/// A row of iacts in the GLB bank that keeps and sends it.
struct placed_stream {
    iact_stream row;  ///< on a bus, row.pes is the tag of the PEs that take it
    unsigned cluster = 0, bank = 0;
};

/// A weight tile on its way into the array.
struct weight_send {
    unsigned tile = 0;          ///< in its segment
    std::uint32_t address = 0;  ///< PEs of the port's row, as iact_stream::pes; on a bus, their tag
};

/// Index arithmetic of a mapping; the compiler, the accelerator's sequencer and reports all use this one.
class tiling {
public:
    tiling(const layer_shape& layer, const mapping& map, const machine& m);

    /// A PE's place on the two axes of the array.
    struct place {
        unsigned vertical = 0, horizontal = 0, chain_position = 0;
    };

    [[nodiscard]] const layer_shape& layer() const { return layer_; }
    [[nodiscard]] const mapping& map() const { return map_; }
    [[nodiscard]] std::uint64_t passes() const { return passes_; }
    /// Loop indices of pass number p, the innermost loop fastest.
    [[nodiscard]] pass_index index(std::uint64_t pass) const;
    /// The PE's tile, or nothing when it has no work in this pass.
    [[nodiscard]] std::optional<pe_tile> tile(const pass_index&, const pe_site&) const;
    /// The distinct iact rows of a cluster's PEs in a pass, in the order of chain position, then PE column.
    [[nodiscard]] std::vector<iact_stream> cluster_streams(const pass_index&, unsigned cluster_row,
                                                           unsigned cluster_col) const;
    /// The rows of iacts that a pass keeps in the banks, in the order in which they are sent. On the mesh
    /// `sources` are the clusters whose banks feed routers; stream i of a cluster, counted over its streams
    /// of the layer, is kept in bank i mod routers. On a bus every row is kept once: equal shares of the rows
    /// in each bank, in the order of vertical place, chain position and PE column.
    [[nodiscard]] std::vector<placed_stream> placed_streams(const pass_index&,
                                                            std::span<const unsigned> sources) const;
    /// What a weight port sends when a pass loads its segment: the tiles of PEs with work in the pass, on the
    /// mesh in the order of the row's PE columns.
    [[nodiscard]] std::vector<weight_send> weight_sends(const pass_index&, unsigned cluster,
                                                        unsigned pe_row) const;
    /// On a bus: the tag of the iacts that a PE takes in every pass in which it works, from 1; 0 for a PE
    /// without work. PEs that share iacts in one pass share them in all.
    [[nodiscard]] unsigned iact_tag(std::uint32_t pe) const { return iact_tags_[pe]; }
    /// Linear number of a PE: cluster rows outermost, then cluster columns, PE rows, PE columns.
    [[nodiscard]] std::uint32_t pe_index(const pe_site&) const;
    /// Where a chain's unfinished psums are kept: at the chain's end on the mesh, whose links run south only;
    /// at its start on a bus, which takes them back to the bank they came from.
    [[nodiscard]] pe_site psum_home(const place& chain) const;
    /// PEs that a chain passes, those without work included.
    [[nodiscard]] unsigned chain_positions() const { return map_.chain_clusters * noc_.pe_rows; }
    /// Segments of a stream's row, F + ceil(s0/U) - 1, and values of each, c_count * U.
    [[nodiscard]] unsigned segments() const;
    /// Segments of one window: ceil(s0/U).
    [[nodiscard]] unsigned window_segments() const;
    /// Position in the weight table of a pass's segment: (((g*M + m)*C + c)*R + r)*S + s over trips.
    [[nodiscard]] std::uint32_t weight_segment(const pass_index&) const;
    [[nodiscard]] std::uint32_t weight_segments() const;
    /// Tiles of one segment in the order in which they lie: spatial g, spatial m, chain position. A tile that
    /// lies outside the layer has m_count or c_count 0. e and n are 0.
    [[nodiscard]] std::vector<pe_tile> segment_tiles(std::uint32_t segment) const;
    /// Place of a PE tile within its segment.
    [[nodiscard]] unsigned tile_in_segment(const pe_site&) const;
    /// Names the output tile that a PE tile adds to, and where a bank keeps its unfinished psums.
    [[nodiscard]] std::uint64_t psum_slot(const pe_tile& t) const {
        return ((std::uint64_t{t.g} * layer_.batch + t.n) * layer_.e() + t.e) * layer_.m + t.m_begin;
    }
    /// True in the first and in the last pass that adds to the pass's outputs.
    [[nodiscard]] bool first_reduction(const pass_index&) const;
    [[nodiscard]] bool last_reduction(const pass_index&) const;

    /// Where a site stands on the two axes; nothing for a PE outside every chain or split.
    [[nodiscard]] std::optional<place> locate(const pe_site&) const;
    /// The same place again from its coordinates.
    [[nodiscard]] pe_site site(const place&) const;

private:
    /// Tiles of each split loop before a place of one axis, m innermost, then e, n, g.
    struct axis_index {
        unsigned g = 0, n = 0, e = 0, m = 0;
    };
    static std::vector<axis_index> axis_indices(const split& s, unsigned places);
    template <typename Visit>
    void for_each_place(Visit visit) const;
    void number_tags();
    [[nodiscard]] iact_stream stream_of(const pe_tile&) const;

    layer_shape layer_;
    mapping map_;
    noc::noc_parameters noc_;
    std::array<unsigned, loop_count> trips_{};
    std::uint64_t passes_ = 1;
    pass_index tile_{};                              ///< what a trip of each loop covers
    std::vector<axis_index> vertical_, horizontal_;  ///< by place
    unsigned chain_length_ = 1;                      ///< PEs of a chain that multiply, c1 * r1
    struct chain_step {
        unsigned c = 0, r = 0;
    };
    std::vector<chain_step> chain_steps_;  ///< by chain position: where its tile begins in the pass's
    struct row_place {
        unsigned vertical = 0, first_position = 0;
    };
    std::vector<row_place> row_places_;  ///< by cluster row
    std::vector<unsigned> iact_tags_;    ///< by PE; empty on the mesh
};

}  // namespace eyeriss::arch
