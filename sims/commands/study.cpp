#include <fmt/format.h>

#include <memory>

#include "firmware/compiler/import_onnx.h"
#include "sims/commands/command.h"
#include "sims/inputs/energy_file.h"
#include "sims/inputs/network_source.h"
#include "sims/inputs/places.h"
#include "sims/noc/gnuplot.h"
#include "sims/studies/study_recipes.h"
#include "sims/support/error.h"
#include "sims/support/whole_file.h"

namespace eyeriss::sims {
namespace {

struct study_options {
    std::string recipe, csv, chart;
    std::vector<std::string> networks{"sparse-alexnet", "sparse-mobilenet"};
};

const study_recipe& recipe_named(const std::string& name) {
    std::string known;
    for (const auto& recipe : study_recipes()) {
        if (recipe.name == name) {
            return recipe;
        }
        known += (known.empty() ? "" : ", ") + recipe.name;
    }
    throw user_error(fmt::format("study '{}' is unknown: expects one of {}", name, known));
}

std::vector<study_variant> variants_of(const study_recipe& recipe, const common_options& common) {
    std::vector<study_variant> variants;
    for (const auto& v : recipe.variants) {
        auto settings = common.settings;
        settings.insert(settings.end(), v.settings.begin(), v.settings.end());
        std::optional<std::filesystem::path> file;
        if (!v.machine.empty()) {
            file = machine_file(v.machine);
        } else if (!common.machine_file.empty()) {
            file = common.machine_file;
        }
        variants.push_back({v.name, platform::read_machine(file, settings).machine, v.own_mapping});
    }
    return variants;
}

int run_study(const study_options& options, const common_options& common) {
    const auto& recipe = recipe_named(options.recipe);
    const auto variants = variants_of(recipe, common);
    const auto energies = read_energy_table(
        common.energy_file.empty() ? default_energy_file() : std::filesystem::path(common.energy_file));
    const auto cache = common.cache();
    std::vector<network_rows> networks;
    for (const auto& name : options.networks) {
        const auto network = find_network(name, 1, cache);
        const auto graph = compiler::import_onnx(network.file);
        const auto input = default_input(graph.name, shape_of(graph.tensors[graph.input]), 1);
        networks.push_back({network.name, study_network(graph, input, variants, energies)});
    }
    if (!options.csv.empty()) {
        write_whole(options.csv, study_csv(recipe, networks));
    }
    if (!options.chart.empty()) {
        draw_svg("--chart", options.chart, 1500, 620, study_chart(recipe, networks));
    }
    fmt::print("{}.\n\n{}", recipe.sentence, study_markdown(recipe, networks));
    return exit_success;
}

}  // namespace

void add_study(CLI::App& app, const common_options& common, action& chosen) {
    auto* command = app.add_subcommand("study", "Compare on-chip networks on whole layers.");
    command->fallthrough();
    auto options = std::make_shared<study_options>();
    command->add_option("recipe", options->recipe, "layer-types, multicast, flat-mesh, link-width or modes")
        ->required();
    command->add_option("--network", options->networks, "Networks, by name or as ONNX files")
        ->capture_default_str();
    command->add_option("--csv", options->csv, "File for the figures of every layer");
    command->add_option("--chart", options->chart, "File for a chart, SVG");
    command->callback(
        [=, &common, &chosen] { chosen = [=, &common] { return run_study(*options, common); }; });
}

}  // namespace eyeriss::sims
