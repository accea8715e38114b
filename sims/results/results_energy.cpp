#include "sims/results/results_energy.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>

namespace eyeriss::sims {

using json = nlohmann::ordered_json;
using energy::action;
using energy::component;

json actions_json(const energy::action_counts& counts, bool timed) {
    json out = json::object();
    energy::for_each_action([&](action a) {
        const auto& info = energy::info(a);
        const bool counts_time = info.part == component::clock || info.part == component::leakage;
        if (counts_time && !timed) {
            return;
        }
        out[std::string(info.block())][std::string(info.verb())] = counts[a];
    });
    return out;
}

json energy_json(const energy::layer_energy& energy) {
    constexpr double picojoules_a_microjoule = 1e6;
    json out = json::object();
    for (std::size_t i = 0; i < energy::component_count; ++i) {
        if (static_cast<component>(i) != component::dram) {
            out[std::string(energy::component_names[i])] = energy.picojoules[i] / picojoules_a_microjoule;
        }
    }
    out["on_chip"] = energy.on_chip() / picojoules_a_microjoule;
    out["dram"] = energy.dram() / picojoules_a_microjoule;
    return out;
}

double gops_per_watt(std::uint64_t macs_nominal, const energy::layer_energy& energy) {
    // Operations a picojoule are TOPS/W.
    constexpr double giga_a_tera = 1e3;
    const double on_chip = energy.on_chip();
    return on_chip > 0 ? giga_a_tera * 2 * static_cast<double>(macs_nominal) / on_chip : 0.0;
}

std::string accelergy_yaml(const energy::action_counts& counts, const std::string& machine) {
    YAML::Emitter out;
    out << YAML::BeginMap << YAML::Key << "action_counts" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "version" << YAML::Value << "0.3";
    out << YAML::Key << "subtree" << YAML::Value << YAML::BeginSeq << YAML::BeginMap;
    out << YAML::Key << "name" << YAML::Value << machine;
    out << YAML::Key << "local" << YAML::Value << YAML::BeginSeq;
    std::string_view open;
    energy::for_each_action([&](action a) {
        const auto& info = energy::info(a);
        if (info.block() != open) {
            if (!open.empty()) {
                out << YAML::EndSeq << YAML::EndMap;
            }
            open = info.block();
            out << YAML::BeginMap << YAML::Key << "name" << YAML::Value << std::string(open);
            out << YAML::Key << "action_counts" << YAML::Value << YAML::BeginSeq;
        }
        out << YAML::BeginMap << YAML::Key << "name" << YAML::Value << std::string(info.verb());
        out << YAML::Key << "counts" << YAML::Value << counts[a] << YAML::EndMap;
    });
    out << YAML::EndSeq << YAML::EndMap;
    out << YAML::EndSeq << YAML::EndMap << YAML::EndSeq << YAML::EndMap << YAML::EndMap;
    return fmt::format("{}\n", out.c_str());
}

}  // namespace eyeriss::sims
