#include <fmt/format.h>

#include "sims/validate/floors.h"
#include "sims/validate/mechanisms.h"
#include "sims/validate/topic.h"

namespace eyeriss::sims::validate {
namespace {

std::string count(std::uint64_t value) {
    return number_text(static_cast<double>(value));
}

std::vector<std::string> row(const layer_facts& layer, const layer_floor& any, const layer_floor& mapped) {
    return {layer.name,
            layer.type,
            count(layer.macs_effectual),
            count(any.cycles()),
            any.limit(),
            count(mapped.cycles()),
            count(layer.cycles),
            fmt::format("{:.2f}", static_cast<double>(layer.cycles) / static_cast<double>(mapped.cycles())),
            largest_loss(layer)};
}

table_rule layer_floors(const std::string& id, const run_key& key) {
    return {
        id, {key}, [=](run_set& runs) {
            const auto& run = runs.get(key);
            const auto machine = run_set::machine_of(key);
            const auto works = work_of(key.network, runs.cache_folder());
            checked_table out;
            out.table.caption = key.text();
            out.table.header = {"layer",  "type",       "effectual",
                                "floor",  "limited by", "floor, this mapping",
                                "cycles", "/ floor",    "largest loss"};
            for (const auto& layer : run.layers) {
                const auto& work = works.at(layer.name);
                const auto any = floor_of(work, machine);
                const auto mapped = floor_of_mapping(work, machine, layer);
                out.table.rows.push_back(row(layer, any, mapped));
                if (layer.cycles < mapped.cycles() || mapped.cycles() < any.cycles()) {
                    out.failures.push_back(fmt::format("{}, {}: {} cycles beat the floor of {}", key.text(),
                                                       layer.name, layer.cycles, mapped.cycles()));
                }
                if (layer.macs_effectual != work.effectual) {
                    out.failures.push_back(
                        fmt::format("{}, {}: {} effectual products counted, the operands have "
                                    "{}",
                                    key.text(), layer.name, layer.macs_effectual, work.effectual));
                }
            }
            const auto floor = floor_of(run, works, machine);
            out.table.rows.push_back({"total", "", count(run.effectual()), count(floor.any_mapping), "",
                                      count(floor.these_mappings), count(run.cycles),
                                      fmt::format("{:.2f}", static_cast<double>(run.cycles) /
                                                                static_cast<double>(floor.these_mappings)),
                                      ""});
            return out;
        }};
}

/// Networks on other machines, without the layers.
checked_table network_floors(run_set& runs, const std::vector<run_key>& keys) {
    checked_table out;
    out.table.caption = "The networks of the other figures, whole";
    out.table.header = {"network", "machine", "floor", "floor, these mappings", "cycles", "/ floor"};
    for (const auto& key : keys) {
        const auto& run = runs.get(key);
        const auto floor = floor_of(run, work_of(key.network, runs.cache_folder()), run_set::machine_of(key));
        out.table.rows.push_back({key.network, key.machine, count(floor.any_mapping),
                                  count(floor.these_mappings), count(run.cycles),
                                  fmt::format("{:.2f}", static_cast<double>(run.cycles) /
                                                            static_cast<double>(floor.these_mappings))});
        if (run.cycles < floor.these_mappings || floor.these_mappings < floor.any_mapping) {
            out.failures.push_back(fmt::format("{}: {} cycles beat the floor of {}", key.text(), run.cycles,
                                               floor.these_mappings));
        }
    }
    return out;
}

table_rule network_floors_rule() {
    const std::vector<run_key> keys{{"mobilenet", "eyeriss_v2", {}, false},
                                    {"alexnet", "eyeriss_v2", {}, false},
                                    {"mobilenet", "eyeriss_v1_5", {}, false},
                                    {"mobilenet", "eyeriss_v1_scaled", {}, false}};
    return {"floors.networks", keys, [=](run_set& runs) { return network_floors(runs, keys); }};
}

}  // namespace

topic floors_topic() {
    return {
        "floors",
        "Floors",
        "Cycles that no run may beat, computed from the networks' own zeros and the machine's counts alone: "
        "effectual products over all lanes (one lane a PE in depthwise layers, whose columns hold one "
        "weight), "
        "non-zero weights and iacts over their ports, outputs over the psum ports. The second floor has only "
        "the "
        "lanes that the mapping gives work. A run below its floor, or one that counts other effectual "
        "products "
        "than the operands have, fails the validation.",
        {},
        {layer_floors("floors.sparse_mobilenet", {"sparse-mobilenet", "eyeriss_v2", {}, false}),
         layer_floors("floors.sparse_alexnet", {"sparse-alexnet", "eyeriss_v2", {}, false}),
         network_floors_rule()}};
}

}  // namespace eyeriss::sims::validate
