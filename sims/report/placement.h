#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "models/arch/layer.h"
#include "models/arch/machine.h"
#include "models/arch/mapping.h"

namespace eyeriss::sims {

/// The layer that `shape` of summary.json spells, e.g. "G1 N1 M64 C3 H227 W227 R11 S11 E55 F55 stride 4x4 pad
/// 0,0,0,0"; nothing when it is another text.
[[nodiscard]] std::optional<arch::layer_shape> parse_shape(std::string_view shape);

/// What each PE works on in the layer's first pass: an array a PE in the order of arch::tiling::pe_index
/// (cluster rows outermost, then cluster columns, PE rows, PE columns), each [g, n, first m, e, first c, r,
/// position in its chain], or null for a PE without work.
[[nodiscard]] nlohmann::ordered_json placement_json(const arch::layer_shape&, const arch::mapping&,
                                                    const arch::machine&);

}  // namespace eyeriss::sims
