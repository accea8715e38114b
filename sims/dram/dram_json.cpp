#include "sims/dram/dram_json.h"

#include <nlohmann/json.hpp>
#include <string>

namespace eyeriss::sims {

nlohmann::ordered_json latency_json(const dram::latency_histogram& h) {
    const auto ns = [](double ps) { return ps / 1000.0; };
    const auto percentile = [&](double p) { return ns(static_cast<double>(h.percentile_ps(p))); };
    return {{"requests", h.count()},
            {"mean", ns(h.mean_ps())},
            {"min", ns(static_cast<double>(h.smallest_ps()))},
            {"p50", percentile(50)},
            {"p95", percentile(95)},
            {"p99", percentile(99)},
            {"max", ns(static_cast<double>(h.largest_ps()))}};
}

nlohmann::ordered_json energy_json(const dram::energy_picojoules& e) {
    constexpr double uj = 1e-6;
    return {{"activate", e.activate * uj}, {"precharge", e.precharge * uj}, {"read", e.read * uj},
            {"write", e.write * uj},       {"refresh", e.refresh * uj},     {"background", e.background * uj},
            {"total", e.total() * uj}};
}

namespace {

nlohmann::ordered_json bank_json(const dram::bank_statistics& b) {
    nlohmann::ordered_json commands;
    for (std::size_t c = 0; c < dram::command_count; ++c) {
        if (b.commands[c] != 0) {
            commands[std::string(to_string(static_cast<dram::command>(c)))] = b.commands[c];
        }
    }
    return {{"hits", b.hits},
            {"misses", b.misses},
            {"conflicts", b.conflicts},
            {"open_clocks", b.open},
            {"commands", commands}};
}

}  // namespace

nlohmann::ordered_json channel_json(const dram::part& part, const dram::channel_statistics& c) {
    nlohmann::ordered_json ranks = nlohmann::ordered_json::array();
    const std::size_t banks = c.banks.size() / c.ranks.size();
    for (unsigned r = 0; r < c.ranks.size(); ++r) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (std::size_t b = 0; b < banks; ++b) {
            list.push_back(bank_json(c.banks[r * banks + b]));
        }
        auto rank = bank_json(c.rank_total(r));
        rank["active_clocks"] = c.ranks[r].active;
        rank["precharged_clocks"] = c.ranks[r].precharged;
        rank["refreshing_clocks"] = c.ranks[r].refreshing;
        rank["energy_uj"] = energy_json(dram::rank_energy(part, c, r));
        rank["banks"] = list;
        ranks.push_back(rank);
    }
    return {{"clocks", c.clocks},
            {"data_clocks", c.data},
            {"refresh_clocks", c.refresh},
            {"waiting_clocks", c.waiting},
            {"idle_clocks", c.idle},
            {"read_bursts", c.read_bursts},
            {"write_bursts", c.write_bursts},
            {"forwarded_reads", c.forwarded_reads},
            {"read_groups", c.read_groups},
            {"write_groups", c.write_groups},
            {"deepest_read_queue", c.deepest_read_queue},
            {"deepest_write_queue", c.deepest_write_queue},
            {"ranks", ranks}};
}

}  // namespace eyeriss::sims
