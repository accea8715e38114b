#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "firmware/compiler/compile_error.h"
#include "firmware/compiler/density.h"
#include "firmware/compiler/graph.h"
#include "firmware/compiler/mapper_goal.h"
#include "firmware/compiler/pass_plan.h"
#include "models/arch/mapping.h"

/// The mapping search: which row-stationary-plus mapping a layer runs with.
namespace eyeriss::compiler {

/// How weights lie in DRAM and in the weight SPads.
enum class weight_coding : std::uint8_t {
    csc,       ///< always compressed
    dense,     ///< always raw: PEs in dense mode
    automatic  ///< whichever the cost estimate prefers, layer by layer
};

/// Searches tile sizes, reduction chains, spatial splits and loop orders for the mapping with the least
/// estimated cycles (mapper_cost.h) among those that arch::check accepts with the layer's own compressed
/// weights. The same arguments give the same mapping on every host.
///
/// Throws compile_error when none fits: the message names `name`, the smallest tile tried and the rule that
/// it breaks.
[[nodiscard]] arch::mapping choose_mapping(const conv_op& op, const arch::machine& m,
                                           const density_hint& hint, std::string_view name = "layer",
                                           weight_coding coding = weight_coding::csc);

/// The `count` mappings of the least estimated cycles, best first; at least one.
[[nodiscard]] std::vector<arch::mapping> best_mappings(const conv_op& op, const arch::machine& m,
                                                       const density_hint& hint, std::size_t count,
                                                       std::string_view name = "layer",
                                                       weight_coding coding = weight_coding::csc);

/// What a search went through.
struct search_counts {
    std::uint64_t tiles = 0;           ///< PE tiles whose weights may fit
    std::uint64_t tiles_excluded = 0;  ///< of them, those that a bound excludes with all their mappings
    std::uint64_t candidates = 0;      ///< mappings of the other tiles
    std::uint64_t excluded = 0;        ///< of them, those that a bound excludes
};

/// A mapping and how it was found.
struct mapping_choice {
    arch::mapping map;
    double cycles = 0;        ///< predicted (predict.h)
    double picojoules = 0;    ///< predicted (predict_actions.h), of chip and DRAM; 0 when cycles are the cost
    bool exact = false;       ///< every pass was timed; else the figures are extrapolated
    std::uint64_t bound = 0;  ///< least cycles that the mapping could take (mapper_bound.h)
    std::uint64_t timings = 0;  ///< predictions made
    search_counts counts;
};

/// As above with the layer's input at hand: what a sound bound (mapper_bound.h) keeps from being better than
/// the best so far is left out, the best of the others by estimate are timed by the accelerator's own cycle
/// functions (predict.h), first on sampled passes, and the best by `goal` is taken. Where energy counts, the
/// mapping of the fewest cycles is among those compared.
[[nodiscard]] mapping_choice search_mapping(const conv_op& op, const arch::machine& m,
                                            const density_hint& hint, const calibration& data,
                                            std::string_view name = "layer",
                                            weight_coding coding = weight_coding::csc,
                                            const search_goal& goal = {});

/// The mapping of search_mapping.
[[nodiscard]] arch::mapping choose_mapping(const conv_op& op, const arch::machine& m,
                                           const density_hint& hint, const calibration& data,
                                           std::string_view name = "layer",
                                           weight_coding coding = weight_coding::csc);

/// Data words (24 bits) of the largest weight tile that the layer stores under a mapping.
[[nodiscard]] unsigned worst_weight_words(const conv_op& op, const arch::mapping& map);

/// Empty when the tiles of all passes and PEs cover every multiplication of the layer exactly once; else one
/// line that says which tile lies twice or outside, or how many multiplications are missing.
[[nodiscard]] std::string check_coverage(const arch::mapping& map, const arch::layer_shape& shape,
                                         const arch::machine& m);

}  // namespace eyeriss::compiler
