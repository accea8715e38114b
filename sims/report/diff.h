#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sims/report/read_results.h"

namespace eyeriss::sims {

/// What differs between two runs (schema eyeriss_vp.diff.1): `a` and `b` say which; `parameters`, `inputs`
/// and `mappings` list what was changed; `totals` has each figure of both; `causes` and `layers` say where
/// cycles came and went. Cycles by cause are PE-cycles over the machine's PEs, so that the causes' changes
/// add up to the layer's change in cycles, on arrays of different sizes, too. Layers are matched by name; one
/// that only one run has stands with null for the other.
[[nodiscard]] nlohmann::ordered_json compare(const run_record& a, const run_record& b);

/// The same as text, no line longer than 100 columns.
[[nodiscard]] std::string diff_text(const nlohmann::ordered_json& comparison);

}  // namespace eyeriss::sims
