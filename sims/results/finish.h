#pragma once

#include "sims/commands/command.h"
#include "sims/results/results.h"
#include "sims/results/results_folder.h"
#include "sims/session/simulate.h"

namespace eyeriss::sims {

/// Writes and publishes the results folder of a network's run, prints table or JSON, and returns the exit
/// code: 130 after an interrupt, 1 for an incomplete run or one that is not bit-exact, else 0.
int finish(const network_run&, const platform::configuration&, const provenance&, results_folder&,
           const common_options&);

}  // namespace eyeriss::sims
