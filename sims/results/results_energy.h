#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sims/results/results.h"

/// Actions and energy of a run, as results have them.
namespace eyeriss::sims {

/// Counts by block and verb, e.g. {"mac": {"compute": 7, "gated": 1}, ...}. Clock and leakage, which count
/// time, are left out of an untimed run's.
[[nodiscard]] nlohmann::ordered_json actions_json(const energy::action_counts&, bool timed);

/// Microjoules: the chip's components, their sum `on_chip`, and `dram` beside it.
[[nodiscard]] nlohmann::ordered_json energy_json(const energy::layer_energy&);

/// Nominal operations (two a MAC) over on-chip energy, in GOPS/W; 0 where there is no energy.
[[nodiscard]] double gops_per_watt(std::uint64_t macs_nominal, const energy::layer_energy&);

/// The run's action counts in the form that Accelergy reads (action_counts, version 0.3): a component a
/// block, each with the counts of its actions.
[[nodiscard]] std::string accelergy_yaml(const energy::action_counts&, const std::string& machine);

}  // namespace eyeriss::sims
