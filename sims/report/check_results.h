#pragma once

#include <string>
#include <vector>

#include "sims/report/read_results.h"

namespace eyeriss::sims {

/// Holds the figures of a run against each other: totals are the sums of the layers, each layer's causes add
/// up to PEs x cycles and each network's links to their number x cycles, Eyexam's bounds descend to the
/// measured effectual MACs a cycle, and the windows of a whole run's time line add up to the bytes. A line
/// for each that does not hold, naming figure, sum and place; empty when all do.
[[nodiscard]] std::vector<std::string> check_results(const run_record& run);

}  // namespace eyeriss::sims
