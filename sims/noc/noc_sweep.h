#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sims/noc/load_run.h"

namespace eyeriss::sims {

/// Loads from `first` to `last` by `step`.
struct rate_range {
    double first = 0.05, last = 1.0, step = 0.05;
};
/// Reads `0.1`, `0.1..0.9` (by 0.1) or `0.1..0.9:0.05`. \throws user_error naming what is wrong.
[[nodiscard]] rate_range read_rates(const std::string& text);

/// Runs one load on a network that nothing has passed yet.
using load_runner = std::function<load_point(const load_plan&)>;

struct sweep_plan {
    rate_range rates;
    load_plan run;             ///< but for its rate
    double knee_factor = 3.0;  ///< of the latency at no load
    bool find_knee = true;
};

struct sweep_result {
    std::vector<load_point> points;
    double zero_load = 0;   ///< mean latency when packets meet none, in cycles
    double throughput = 0;  ///< highest accepted load of all points
    double knee = 0;        ///< highest load at which the mean latency is below the factor, to 0.005
};

/// One point a rate, the latency without load, and the knee by bisection.
[[nodiscard]] sweep_result run_sweep(const sweep_plan& plan, const load_runner& run);

}  // namespace eyeriss::sims
