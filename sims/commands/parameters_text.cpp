#include "sims/commands/parameters_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace eyeriss::sims {
namespace {

/// How a model's time is made.
struct model_standing {
    std::string_view name, timing, sentence;
};

constexpr std::array<model_standing, 11> models{{
    {"hart", "LT",
     "an instruction a cycle of core.clock_mhz, dram.dmi_latency_ns on top of a load or store of DRAM; runs "
     "ahead by core.quantum_ns at most"},
    {"interconnect", "LT and AT",
     "one target an address; b_transport at once, four phases through an arbiter; adds no time of its own"},
    {"dram, dram.model=ideal or bandwidth", "LT",
     "dram.latency_ns an access, dram.limit_mbps over reads and writes; no banks, no refresh"},
    {"dram, dram.model=a part", "AT",
     "JEDEC-timed controller: commands, banks and refresh in clocks of the part (doc/dram.md); b_transport "
     "goes through the same queues"},
    {"sram, boot ROM", "LT", "no wait states"},
    {"UART, CLINT, PLIC, finisher", "LT", "registers answer at once; the UART takes no baud time"},
    {"accelerator control, registers", "LT", "registers answer at once; a layer's steps in array cycles"},
    {"accelerator DMA", "LT and AT",
     "with a DRAM part bursts by four phases, dma.outstanding in flight a port; else one b_transport a "
     "transfer"},
    {"PE, PE cluster", "timed in cycles",
     "windows by max-plus arithmetic on counts of the decoded data; exact against a cycle-stepped "
     "reference"},
    {"NoC, GLB", "timed in cycles",
     "bursts by words a port and cycle; exact against a cycle-stepped reference"},
    {"all of the accelerator, --timing functional", "untimed", "outputs only"},
}};

std::string text_list() {
    const arch::machine defaults;
    std::string out = "Parameters: key = default unit (range)\n";
    for (const auto& p : arch::parameters()) {
        out += fmt::format("{} = {}{}{} ({})\n    {}\n", p.key, p.get(defaults), p.unit.empty() ? "" : " ",
                           p.unit, p.range, p.sentence);
    }
    out += "\nModels: name: timing\n";
    for (const auto& m : models) {
        out += fmt::format("{}: {}\n    {}\n", m.name, m.timing, m.sentence);
    }
    return out;
}

std::string json_list() {
    const arch::machine defaults;
    nlohmann::ordered_json out;
    for (const auto& p : arch::parameters()) {
        out["parameters"].push_back({{"key", p.key},
                                     {"default", p.get(defaults)},
                                     {"unit", p.unit},
                                     {"range", p.range},
                                     {"sentence", p.sentence}});
    }
    for (const auto& m : models) {
        out["models"].push_back({{"name", m.name}, {"timing", m.timing}, {"sentence", m.sentence}});
    }
    return out.dump(2) + "\n";
}

}  // namespace

std::string config_text(const platform::configuration& config) {
    const auto& all = arch::parameters();
    std::vector<std::string> values;
    std::size_t width = 0;
    for (const auto& p : all) {
        values.push_back(fmt::format("{}: {}", p.key, p.get(config.machine)));
        width = std::max(width, values.back().size());
    }
    std::string out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        out += fmt::format("{:<{}}  # {}{}{}\n", values[i], width, all[i].unit,
                           all[i].unit.empty() ? "" : ", ", config.origins[i]);
    }
    return out;
}

std::string parameters_text(bool json) {
    return json ? json_list() : text_list();
}

}  // namespace eyeriss::sims
