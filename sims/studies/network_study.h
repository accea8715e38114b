#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "firmware/compiler/graph.h"
#include "firmware/compiler/reference.h"
#include "models/arch/machine.h"
#include "models/arch/mapping.h"
#include "models/energy/table.h"

/// Whole layers of a network on machines that differ in their on-chip networks. Cycles and actions are those
/// of the accelerator with an ideal memory (compiler::predict of every pass, and the time of descriptor and
/// configuration).
namespace eyeriss::sims {

enum class layer_kind : std::uint8_t { conv, pointwise, depthwise, fc };
inline constexpr std::string_view layer_kind_names[]{"CONV", "pointwise", "depthwise", "FC"};
[[nodiscard]] layer_kind kind_of(const arch::layer_shape& shape);

/// A machine to compare.
struct study_variant {
    std::string name;
    arch::machine machine;
    /// Searches mappings of its own; else it takes those of the last variant before it that did. The first
    /// always searches.
    bool own_mapping = false;
};

/// A layer, or several together, on one variant.
struct study_figures {
    double cycles = 0;
    energy::action_counts actions;
    double noc_picojoules = 0, chip_picojoules = 0;  ///< on-chip network; all but DRAM

    /// Operands that reached SPads: iacts with their counts, and pairs of weights.
    [[nodiscard]] double iacts_delivered() const;
    [[nodiscard]] double weights_delivered() const;
    study_figures& operator+=(const study_figures& other);
};

struct study_row {
    std::string layer;
    layer_kind kind = layer_kind::conv;
    std::string variant;
    arch::mapping map;
    std::string iact_mode, weight_mode, psum_mode;  ///< compiler::noc_routes
    study_figures figures;
};

/// Runs each CONV, depthwise and FC layer of a graph on each variant; rows by layer, then variant. `input` is
/// the network's, on which mappings are searched, too.
/// \throws compiler::compile_error
[[nodiscard]] std::vector<study_row> study_network(const compiler::graph& graph,
                                                   std::span<const std::uint8_t> input,
                                                   std::span<const study_variant> variants,
                                                   const energy::cost_table& energies);

/// Sums of the rows of one kind on one variant; nothing where there is none.
[[nodiscard]] std::optional<study_figures> sum_of(std::span<const study_row> rows, layer_kind kind,
                                                  const std::string& variant);

}  // namespace eyeriss::sims
