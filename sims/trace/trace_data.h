#pragma once

#include <string>
#include <vector>

#include "sims/trace/timeline.h"
#include "sims/trace/trace_store.h"

namespace eyeriss::sims {

/// A value that holds from `begin` to `end`.
struct counter_step {
    observe::picoseconds begin = 0, end = 0;
    double value = 0;
};

/// A counter over the run: amounts that are spread over each step (bytes, busy PE-cycles), or a level that
/// holds through it (percent).
struct trace_counter {
    std::string name;  ///< e.g. "bytes.dram_read"
    std::string unit;  ///< "bytes", "PE-cycles", "%"
    bool is_level = false;
    std::vector<counter_step> steps;
};

/// Bytes to and from DRAM and over each network, PE-cycles of work, and how busy PEs, ports and banks were,
/// as the timeline's windows; those that the filter's times touch.
[[nodiscard]] std::vector<trace_counter> counters_of(const timeline& windows, const arch::machine& machine,
                                                     const trace_filter& filter);

/// What a trace file is made of.
struct trace_data {
    const trace_store& store;
    const std::vector<trace_counter>& counters;
    const std::vector<std::string>& layers;  ///< names, by index
};

}  // namespace eyeriss::sims
