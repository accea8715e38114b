#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "firmware/compiler/graph.h"
#include "firmware/compiler/noc_routes.h"
#include "models/arch/tiling.h"
#include "models/arch/timing/array_timing.h"
#include "models/pe/operands.h"

namespace eyeriss::compiler {

/// A layer's operands and where their zeros lie.
struct calibration {
    std::span<const std::uint8_t> input;  ///< NCHW bytes of the layer's input tensor
    bool is_signed = false;
    int pad_value = 0;
};

/// Describes passes for arch::timing as the accelerator would carry them out with the routes of noc_routes.h:
/// who sends what to whom, and what each PE's windows cost.
class pass_planner {
public:
    pass_planner(const conv_op& op, const arch::tiling& tiles, const arch::machine& m,
                 const calibration& data);

    /// A pass and what its spans point to. The planner keeps the last one alive only.
    [[nodiscard]] arch::timing::pass plan(const arch::pass_index& index, bool load_weights);
    /// Port words that each iact bank takes for the pass planned last, banks counted over the array.
    [[nodiscard]] std::span<const noc::cycle_t> bank_words() const { return bank_words_; }

    using row_ptr = std::shared_ptr<const pe::iact_operands>;
    /// The rows of the pass planned last, in the order of tiling::placed_streams of iact_sources().
    [[nodiscard]] std::span<const row_ptr> rows() const { return rows_; }
    /// On the mesh: clusters whose banks send iacts, and how many clusters each of them sends to.
    [[nodiscard]] std::span<const unsigned> iact_sources() const { return iact_sources_; }
    [[nodiscard]] std::size_t clusters_reached(unsigned source) const { return reached_.at(source).size(); }
    /// Whether western clusters send weights on to the eastern ones of their row.
    [[nodiscard]] bool shares_weights() const { return weights_shared_; }
    /// What a PE with work in the pass planned last reads: its iacts, and the columns of its weight tile.
    [[nodiscard]] const pe::iact_operands& row_of(std::uint32_t pe) const { return *row_of_pe_[pe]; }
    [[nodiscard]] const pe::weight_operands& columns_of(const arch::pe_site& site) const;
    /// Bytes in DRAM of the weight segment of the pass planned last, which must have work for every tile of
    /// it, as a pass that loads a segment has.
    [[nodiscard]] std::uint64_t segment_bytes() const;

private:
    struct weight_tile {
        pe::weight_operands operands;
        std::uint64_t stored_words = 0;  ///< of three bytes, in DRAM
        noc::cycle_t words = 0;          ///< on the weight network
    };
    using tile_ptr = std::shared_ptr<const weight_tile>;
    using clusters = std::vector<arch::pe_site>;

    [[nodiscard]] row_ptr row(const arch::iact_stream& s) const;
    [[nodiscard]] tile_ptr tile(const arch::pe_tile& t) const;
    [[nodiscard]] std::uint32_t pe_index(const arch::pe_site& s) const;
    void plan_streams(const arch::pass_index& index, arch::timing::pass& p);
    /// PEs that a stream reaches and that work in the pass, with the way to them.
    [[nodiscard]] std::vector<arch::timing::sink> takers(const arch::pass_index& index,
                                                         const arch::placed_stream& placed) const;
    /// PEs that chains pass, whether they have work or not.
    [[nodiscard]] std::vector<arch::pe_site> located_sites() const;
    void plan_bus_loads(const arch::pass_index& index, arch::timing::pass& p);
    void plan_loads(const arch::pass_index& index, arch::timing::pass& p);
    void plan_chains(const arch::pass_index& index, arch::timing::pass& p);
    void plan_job(const arch::pe_site& site, const arch::pe_tile& t, arch::timing::pass& p);

    const conv_op& op_;
    const arch::tiling& tiles_;
    arch::machine m_;
    calibration data_;
    std::vector<unsigned> iact_sources_;    ///< clusters that source iacts
    std::map<unsigned, clusters> reached_;  ///< by source: the clusters that it sends to
    bool weights_shared_ = false;
    // Of the pass planned last.
    std::vector<row_ptr> rows_;
    std::vector<row_ptr> row_of_pe_;
    std::map<unsigned, tile_ptr> tile_cache_;
    std::uint32_t cached_segment_ = ~0U;
    std::vector<noc::cycle_t> bank_words_;
};

}  // namespace eyeriss::compiler
