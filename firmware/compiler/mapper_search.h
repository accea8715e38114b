#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "firmware/compiler/density.h"
#include "firmware/compiler/mapper.h"
#include "firmware/compiler/mapper_candidates.h"
#include "firmware/compiler/mapper_work.h"

/// Goes through the mappings of a layer, leaves out by sound bounds what cannot be best, and ranks the rest
/// by estimated cycles.
namespace eyeriss::compiler {

/// A mapping with what is known of its cycles without timing it.
struct ranked_mapping {
    arch::mapping map;
    double estimate = 0;      ///< mapper_cost.h
    std::uint64_t bound = 0;  ///< mapper_bound.h; 0 without an input
};

/// The mappings of one layer. Keeps references to the arguments.
class mapping_space {
public:
    /// `iacts` may be null: nothing is then left out by bounds.
    mapping_space(const conv_op& op, const arch::machine& m, const density_hint& hint, weight_coding coding,
                  const iact_profile* iacts);

    /// At most `count` legal mappings, the least estimate first, none of which is bound to take `limit`
    /// cycles or more. Of one PE tile and chain only a few are among them. Adds to `counts`.
    [[nodiscard]] std::vector<ranked_mapping> best(search_width width, std::size_t count, std::uint64_t limit,
                                                   search_counts& counts) const;

    static constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

private:
    const conv_op& op_;
    const arch::machine& m_;
    const density_hint& hint_;
    weight_coding coding_;
    const iact_profile* iacts_;
    weight_profile profile_;
};

/// Whether iacts go raw from GLB to PE whatever the mapping says.
[[nodiscard]] bool iacts_travel_raw(const arch::machine& m);

}  // namespace eyeriss::compiler
