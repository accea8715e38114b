#pragma once

#include <string>
#include <vector>

#include "sims/validate/run_set.h"

/// Eyeriss v1 scaled to v2's PEs: the one fitted parameter, for every figure that needs that machine.
namespace eyeriss::sims::validate {

/// A network on the scaled v1 with an iact bus of that many bits.
[[nodiscard]] run_key on_scaled_v1(const std::string& network, unsigned iact_bus_bits);

/// Runs that the fit needs.
[[nodiscard]] std::vector<run_key> scaled_v1_fit_runs();

/// Width of the iact bus with which the published 12.6x of MobileNet comes out best.
[[nodiscard]] unsigned fitted_iact_bus_bits(run_set&);

}  // namespace eyeriss::sims::validate
