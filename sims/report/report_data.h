#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sims/report/read_results.h"

namespace eyeriss::sims {

/// The one object that the page shows: `schema` (eyeriss_vp.report.1), `summary` (summary.json without the
/// actions), `machine` (size of the array and peak of the memory), `configuration`, `manifest`, `placements`
/// (an entry a layer, placement_json or null) and `timeline` (or null). A record of a run that still goes on
/// may lack manifest, mappings and timeline.
[[nodiscard]] nlohmann::ordered_json report_data(const run_record& run);

}  // namespace eyeriss::sims
