#include "sims/report/report_data.h"

#include <nlohmann/json.hpp>
#include <string>

#include "sims/report/placement.h"

namespace eyeriss::sims {
namespace {

using json = nlohmann::ordered_json;

/// What DRAM could move in a cycle of the array; null where the model has no limit.
json memory_bytes_per_cycle(const run_record& run) {
    const auto& m = run.machine;
    if (m.dram.model == arch::dram_model::bandwidth) {
        return static_cast<double>(m.dram.limit_mbps) / m.clock_mhz;
    }
    const json::json_pointer peak("/memory/controller/peak_gigabytes_per_second");
    if (run.summary.contains(peak) && run.summary[peak].is_number()) {
        return run.summary[peak].get<double>() * 1e3 / m.clock_mhz;
    }
    return nullptr;
}

json machine_json(const run_record& run) {
    const auto& m = run.machine;
    json out{{"name", run.summary.value("machine", m.name)},
             {"clock_mhz", m.clock_mhz},
             {"cluster_rows", m.noc.cluster_rows},
             {"cluster_columns", m.noc.cluster_cols},
             {"pe_rows", m.noc.pe_rows},
             {"pe_columns", m.noc.pe_cols},
             {"pes", m.noc.pes()},
             {"lanes_per_pe", m.pe.macs}};
    for (const auto& parameter : arch::parameters()) {
        if (parameter.key == "dram.model") {
            out["memory"] = parameter.get(m);
        }
    }
    out["memory_bytes_per_cycle"] = memory_bytes_per_cycle(run);
    return out;
}

json placements(const run_record& run) {
    json out = json::array();
    for (const auto& layer : run.summary.at("layers")) {
        const auto map = run.mappings.find(layer.at("name").get<std::string>());
        const auto shape = parse_shape(layer.at("shape").get<std::string>());
        const bool known =
            map != run.mappings.end() && shape && arch::check(map->second, *shape, run.machine, 0).empty();
        out.push_back(known ? placement_json(*shape, map->second, run.machine) : json(nullptr));
    }
    return out;
}

}  // namespace

json report_data(const run_record& run) {
    json out{{"schema", "eyeriss_vp.report.1"}, {"summary", run.summary}};
    out["summary"].erase("actions");
    for (auto& layer : out["summary"]["layers"]) {
        layer.erase("actions");
    }
    out["machine"] = machine_json(run);
    out["configuration"] =
        run.manifest.is_object() ? run.manifest.value("configuration", json::object()) : json::object();
    out["manifest"] = run.manifest;
    if (out["manifest"].is_object()) {
        out["manifest"].erase("configuration");
    }
    out["placements"] = placements(run);
    out["timeline"] = run.timeline;
    return out;
}

}  // namespace eyeriss::sims
