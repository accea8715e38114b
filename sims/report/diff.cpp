#include "sims/report/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

namespace eyeriss::sims {
namespace {

using json = nlohmann::ordered_json;

json run_json(const run_record& run) {
    const auto& s = run.summary;
    json out{{"place", run.place}};
    for (const auto* key : {"network", "machine", "timing", "complete", "bit_exact"}) {
        out[key] = s.value(key, json());
    }
    out["version"] = run.manifest.value("version", "");
    out["commit"] = run.manifest.value("commit", "");
    return out;
}

/// Entries of two objects whose values differ; `field` picks what is compared.
json changed_parameters(const run_record& a, const run_record& b) {
    json out = json::array();
    for (const auto& parameter : arch::parameters()) {
        const auto before = parameter.get(a.machine);
        const auto after = parameter.get(b.machine);
        if (before != after) {
            out.push_back({{"key", parameter.key}, {"a", before}, {"b", after}});
        }
    }
    return out;
}

json changed_inputs(const run_record& a, const run_record& b) {
    std::map<std::string, std::pair<json, json>> by_role;
    for (const auto& input : a.manifest.value("inputs", json::array())) {
        by_role[input.at("role").get<std::string>()].first = input;
    }
    for (const auto& input : b.manifest.value("inputs", json::array())) {
        by_role[input.at("role").get<std::string>()].second = input;
    }
    json out = json::array();
    for (const auto& [role, inputs] : by_role) {
        const auto& [before, after] = inputs;
        const auto hash = [](const json& input) { return input.is_null() ? json() : input.at("sha256"); };
        if (hash(before) != hash(after)) {
            out.push_back({{"role", role},
                           {"a", before.is_null() ? json() : before.at("name")},
                           {"b", after.is_null() ? json() : after.at("name")}});
        }
    }
    return out;
}

/// Layers of both runs by name, in the order of A and then of B; a name that comes again is another layer.
std::vector<std::pair<const json*, const json*>> matched(const run_record& a, const run_record& b) {
    std::vector<std::pair<const json*, const json*>> out;
    std::map<std::string, std::vector<std::size_t>> places;
    for (const auto& layer : a.summary.at("layers")) {
        places[layer.at("name").get<std::string>()].push_back(out.size());
        out.emplace_back(&layer, nullptr);
    }
    std::map<std::string, std::size_t> seen;
    for (const auto& layer : b.summary.at("layers")) {
        const auto name = layer.at("name").get<std::string>();
        const auto number = seen[name]++;
        if (const auto& known = places[name]; number < known.size()) {
            out[known[number]].second = &layer;
        } else {
            out.emplace_back(nullptr, &layer);
        }
    }
    return out;
}

json changed_mappings(const run_record& a, const run_record& b) {
    json out = json::array();
    for (const auto& [before, after] : matched(a, b)) {
        if (before == nullptr || after == nullptr) {
            continue;
        }
        const auto was = before->value("mapping", json());
        const auto is = after->value("mapping", json());
        if (was != is) {
            out.push_back({{"layer", before->at("name")}, {"a", was}, {"b", is}});
        }
    }
    return out;
}

/// Cycles by cause; empty for a layer or a run without a ledger.
std::map<std::string, double> cycles_by_cause(const json* object, const run_record& run) {
    std::map<std::string, double> out;
    if (object != nullptr && object->contains("pe_cycles")) {
        for (const auto& [cause, cycles] : object->at("pe_cycles").items()) {
            out[cause] = cycles.get<double>() / run.machine.noc.pes();
        }
    }
    return out;
}

/// Causes whose cycles differ, the largest change first.
json changed_causes(const json* before, const json* after, const run_record& a, const run_record& b) {
    const auto was = cycles_by_cause(before, a);
    const auto is = cycles_by_cause(after, b);
    std::map<std::string, double> changes = is;
    for (const auto& [cause, cycles] : was) {
        changes[cause] -= cycles;
    }
    std::vector<std::pair<std::string, double>> order(changes.begin(), changes.end());
    std::erase_if(order, [](const auto& c) { return c.second == 0; });
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& x, const auto& y) { return std::abs(x.second) > std::abs(y.second); });
    json out = json::object();
    for (const auto& [cause, change] : order) {
        out[cause] = change;
    }
    return out;
}

json figure(const json* object, const std::string& path) {
    const json::json_pointer pointer(path);
    const bool there = object != nullptr && object->contains(pointer) && (*object)[pointer].is_number();
    return there ? (*object)[pointer] : json();
}

json totals(const run_record& a, const run_record& b) {
    constexpr std::array<std::pair<const char*, const char*>, 11> figures{
        {{"/cycles_accelerator", "cycles on the accelerator"},
         {"/cycles_total", "cycles in all"},
         {"/inferences_per_second", "inferences/s"},
         {"/pe_utilisation", "PE utilisation"},
         {"/macs_nominal", "MACs, nominal"},
         {"/macs_effectual", "MACs, effectual"},
         {"/dram_read_bytes", "DRAM read, bytes"},
         {"/dram_write_bytes", "DRAM written, bytes"},
         {"/energy_uj/on_chip", "energy on chip, uJ"},
         {"/energy_uj/dram", "energy of DRAM, uJ"},
         {"/inferences_per_joule", "inferences/J"}}};
    json out = json::array();
    for (const auto& [path, name] : figures) {
        const auto before = figure(&a.summary, path);
        const auto after = figure(&b.summary, path);
        if (!before.is_null() || !after.is_null()) {
            out.push_back({{"name", name}, {"a", before}, {"b", after}});
        }
    }
    return out;
}

json layer_json(const json* before, const json* after, const run_record& a, const run_record& b) {
    const auto both = [&](const char* path) {
        return json::array({figure(before, path), figure(after, path)});
    };
    json out;
    out["name"] = (before != nullptr ? before : after)->at("name");
    out["cycles"] = both("/cycles");
    out["pe_utilisation"] = both("/pe_utilisation");
    out["dram_read"] = both("/bytes/dram_read");
    out["dram_write"] = both("/bytes/dram_write");
    out["energy_uj"] = both("/energy_uj/on_chip");
    out["causes"] = changed_causes(before, after, a, b);
    return out;
}

}  // namespace

json compare(const run_record& a, const run_record& b) {
    json out;
    out["schema"] = "eyeriss_vp.diff.1";
    out["a"] = run_json(a);
    out["b"] = run_json(b);
    out["parameters"] = changed_parameters(a, b);
    out["inputs"] = changed_inputs(a, b);
    out["mappings"] = changed_mappings(a, b);
    out["totals"] = totals(a, b);
    out["causes"] = changed_causes(&a.summary, &b.summary, a, b);
    out["layers"] = json::array();
    for (const auto& [before, after] : matched(a, b)) {
        out["layers"].push_back(layer_json(before, after, a, b));
    }
    return out;
}

}  // namespace eyeriss::sims
