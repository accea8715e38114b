#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sims/validate/published.h"
#include "sims/validate/topic.h"

namespace eyeriss::sims::validate {
namespace {

constexpr std::array limits_mbps{51200U, 38400U, 25600U, 19200U, 12800U, 9600U, 6400U};
constexpr std::array studied{"sparse-mobilenet", "sparse-alexnet"};

run_key ideal(const std::string& network) {
    return {network, "eyeriss_v2", {}, false};
}

run_key limited(const std::string& network, unsigned mbps, const std::string& ports) {
    return {network,
            "eyeriss_v2",
            {"dram.model=bandwidth", fmt::format("dram.limit_mbps={}", mbps),
             fmt::format("dram.ports={}", ports)},
            true};
}

std::vector<run_key> sweep_runs() {
    std::vector<run_key> out;
    for (const std::string network : studied) {
        out.push_back(ideal(network));
        for (const auto mbps : limits_mbps) {
            out.push_back(limited(network, mbps, "shared"));
            out.push_back(limited(network, mbps, "split"));
        }
    }
    return out;
}

/// Throughput lost, in percent.
double lost(const run_facts& without, const run_facts& with) {
    return 100 * (1 - static_cast<double>(without.cycles) / static_cast<double>(with.cycles));
}

/// Cycles that a limit adds over the cycles that its bytes take at that limit.
double added_share(const run_facts& without, const run_facts& with, unsigned mbps) {
    const double clock_mhz = run_set::machine_of(with.key).clock_mhz;
    const double transfer = static_cast<double>(with.dram_bytes) * clock_mhz / mbps;
    return (static_cast<double>(with.cycles) - static_cast<double>(without.cycles)) / transfer;
}

figure_rule loss_rule(const std::string& id, const std::string& network) {
    return {id,
            {ideal(network), limited(network, 25600, "shared"), limited(network, 25600, "split")},
            [=](run_set& runs) {
                auto f = published(id);
                const auto& free = runs.get(ideal(network));
                const auto& shared = runs.get(limited(network, 25600, "shared"));
                const auto& split = runs.get(limited(network, 25600, "split"));
                f.model = lost(free, shared);
                const double clock_mhz = run_set::machine_of(ideal(network)).clock_mhz;
                const double most = static_cast<double>(free.dram_bytes) * clock_mhz / 25600;
                f.explanation = fmt::format(
                    "a shared, work-conserving limit can add at most bytes / bandwidth, {:.1f} % of the time "
                    "here, "
                    "and loading that overlaps with computing adds less; the same limit split statically "
                    "over the "
                    "GLB clusters' ports loses {:.1f} %, since a port that bursts cannot use what its "
                    "neighbours leave",
                    100 * most / (static_cast<double>(free.cycles) + most), lost(free, split));
                return f;
            }};
}

figure monotonic(run_set& runs) {
    auto f = published("v2.bandwidth.monotonic");
    for (const std::string network : studied) {
        for (const std::string ports : {"shared", "split"}) {
            auto before = runs.get(ideal(network)).cycles;
            for (const auto mbps : limits_mbps) {
                const auto now = runs.get(limited(network, mbps, ports)).cycles;
                if (now < before) {
                    f.model += 1;
                    f.explanation +=
                        fmt::format("{}{} {} at {} MB/s: {} cycles after {}",
                                    f.explanation.empty() ? "" : "; ", network, ports, mbps, now, before);
                }
                before = now;
            }
        }
    }
    return f;
}

figure added_time(run_set& runs) {
    auto f = published("v2.bandwidth.added_time");
    for (const std::string network : studied) {
        for (const auto mbps : limits_mbps) {
            const double share =
                added_share(runs.get(ideal(network)), runs.get(limited(network, mbps, "shared")), mbps);
            if (share > f.model) {
                f.model = share;
                f.explanation = fmt::format(
                    "largest for {} at {} MB/s; what is missing to 1 overlaps with computing", network, mbps);
            }
        }
    }
    return f;
}

checked_table sweep_table(run_set& runs) {
    checked_table out;
    out.table.caption = "Cycles behind an off-chip limit, and throughput lost against none";
    out.table.header = {"network", "limit, MB/s", "shared", "lost", "added / (bytes / bandwidth)",
                        "split",   "lost"};
    for (const std::string network : studied) {
        const auto& free = runs.get(ideal(network));
        out.table.rows.push_back(
            {network, "none", number_text(static_cast<double>(free.cycles)), "", "", "", ""});
        for (const auto mbps : limits_mbps) {
            const auto& shared = runs.get(limited(network, mbps, "shared"));
            const auto& split = runs.get(limited(network, mbps, "split"));
            out.table.rows.push_back(
                {network, fmt::format("{}", mbps), number_text(static_cast<double>(shared.cycles)),
                 fmt::format("{:.1f} %", lost(free, shared)),
                 fmt::format("{:.2f}", added_share(free, shared, mbps)),
                 number_text(static_cast<double>(split.cycles)), fmt::format("{:.1f} %", lost(free, split))});
        }
    }
    return out;
}

}  // namespace

topic bandwidth_topic() {
    return {"bandwidth",
            "Off-chip bandwidth",
            "Reads and writes together, from 51.2 down to 6.4 GB/s, under the mappings found without a "
            "limit: once as one limit that whoever has "
            "something to "
            "move may use in full (work-conserving), once split statically over the ports of the GLB "
            "clusters. The "
            "paper's losses at 25.6 GB/s have no bound: 24 % of sparse MobileNet with 3.9 MB of traffic is "
            "more than "
            "a shared, work-conserving limit can cost.",
            {loss_rule("v2.sparse_alexnet.loss_at_25600", "sparse-alexnet"),
             loss_rule("v2.sparse_mobilenet.loss_at_25600", "sparse-mobilenet"),
             {"v2.bandwidth.monotonic", sweep_runs(), monotonic},
             {"v2.bandwidth.added_time", sweep_runs(), added_time}},
            {{"bandwidth.sweep", sweep_runs(), sweep_table}}};
}

}  // namespace eyeriss::sims::validate
