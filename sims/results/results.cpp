#include "sims/results/results.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "sims/results/results_energy.h"
#include "sims/results/results_eyexam.h"
#include "sims/session/access_log.h"
#include "sims/support/version.h"

namespace eyeriss::sims {
namespace {

using json = nlohmann::ordered_json;

std::string shape_words(const arch::layer_shape& s) {
    return fmt::format("G{} N{} M{} C{} H{} W{} R{} S{} E{} F{} stride {}x{} pad {},{},{},{}", s.groups,
                       s.batch, s.m, s.c, s.h, s.w, s.r, s.s, s.e(), s.f(), s.stride_h, s.stride_w, s.pad_top,
                       s.pad_left, s.pad_bottom, s.pad_right);
}

std::uint64_t bytes_of(const accelerator::link_words& link) {
    return (link.mesh + link.local) * link.bits_per_word / 8;
}

/// Whole picoseconds, so that a time prints without the dust of its way.
double whole_ps(double seconds) {
    return std::round(seconds * 1e12) / 1e12;
}

/// PE-cycles with at least one product or stored zero in a lane, of all.
double utilisation(const accelerator::ledger& causes) {
    const auto at = [&](accelerator::cause c) { return causes[static_cast<std::size_t>(c)]; };
    const auto all = std::accumulate(causes.begin(), causes.end(), arch::cycle_t{0});
    const auto busy = at(accelerator::cause::both_lanes) + at(accelerator::cause::one_lane) +
                      at(accelerator::cause::stored_zero);
    return all == 0 ? 0.0 : static_cast<double>(busy) / static_cast<double>(all);
}

json ledger_json(const accelerator::ledger& causes) {
    json out = json::object();
    for (std::size_t i = 0; i < causes.size(); ++i) {
        out[std::string(accelerator::cause_names[i])] = causes[i];
    }
    return out;
}

template <typename T>
json optional_json(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

json bytes_json(const layer_result& l) {
    return {{"dram_read", l.dram_read_bytes},  {"dram_write", l.dram_write_bytes},
            {"glb_read", l.glb_read_bytes},    {"glb_write", l.glb_write_bytes},
            {"noc_iact", l.noc_iact_bytes},    {"noc_weight", l.noc_weight_bytes},
            {"noc_psum", l.noc_psum_bytes},    {"spad_read", l.spad_read_bytes},
            {"spad_write", l.spad_write_bytes}};
}

void add_energy(json& out, const energy::action_counts& counts, std::uint64_t macs, const run_result& run) {
    out["actions"] = actions_json(counts, run.timing == "timed");
    if (const auto energy = run.energy_of(counts)) {
        out["energy_uj"] = energy_json(*energy);
        out["gops_per_watt"] = gops_per_watt(macs, *energy);
    }
}

json links_json(const accelerator::link_summary& links) {
    return {{"count", links.links},         {"driven", links.driven}, {"busy", links.all.busy},
            {"stalled", links.all.stalled}, {"idle", links.all.idle}, {"busiest", links.busiest}};
}

json layer_json(const layer_result& l, const run_result& run) {
    json out;
    out["name"] = l.name;
    out["type"] = l.type;
    out["runs_on"] = l.on_accelerator ? "accelerator" : "core";
    out["done"] = l.done;
    out["bit_exact"] = optional_json(l.bit_exact);
    out["shape"] = l.shape;
    if (l.times) {
        out["cycles"] = l.times->cycles;
        out["start_seconds"] = whole_ps(l.times->start_seconds);
        out["end_seconds"] = whole_ps(l.times->end_seconds);
    }
    out["macs_nominal"] = l.macs_nominal;
    out["macs_effectual"] = l.macs_effectual;
    if (!l.on_accelerator) {
        return out;
    }
    out["mapping"] = l.mapping;
    out["noc_modes"] = {{"iact", l.modes.iact}, {"weight", l.modes.weight}, {"psum", l.modes.psum}};
    out["iact_density"] = optional_json(l.iact_density);
    out["calibration_iact_density"] = optional_json(l.calibration_iact_density);
    out["passes"] = l.passes;
    out["active_pes"] = l.active_pes;
    if (l.times) {
        out["pe_utilisation"] = utilisation(l.times->pe_cycles);
    }
    out["bytes"] = bytes_json(l);
    out["config_bits"] = l.config_bits;
    out["psum_overflows"] = l.psum_overflows;
    add_energy(out, l.actions, l.macs_nominal, run);
    if (l.eyexam && l.times && l.times->cycles > 0) {
        for (std::size_t i = 0; i < l.eyexam->size(); ++i) {
            out["eyexam"][std::string(arch::eyexam_names[i])] = (*l.eyexam)[i];
        }
        out["nominal_macs_per_cycle"] =
            static_cast<double>(l.macs_nominal) / static_cast<double>(l.times->cycles);
    }
    if (l.times) {
        out["pe_cycles"] = ledger_json(l.times->pe_cycles);
        out["links"] = {{"iact", links_json(l.iact_links)},
                        {"weight", links_json(l.weight_links)},
                        {"psum", links_json(l.psum_links)}};
    }
    return out;
}

std::string processor_name() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        const auto colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    return "unknown";
}

json host_json(const host_figures& host, const run_result& run) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    utsname system{};
    uname(&system);
    json out;
    out["processor"] = processor_name();
    out["system"] = fmt::format("{} {} {}", system.sysname, system.release, system.machine);
    out["cpu_seconds"] = host.cpu_seconds;
    out["prepare_seconds"] = host.prepare_seconds;
    out["check_seconds"] = host.check_seconds;
    out["peak_memory_bytes"] = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    out["instructions_per_second"] =
        host.wall_seconds > 0 ? static_cast<double>(run.instructions) / host.wall_seconds : 0.0;
    return out;
}

template <typename Field>
std::uint64_t total(const std::vector<layer_result>& layers, Field field) {
    return std::accumulate(layers.begin(), layers.end(), std::uint64_t{0},
                           [&](std::uint64_t sum, const layer_result& l) { return sum + l.*field; });
}

void add_times(json& out, const run_result& run, const arch::machine& machine) {
    const double hertz = machine.clock_mhz * 1e6;
    const auto accelerator = run.cycles_accelerator();
    const auto all = static_cast<std::uint64_t>(std::llround(run.simulated_seconds * hertz));
    out["cycles"] = all;
    out["cycles_total"] = all;
    out["cycles_accelerator"] = accelerator;
    out["simulated_seconds"] = whole_ps(run.simulated_seconds);
    out["inferences_per_second"] =
        run.complete && accelerator > 0 ? json(hertz / static_cast<double>(accelerator)) : json(nullptr);
    accelerator::ledger causes{};
    for (const auto& layer : run.layers) {
        for (std::size_t i = 0; layer.times && i < causes.size(); ++i) {
            causes[i] += layer.times->pe_cycles[i];
        }
    }
    out["pe_utilisation"] = utilisation(causes);
    out["pe_cycles"] = ledger_json(causes);
}

std::string csv_text(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + "\"";
}

/// Flattens a layer's JSON: nested keys joined by a dot.
void flatten(const json& value, const std::string& key, std::map<std::string, std::string>& out,
             std::vector<std::string>& order) {
    if (value.is_object()) {
        for (const auto& [name, inner] : value.items()) {
            flatten(inner, key.empty() ? name : fmt::format("{}.{}", key, name), out, order);
        }
        return;
    }
    if (std::find(order.begin(), order.end(), key) == order.end()) {
        order.push_back(key);
    }
    out[key] = value.is_null() ? "" : value.is_string() ? csv_text(value.get<std::string>()) : value.dump();
}

}  // namespace

void fill(layer_result& out, const accelerator::layer_report& report, const arch::machine& machine,
          const std::optional<memory_peak>& peak) {
    out.type = report.shape.type();
    out.shape = shape_words(report.shape);
    out.mapping = report.map.text();
    out.on_accelerator = true;
    out.done = report.error == 0;
    out.passes = report.passes;
    out.active_pes = static_cast<double>(report.map.mapped_pes()) / static_cast<double>(machine.noc.pes());
    out.macs_nominal = report.macs_nominal;
    out.macs_effectual = report.macs_effectual;
    out.psum_overflows = report.psum_overflows;
    out.dram_read_bytes = report.dram_read_bytes;
    out.dram_write_bytes = report.dram_write_bytes;
    out.glb_read_bytes = report.glb_read_bytes;
    out.glb_write_bytes = report.glb_write_bytes;
    out.noc_iact_bytes = bytes_of(report.iact);
    out.noc_weight_bytes = bytes_of(report.weight);
    out.noc_psum_bytes = bytes_of(report.psum);
    out.spad_read_bytes = report.spad_read_bytes;
    out.spad_write_bytes = report.spad_write_bytes;
    out.config_bits = report.config_bits;
    out.actions = report.actions;
    out.iact_links = report.iact_links;
    out.weight_links = report.weight_links;
    out.psum_links = report.psum_links;
    if (report.timed && report.error == 0) {
        out.eyexam = examine(report, machine, peak);
    }
    if (report.timed) {
        out.times = layer_times{report.cycles, report.start_seconds, report.end_seconds, report.pe_cycles};
    }
}

std::optional<bool> run_result::bit_exact() const {
    const bool differs =
        std::any_of(layers.begin(), layers.end(), [](const auto& l) { return l.bit_exact == false; });
    if (differs) {
        return false;
    }
    const bool all_equal =
        std::all_of(layers.begin(), layers.end(), [](const auto& l) { return l.bit_exact == true; });
    if (complete && all_equal) {
        return true;
    }
    return std::nullopt;
}

arch::cycle_t run_result::cycles_accelerator() const {
    arch::cycle_t sum = 0;
    for (const auto& layer : layers) {
        sum += layer.on_accelerator && layer.times ? layer.times->cycles : 0;
    }
    return sum;
}

energy::action_counts run_result::actions() const {
    energy::action_counts sum;
    for (const auto& layer : layers) {
        sum += layer.actions;
    }
    return sum;
}

std::optional<energy::layer_energy> run_result::energy_of(const energy::action_counts& counts) const {
    if (timing != "timed" || !energy_table) {
        return std::nullopt;
    }
    return energy::energy_of(counts, *energy_table);
}

json summary_json(const run_result& run, const arch::machine& machine) {
    json out;
    out["schema"] = "eyeriss_vp.summary.1";
    out["network"] = run.network;
    out["machine"] = machine.name;
    out["timing"] = run.timing;
    out["mapping_cost"] = run.mapping_cost;
    out["complete"] = run.complete;
    out["stopped_by"] = run.stopped_by;
    out["error"] = run.error;
    out["exit_code"] = run.guest_exit_code;
    out["bit_exact"] = optional_json(run.bit_exact());
    if (run.timing == "timed") {
        add_times(out, run, machine);
    }
    out["macs_nominal"] = total(run.layers, &layer_result::macs_nominal);
    out["macs_effectual"] = total(run.layers, &layer_result::macs_effectual);
    out["dram_read_bytes"] = total(run.layers, &layer_result::dram_read_bytes);
    out["dram_write_bytes"] = total(run.layers, &layer_result::dram_write_bytes);
    out["psum_overflows"] = total(run.layers, &layer_result::psum_overflows);
    add_energy(out, run.actions(), out["macs_nominal"].get<std::uint64_t>(), run);
    if (const auto energy = run.energy_of(run.actions())) {
        constexpr double picojoules = 1e12;
        out["energy_table"] = run.energy_table->name;
        out["inferences_per_joule"] =
            run.complete && energy->on_chip() > 0 ? json(picojoules / energy->on_chip()) : json(nullptr);
    }
    out["instructions"] = run.instructions;
    if (run.memory) {
        out["memory"] = *run.memory;
    }
    if (run.what_if) {
        out["what_if"] = *run.what_if;
    }
    out["notes"] = run.notes;
    out["refused_accesses"] = refused_json(run.refused);
    out["layers"] = json::array();
    for (const auto& layer : run.layers) {
        out["layers"].push_back(layer_json(layer, run));
    }
    out["wall_seconds"] = run.host.wall_seconds;
    out["host"] = host_json(run.host, run);
    return out;
}

std::string layers_csv(const run_result& run, const arch::machine& machine) {
    std::vector<std::string> order;
    std::vector<std::map<std::string, std::string>> rows;
    const auto summary = summary_json(run, machine);
    // Accelerator layers first: they have all columns, host layers leave some empty.
    for (const auto& layer : summary["layers"]) {
        std::map<std::string, std::string> ignored;
        if (layer["runs_on"] == "accelerator") {
            flatten(layer, "", ignored, order);
        }
    }
    for (const auto& layer : summary["layers"]) {
        flatten(layer, "", rows.emplace_back(), order);
    }
    std::string out = fmt::format("{}\n", fmt::join(order, ","));
    for (auto& row : rows) {
        std::vector<std::string> cells;
        cells.reserve(order.size());
        for (const auto& key : order) {
            cells.push_back(row[key]);
        }
        out += fmt::format("{}\n", fmt::join(cells, ","));
    }
    return out;
}

json manifest_json(const run_result& run, const platform::configuration& config, const provenance& how) {
    json out;
    out["schema"] = "eyeriss_vp.manifest.1";
    out["version"] = std::string(program_version());
    out["commit"] = std::string(program_commit());
    out["network"] = run.network;
    out["complete"] = run.complete;
    out["command_line"] = how.command_line;
    out["seed"] = how.seed ? json(*how.seed) : json(nullptr);
    out["inputs"] = json::array();
    for (const auto& input : how.inputs) {
        out["inputs"].push_back({{"role", input.role}, {"name", input.name}, {"sha256", input.sha256}});
    }
    json values = json::object();
    const auto& all = arch::parameters();
    for (std::size_t i = 0; i < all.size(); ++i) {
        values[std::string(all[i].key)] = {{"value", all[i].get(config.machine)},
                                           {"origin", config.origins[i]}};
    }
    out["configuration"] = std::move(values);
    return out;
}

}  // namespace eyeriss::sims
