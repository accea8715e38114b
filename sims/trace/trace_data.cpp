#include "sims/trace/trace_data.h"

#include <fmt/format.h>

#include <cmath>

namespace eyeriss::sims {

std::vector<trace_counter> counters_of(const timeline& windows, const arch::machine& machine,
                                       const trace_filter& filter) {
    const auto cycle_ps = static_cast<observe::picoseconds>(std::llround(1e6 / machine.clock_mhz));
    std::vector<trace_counter> out;
    for (const auto* what : {"dram_read", "dram_write", "noc_iact", "noc_weight", "noc_psum"})
        out.push_back({fmt::format("bytes.{}", what), "bytes", false, {}});
    out.push_back({"pe_cycles.working", "PE-cycles", false, {}});
    for (const auto* what : {"pes", "iact_links", "weight_links", "psum_links", "glb_banks"})
        out.push_back({fmt::format("utilisation.{}", what), "%", true, {}});
    for (const auto& w : windows.windows()) {
        const auto begin = w.begin * cycle_ps, end = w.end * cycle_ps;
        if (end < filter.from || begin > filter.to) continue;
        std::size_t next = 0;
        for (const std::uint64_t bytes : w.bytes)
            out[next++].steps.push_back({begin, end, static_cast<double>(bytes)});
        std::uint64_t working = 0;
        for (const auto& cluster : w.busy) working += cluster.front();
        out[next++].steps.push_back({begin, end, static_cast<double>(working)});
        for (std::size_t i = 0; i < timeline::activities; ++i)
            out[next++].steps.push_back(
                {begin, end, 100 * windows.share(w, static_cast<timeline::activity>(i))});
    }
    return out;
}

}  // namespace eyeriss::sims
