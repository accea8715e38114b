#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "firmware/compiler/density.h"
#include "firmware/compiler/mapper.h"
#include "firmware/compiler/mapper_candidates.h"
#include "firmware/compiler/mapper_energy.h"
#include "firmware/compiler/mapper_goal.h"
#include "firmware/compiler/mapper_work.h"

/// Goes through the mappings of a layer, leaves out by sound bounds what cannot be best, and ranks the rest
/// by estimated cost.
namespace eyeriss::compiler {

/// A mapping with what is known of its cost without timing it.
struct ranked_mapping {
    arch::mapping map;
    double estimate = 0;             ///< of its score (search_goal), with the cycles of mapper_cost.h
    double bound = 0;                ///< least score that it can have; 0 without an input
    std::uint64_t bound_cycles = 0;  ///< mapper_bound.h; 0 without an input
};

/// What bounds are made of. Without `energy` the goal must be cycles.
struct search_bounds {
    const iact_profile& iacts;
    const search_goal& goal;
    const energy_work* energy = nullptr;
};

/// The mappings of one layer. Keeps references to the arguments.
class mapping_space {
public:
    /// `bounds` may be null: the cost is then cycles, and nothing is left out by bounds.
    mapping_space(const conv_op& op, const arch::machine& m, const density_hint& hint, weight_coding coding,
                  const search_bounds* bounds);

    /// At most `count` legal mappings, the least estimate first, none of which is bound to score `limit` or
    /// more. Of one PE tile and chain only a few are among them. Adds to `counts`.
    [[nodiscard]] std::vector<ranked_mapping> best(search_width width, std::size_t count, double limit,
                                                   search_counts& counts) const;

    static constexpr double no_limit = std::numeric_limits<double>::infinity();

private:
    const conv_op& op_;
    const arch::machine& m_;
    const density_hint& hint_;
    weight_coding coding_;
    const search_bounds* bounds_;
    weight_profile profile_;
};

/// Whether iacts go raw from GLB to PE whatever the mapping says.
[[nodiscard]] bool iacts_travel_raw(const arch::machine& m);

}  // namespace eyeriss::compiler
