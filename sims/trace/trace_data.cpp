#include "sims/trace/trace_data.h"

#include <cmath>

namespace eyeriss::sims {

std::vector<trace_counter> counters_of(const timeline& windows, const arch::machine& machine,
                                       const trace_filter& filter) {
    const auto cycle_ps = static_cast<observe::picoseconds>(std::llround(1e6 / machine.clock_mhz));
    std::vector<trace_counter> out{{"bytes.dram_read", "bytes", {}}, {"bytes.dram_write", "bytes", {}},
                                   {"bytes.noc_iact", "bytes", {}},  {"bytes.noc_weight", "bytes", {}},
                                   {"bytes.noc_psum", "bytes", {}},  {"pe_cycles.working", "PE-cycles", {}}};
    for (const auto& w : windows.windows()) {
        const auto begin = w.begin * cycle_ps, end = w.end * cycle_ps;
        if (end < filter.from || begin > filter.to) continue;
        for (std::size_t i = 0; i < timeline::traffics; ++i)
            out[i].steps.push_back({begin, end, static_cast<double>(w.bytes.at(i))});
        std::uint64_t working = 0;
        for (const auto& cluster : w.busy) working += cluster.front();
        out.back().steps.push_back({begin, end, static_cast<double>(working)});
    }
    return out;
}

}  // namespace eyeriss::sims
