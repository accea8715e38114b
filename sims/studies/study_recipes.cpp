#include "sims/studies/study_recipes.h"

#include <fmt/format.h>

#include <map>
#include <tuple>

namespace eyeriss::sims {

namespace {

constexpr double picojoules_per_microjoule = 1e6;
constexpr layer_kind all_kinds[]{layer_kind::conv, layer_kind::pointwise, layer_kind::depthwise,
                                 layer_kind::fc};

std::string_view name_of(layer_kind kind) {
    return layer_kind_names[static_cast<std::size_t>(kind)];
}

/// Calls visit(network, kind, variant, figures, figures of the first variant) for each that there is.
template <typename Visit>
void for_each_sum(const study_recipe& recipe, std::span<const network_rows> networks, Visit visit) {
    for (const auto& network : networks) {
        for (const layer_kind kind : all_kinds) {
            const auto first = sum_of(network.rows, kind, recipe.variants.front().name);
            if (!first) {
                continue;
            }
            for (const auto& variant : recipe.variants) {
                visit(network.network, kind, variant.name, *sum_of(network.rows, kind, variant.name), *first);
            }
        }
    }
}

std::string csv_line(const std::string& network, const std::string& layer, layer_kind kind,
                     const std::string& variant, const study_figures& f) {
    return fmt::format("{},{},{},{},{:.0f},{:.4f},{:.4f},{:.6f},{:.6f}\n", network, layer, name_of(kind),
                       variant, f.cycles, f.iacts_delivered() / f.cycles, f.weights_delivered() / f.cycles,
                       f.noc_picojoules / picojoules_per_microjoule,
                       f.chip_picojoules / picojoules_per_microjoule);
}

std::string modes_markdown(std::span<const network_rows> networks) {
    using key = std::tuple<layer_kind, std::string, std::string, std::string>;
    struct use {
        unsigned layers = 0;
        study_figures figures;
    };
    std::string out =
        "| network | type | iacts | weights | psums | layers | cycles | iacts delivered a word read | iacts "
        "a "
        "cycle | weights a cycle |\n|---|---|---|---|---|---:|---:|---:|---:|---:|\n";
    for (const auto& network : networks) {
        std::map<key, use> uses;
        for (const auto& row : network.rows) {
            auto& u = uses[{row.kind, row.iact_mode, row.weight_mode, row.psum_mode}];
            ++u.layers;
            u.figures += row.figures;
        }
        for (const auto& [k, u] : uses) {
            const auto& [kind, iacts, weights, psums] = k;
            const auto read = static_cast<double>(u.figures.actions[energy::action::glb_iact_read]);
            out += fmt::format("| {} | {} | {} | {} | {} | {} | {:.0f} | {:.2f} | {:.2f} | {:.2f} |\n",
                               network.network, name_of(kind), iacts, weights, psums, u.layers,
                               u.figures.cycles, u.figures.iacts_delivered() / read,
                               u.figures.iacts_delivered() / u.figures.cycles,
                               u.figures.weights_delivered() / u.figures.cycles);
        }
    }
    return out;
}

}  // namespace

const std::vector<study_recipe>& study_recipes() {
    static const std::vector<study_recipe> all{
        {"layer-types",
         "Whole layers on the hierarchical mesh and on what could stand in its place",
         {{"hm", "", {"noc.topology=hm"}, true},
          {"mesh", "", {"noc.topology=mesh"}, false},
          {"mesh, one plane", "", {"noc.topology=mesh", "noc.mesh_planes=1"}, false},
          {"crossbar", "", {"noc.topology=crossbar"}, false},
          {"bus", "eyeriss_v2_bus", {}, true}},
         false},
        {"multicast",
         "Multicast by a tree in the routers of a flat mesh, or by copies from the source",
         {{"hm", "", {"noc.topology=hm"}, true},
          {"tree", "", {"noc.topology=mesh"}, false},
          {"copies", "", {"noc.topology=mesh", "noc.multicast=copies"}, false},
          {"tree, one plane", "", {"noc.topology=mesh", "noc.mesh_planes=1"}, false},
          {"copies, one plane",
           "",
           {"noc.topology=mesh", "noc.mesh_planes=1", "noc.multicast=copies"},
           false}},
         false},
        {"flat-mesh",
         "A flat mesh of fewer planes and of slower routers",
         {{"hm", "", {"noc.topology=hm"}, true},
          {"3 planes, 1 cycle", "", {"noc.topology=mesh"}, false},
          {"3 planes, 3 cycles", "", {"noc.topology=mesh", "noc.hop_cycles=3"}, false},
          {"2 planes, 1 cycle", "", {"noc.topology=mesh", "noc.mesh_planes=2"}, false},
          {"1 plane, 1 cycle", "", {"noc.topology=mesh", "noc.mesh_planes=1"}, false},
          {"1 plane, 3 cycles", "", {"noc.topology=mesh", "noc.mesh_planes=1", "noc.hop_cycles=3"}, false}},
         false},
        {"link-width",
         "Ports and links of the hierarchical mesh, wider; mappings searched for each",
         {{"24 bits", "", {"noc.topology=hm"}, true},
          {"48 bits",
           "",
           {"noc.topology=hm", "noc.iact_port_bits=48", "noc.weight_port_bits=48", "noc.psum_port_bits=80"},
           true},
          {"96 bits",
           "",
           {"noc.topology=hm", "noc.iact_port_bits=96", "noc.weight_port_bits=96", "noc.psum_port_bits=160"},
           true}},
         false},
        {"modes",
         "Which mode of the hierarchical mesh the mappings choose for which layer",
         {{"hm", "", {"noc.topology=hm"}, true}},
         true}};
    return all;
}

std::string study_markdown(const study_recipe& recipe, std::span<const network_rows> networks) {
    if (recipe.modes) {
        return modes_markdown(networks);
    }
    std::string out =
        "| network | type | on | cycles | relative | iacts a cycle | weights a cycle | NoC uJ | relative | "
        "chip uJ |\n|---|---|---|---:|---:|---:|---:|---:|---:|---:|\n";
    for_each_sum(
        recipe, networks,
        [&](const auto& network, layer_kind kind, const auto& variant, const auto& f, const auto& first) {
            out += fmt::format(
                "| {} | {} | {} | {:.0f} | {:.3f} | {:.2f} | {:.2f} | {:.3f} | {:.2f} | {:.3f} |\n", network,
                name_of(kind), variant, f.cycles, f.cycles / first.cycles, f.iacts_delivered() / f.cycles,
                f.weights_delivered() / f.cycles, f.noc_picojoules / picojoules_per_microjoule,
                f.noc_picojoules / first.noc_picojoules, f.chip_picojoules / picojoules_per_microjoule);
        });
    return out;
}

std::string study_csv(const study_recipe& recipe, std::span<const network_rows> networks) {
    std::string out = "network,layer,type,on,cycles,iacts_per_cycle,weights_per_cycle,noc_uj,chip_uj\n";
    for (const auto& network : networks) {
        for (const auto& row : network.rows) {
            out += csv_line(network.network, row.layer, row.kind, row.variant, row.figures);
        }
    }
    for_each_sum(recipe, networks,
                 [&](const auto& network, layer_kind kind, const auto& variant, const auto& f, const auto&) {
                     out += csv_line(network, "all", kind, variant, f);
                 });
    return out;
}

std::string study_chart(const study_recipe& recipe, std::span<const network_rows> networks) {
    std::string data;
    std::string last;
    for_each_sum(
        recipe, networks,
        [&](const auto& network, layer_kind kind, const auto& variant, const auto& f, const auto& first) {
            const auto group = fmt::format("{} {}", network, name_of(kind));
            data += fmt::format("{}\"{}\" {} {}\n", group == last ? "" : "\n\n", variant,
                                f.cycles / first.cycles, f.noc_picojoules / first.noc_picojoules);
            last = group;
        });
    std::string cycles, energy;
    unsigned index = 0;
    last.clear();
    for_each_sum(
        recipe, networks, [&](const auto& network, layer_kind kind, const auto&, const auto&, const auto&) {
            const auto group = fmt::format("{} {}", network, name_of(kind));
            if (group == last) {
                return;
            }
            const char* comma = last.empty() ? "" : ", ";
            cycles += fmt::format("{}$data index {} using 2:xtic(1) title '{}'", comma, index, group);
            energy += fmt::format("{}$data index {} using 3:xtic(1) title '{}'", comma, index++, group);
            last = group;
        });
    return fmt::format(
        "$data << END\n{}END\n"
        "set style data histogram\nset style histogram clustered gap 1\nset style fill solid 0.8\n"
        "set xtics rotate by -25\nset grid y\nset key top left\nset yrange [0:*]\n"
        "set multiplot layout 1,2\n"
        "set title '{}'\nset ylabel 'cycles, {} = 1'\nplot {}\n"
        "set title ''\nset ylabel 'energy of the network, {} = 1'\nplot {}\nunset multiplot\n",
        data, recipe.sentence, recipe.variants.front().name, cycles, recipe.variants.front().name, energy);
}

}  // namespace eyeriss::sims
