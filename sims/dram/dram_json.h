#pragma once

#include <nlohmann/json_fwd.hpp>

#include "models/dram/energy.h"
#include "models/dram/latency_histogram.h"
#include "models/dram/part.h"
#include "models/dram/statistics.h"

/// What memories count, as results write it.
namespace eyeriss::sims {

/// Number, mean, least, greatest and percentiles, in ns.
[[nodiscard]] nlohmann::ordered_json latency_json(const dram::latency_histogram& h);
/// In uJ, by cause and in all.
[[nodiscard]] nlohmann::ordered_json energy_json(const dram::energy_picojoules& e);
/// A channel's clocks by cause, its bursts, and ranks and banks with commands and row hits.
[[nodiscard]] nlohmann::ordered_json channel_json(const dram::part& part, const dram::channel_statistics& c);

}  // namespace eyeriss::sims
