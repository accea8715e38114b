#include "sims/session/what_if.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "sims/support/error.h"
#include "sims/support/forked_task.h"

namespace eyeriss::sims {
namespace {

using json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 5> names{"dram", "noc", "glb", "firmware", "sparsity-balance"};

std::uint64_t cycles_in_all(const run_result& run, const arch::machine& machine) {
    return static_cast<std::uint64_t>(std::llround(run.simulated_seconds * machine.clock_mhz * 1e6));
}

double ratio(std::uint64_t plain, std::uint64_t ideal) {
    return ideal == 0 ? 1.0 : static_cast<double>(plain) / static_cast<double>(ideal);
}

/// What a run's process tells the one that compares.
std::string told(const network_run& run, const arch::machine& machine) {
    json out;
    out["cycles"] = cycles_in_all(run.result, machine);
    out["stopped_by"] = run.result.stopped_by;
    out["error"] = !run.result.error.empty()        ? run.result.error
                   : !run.result.complete           ? "the run is not whole"
                   : run.result.bit_exact() != true ? "outputs differ from the reference"
                                                    : "";
    out["layers"] = json::array();
    for (const auto& l : run.result.layers) out["layers"].push_back(l.times ? l.times->cycles : 0);
    return out.dump();
}

/// While it lives, Ctrl-C is for the processes that run the simulations.
class interrupts_ignored {
public:
    interrupts_ignored() : before_(std::signal(SIGINT, SIG_IGN)) {}
    interrupts_ignored(const interrupts_ignored&) = delete;
    interrupts_ignored& operator=(const interrupts_ignored&) = delete;
    ~interrupts_ignored() { std::signal(SIGINT, before_); }

private:
    void (*before_)(int);
};

/// The plain run's request, with nobody who watches.
simulation_request unwatched(limit which, const simulation_request& plain) {
    simulation_request out{without(which, plain.machine), plain.timed, {}};
    if (which != limit::dram) out.dram = plain.dram;
    out.checked = plain.checked;
    return out;
}

json layers_json(const run_result& plain, std::span<const std::uint64_t> cycles) {
    json out = json::array();
    for (std::size_t i = 0; i < plain.layers.size() && i < cycles.size(); ++i) {
        const auto& l = plain.layers[i];
        if (!l.times) continue;
        out.push_back(
            {{"name", l.name}, {"cycles", cycles[i]}, {"speed_up", ratio(l.times->cycles, cycles[i])}});
    }
    return out;
}

json entry(limit which, const run_result& plain, std::uint64_t plain_cycles, std::uint64_t cycles,
           std::span<const std::uint64_t> layers) {
    std::uint64_t on_accelerator = 0;
    for (std::size_t i = 0; i < plain.layers.size() && i < layers.size(); ++i) {
        on_accelerator += plain.layers[i].on_accelerator ? layers[i] : 0;
    }
    json out;
    out["ideal"] = std::string(to_string(which));
    out["cycles"] = cycles;
    out["cycles_accelerator"] = on_accelerator;
    out["speed_up"] = ratio(plain_cycles, cycles);
    out["layers"] = layers_json(plain, layers);
    return out;
}

/// The core takes no time: closed form, nothing to simulate.
json without_firmware(const run_result& plain, std::uint64_t plain_cycles) {
    std::vector<std::uint64_t> layers;
    layers.reserve(plain.layers.size());
    for (const auto& l : plain.layers) layers.push_back(l.on_accelerator && l.times ? l.times->cycles : 0);
    return entry(limit::firmware, plain, plain_cycles, plain.cycles_accelerator(), layers);
}

}  // namespace

std::string_view to_string(limit which) {
    return names.at(static_cast<std::size_t>(which));
}

std::vector<limit> read_limits(std::span<const std::string> words) {
    std::array<bool, names.size()> asked{};
    for (const auto& word : words) {
        const auto* at = std::find(names.begin(), names.end(), word);
        if (word == "all-in-turn") {
            asked.fill(true);
        } else if (at != names.end()) {
            asked.at(static_cast<std::size_t>(at - names.begin())) = true;
        } else {
            throw user_error(
                fmt::format("--ideal {}: expects {} or all-in-turn", word, fmt::join(names, ", ")));
        }
    }
    std::vector<limit> out;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (asked.at(i)) out.push_back(static_cast<limit>(i));
    }
    return out;
}

arch::machine without(limit which, arch::machine machine) {
    switch (which) {
        case limit::dram:
            machine.dram.model = arch::dram_model::ideal;
            machine.dram.latency_ns = machine.dram.dmi_latency_ns = 0;
            break;
        case limit::noc:
            machine.ideal.noc = true;
            break;
        case limit::glb:
            machine.ideal.glb = true;
            break;
        case limit::sparsity_balance:
            machine.ideal.sparsity_balance = true;
            break;
        case limit::firmware:
            break;
    }
    return machine;
}

what_if::what_if(std::span<const limit> limits, const simulation_request& request,
                 const prepared_image& image, std::span<const std::uint8_t> input,
                 const compiler::reference_result& reference) {
    const interrupts_ignored ignored;
    std::vector<limit> simulated;
    for (const limit which : limits) {
        if (which == limit::firmware) {
            firmware_ = true;
        } else {
            simulated.push_back(which);
        }
    }
    const auto texts =
        run_forked(simulated.size(), std::max(1U, std::thread::hardware_concurrency()), [&](std::size_t i) {
            const auto ideal = unwatched(simulated[i], request);
            return told(simulate_network(ideal, image, input, reference), ideal.machine);
        });
    for (std::size_t i = 0; i < texts.size(); ++i) {
        ideal_run run{simulated[i], 0, {}, "error", "ended without a result"};
        if (const auto told = json::parse(texts[i], nullptr, false); !told.is_discarded()) {
            run.cycles = told.at("cycles");
            run.layers = told.at("layers").get<std::vector<std::uint64_t>>();
            run.stopped_by = told.at("stopped_by");
            run.error = told.at("error");
        }
        runs_.push_back(std::move(run));
    }
}

bool what_if::interrupted() const {
    return std::any_of(runs_.begin(), runs_.end(), [](const auto& r) { return r.stopped_by == "interrupt"; });
}

std::string what_if::error() const {
    const auto wrong =
        std::find_if(runs_.begin(), runs_.end(), [](const auto& r) { return !r.error.empty(); });
    return wrong == runs_.end() ? "" : fmt::format("--ideal {}: {}", to_string(wrong->without), wrong->error);
}

json what_if::compare(const run_result& plain, const arch::machine& machine) const {
    const auto plain_cycles = cycles_in_all(plain, machine);
    json out;
    out["plain_cycles"] = plain_cycles;
    out["limits"] = json::array();
    bool firmware_told = !firmware_;
    for (const auto& run : runs_) {
        if (!firmware_told && run.without > limit::firmware) {
            out["limits"].push_back(without_firmware(plain, plain_cycles));
            firmware_told = true;
        }
        if (run.error.empty()) {
            out["limits"].push_back(entry(run.without, plain, plain_cycles, run.cycles, run.layers));
        }
    }
    if (!firmware_told) out["limits"].push_back(without_firmware(plain, plain_cycles));
    return out;
}

std::string what_if_table(const json& compared) {
    std::string out = fmt::format("{:<22} {:>12} {:>12} {:>8}  {}\n", "what if", "cycles", "accelerator",
                                  "speed-up", "most in layer");
    for (const auto& row : compared.at("limits")) {
        const json* most = nullptr;
        for (const auto& l : row.at("layers")) {
            const bool told = l.at("cycles") != 0;  // a layer of the core, which takes none
            if (told && (most == nullptr || l.at("speed_up") > most->at("speed_up"))) most = &l;
        }
        out +=
            fmt::format("ideal {:<16} {:>12} {:>12} {:>8.3f}  ", row.at("ideal").get<std::string>(),
                        row.at("cycles").get<std::uint64_t>(),
                        row.at("cycles_accelerator").get<std::uint64_t>(), row.at("speed_up").get<double>());
        const bool gains = most != nullptr && most->at("speed_up") > 1.0;
        out += gains ? fmt::format("{:.28} {:.3f}", most->at("name").get<std::string>(),
                                   most->at("speed_up").get<double>())
                     : "-";
        out += "\n";
    }
    return out;
}

}  // namespace eyeriss::sims
