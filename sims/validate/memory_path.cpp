#include <fmt/format.h>

#include <array>

#include "sims/validate/published.h"
#include "sims/validate/topic.h"

namespace eyeriss::sims::validate {
namespace {

constexpr std::array studied{"sparse-mobilenet", "sparse-alexnet"};

/// A memory with 25.6 GB/s, or a data rate near it.
struct memory {
    const char* model;
    const char* key;     ///< of the second setting
    unsigned value;      ///< of the second setting
    unsigned peak_mbps;  ///< of all channels
};

/// Peaks: channels x bus bytes x data rate (64 bit at 1600 and 2400 MT/s, 16 bit at 3200 MT/s).
constexpr std::array memories{
    memory{"bandwidth", "dram.limit_mbps", 25600, 25600}, memory{"ddr3-1600k-x8", "dram.channels", 2, 25600},
    memory{"ddr4-2400r-x8", "dram.channels", 2, 38400}, memory{"lpddr4-3200-x16", "dram.channels", 4, 25600}};

run_key ideal(const std::string& network) {
    return {network, "eyeriss_v2", {}, false};
}

run_key behind(const std::string& network, const memory& m) {
    return {network,
            "eyeriss_v2",
            {fmt::format("dram.model={}", m.model), fmt::format("{}={}", m.key, m.value)},
            true};
}

std::vector<run_key> all_runs() {
    std::vector<run_key> out;
    for (const std::string network : studied) {
        out.push_back(ideal(network));
        for (const auto& m : memories) {
            out.push_back(behind(network, m));
        }
    }
    return out;
}

std::string published_loss(const std::string& network) {
    const auto* id =
        network == "sparse-alexnet" ? "v2.sparse_alexnet.loss_at_25600" : "v2.sparse_mobilenet.loss_at_25600";
    return fmt::format("{} %", number_text(*published(id).published));
}

std::vector<std::string> row(run_set& runs, const std::string& network, const memory& m) {
    const auto& free = runs.get(ideal(network));
    const auto& run = runs.get(behind(network, m));
    const auto before = static_cast<double>(free.cycles);
    const auto cycles = static_cast<double>(run.cycles);
    const double clock_mhz = run_set::machine_of(run.key).clock_mhz;
    const double mean_mbps = static_cast<double>(run.dram_bytes) * clock_mhz / cycles;
    return {network,
            m.model,
            fmt::format("`{}={}`", m.key, m.value),
            number_text(m.peak_mbps),
            number_text(cycles),
            fmt::format("{:.3f} x", cycles / before),
            fmt::format("{:.1f} %", 100 * (1 - before / cycles)),
            published_loss(network),
            fmt::format("{:.0f} %", 100 * mean_mbps / m.peak_mbps),
            run.bit_exact ? "yes" : "NO"};
}

checked_table slow_down(run_set& runs) {
    checked_table out;
    out.table.caption = "Slow-down against ideal memory, under the mappings of the ideal memory";
    out.table.header = {"network",
                        "memory",
                        "setting",
                        "peak, MB/s",
                        "cycles",
                        "slow-down",
                        "throughput lost",
                        "published at 25,600 MB/s",
                        "bytes moved of peak",
                        "outputs bit-exact"};
    for (const std::string network : studied) {
        for (const auto& m : memories) {
            out.table.rows.push_back(row(runs, network, m));
            if (runs.get(behind(network, m)).cycles < runs.get(ideal(network)).cycles) {
                out.failures.push_back(
                    fmt::format("{}: faster than with ideal memory", behind(network, m).text()));
            }
        }
    }
    return out;
}

}  // namespace

topic memory_path_topic() {
    return {"memory_path",
            "The memory path",
            "The same behind DRAM with its controller: bursts of the DMA through the interconnect, commands, "
            "turns of the bus, row misses and refresh of the part (`dram.md`). Two channels of DDR3-1600 and "
            "four of LPDDR4-3200 have the paper's 25.6 GB/s, two of DDR4-2400 have 38.4; `bandwidth` is a "
            "limit without any of this.",
            {},
            {{"memory_path.slow_down", all_runs(), slow_down}}};
}

}  // namespace eyeriss::sims::validate
