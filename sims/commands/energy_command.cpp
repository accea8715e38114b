#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "firmware/compiler/emit_image.h"
#include "models/energy/table.h"
#include "sims/commands/command.h"
#include "sims/inputs/energy_file.h"
#include "sims/inputs/network_source.h"
#include "sims/inputs/places.h"
#include "sims/inputs/prepare.h"
#include "sims/session/simulate.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

/// Sparse MobileNet 0.5/128 on Eyeriss v2, on chip, DRAM excluded (JETCAS 9(2), 2019).
constexpr double published_inferences_per_joule = 2560.3;
constexpr const char* fitted_network = "sparse-mobilenet";

struct energy_options {
    bool fit = false;
};

energy::cost_table table_of(const common_options& common) {
    return read_energy_table(common.energy_file.empty() ? default_energy_file()
                                                        : std::filesystem::path(common.energy_file));
}

void print_table(const energy::cost_table& table, const arch::machine& m) {
    const auto resolved = energy::resolve(table, m);
    fmt::print("{} on {}: {} pJ a MAC of 16 bits ({})\n", table.name, m.name, table.mac16_picojoules,
               table.scale_source);
    fmt::print("{:<26} {:>9} {:>7} {:>10} {}  {}\n", "action", "pJ", "bits", "bytes", "st", "source");
    energy::for_each_action([&](energy::action a) {
        const auto size = energy::size_of(a, m);
        const auto& cost = table.costs[a];
        fmt::print("{:<26} {:>9.4f} {:>7.0f} {:>10.1f} {:<2}  {}\n", energy::info(a).key,
                   resolved.picojoules[a], size.bits, size.bytes, cost.standing, cost.source);
    });
}

nlohmann::ordered_json table_json(const energy::cost_table& table, const arch::machine& m) {
    const auto resolved = energy::resolve(table, m);
    nlohmann::ordered_json out;
    out["name"] = table.name;
    out["machine"] = m.name;
    out["mac16_pj"] = table.mac16_picojoules;
    energy::for_each_action(
        [&](energy::action a) { out["pj"][std::string(energy::info(a).key)] = resolved.picojoules[a]; });
    return out;
}

/// All actions of a run of the network that the scale is fitted on.
energy::action_counts fitted_counts(const common_options& common, const arch::machine& m) {
    const auto cache = common.cache();
    const auto network = find_network(fitted_network, 1, cache);
    const auto image = compile_network(network, m, cache);
    const auto header = compiler::image_header(image.bytes);
    const auto shape = shape_of(compiler::image_tensor(image.bytes, header.input_tensor));
    const auto input = default_input(compiler::image_name(image.bytes, header.name_offset), shape, 1);
    const auto run = simulate_network({m, true, {}, common.show_progress()}, image, input,
                                      reference_for(network, input, cache));
    if (run.result.bit_exact() != true) {
        throw std::runtime_error(fmt::format("{}: the run is not whole and bit-exact", fitted_network));
    }
    return run.result.actions();
}

int fit(const common_options& common) {
    const auto m = common.machine().machine;
    const auto table = table_of(common);
    const auto counts = fitted_counts(common, m);
    const double scale = energy::fit_scale(table, m, counts, 1e12 / published_inferences_per_joule);
    const double now = energy::energy_of(counts, energy::resolve(table, m)).on_chip();
    if (common.json) {
        const nlohmann::ordered_json out{{"fitted_mac16_pj", scale},
                                         {"table_mac16_pj", table.mac16_picojoules},
                                         {"inferences_per_joule", 1e12 / now},
                                         {"published_inferences_per_joule", published_inferences_per_joule}};
        fmt::print("{}\n", out.dump(2));
        return exit_success;
    }
    fmt::print("mac16_pj {:.6g} makes {} inferences/J of {} on {}; {} has {:.6g} and makes {:.1f}\n", scale,
               published_inferences_per_joule, fitted_network, m.name, table.name, table.mac16_picojoules,
               1e12 / now);
    return exit_success;
}

int run_energy(const energy_options& options, const common_options& common) {
    if (options.fit) {
        return fit(common);
    }
    const auto m = common.machine().machine;
    const auto table = table_of(common);
    if (common.json) {
        fmt::print("{}\n", table_json(table, m).dump(2));
    } else {
        print_table(table, m);
    }
    return exit_success;
}

}  // namespace

void add_energy(CLI::App& app, const common_options& common, action& chosen) {
    auto* command =
        app.add_subcommand("energy", "Show what each action of a machine takes, or fit the scale.");
    command->fallthrough();
    auto options = std::make_shared<energy_options>();
    command->add_flag("--fit", options->fit,
                      "Run sparse MobileNet and print the scale that makes the published inferences/J");
    command->callback(
        [=, &common, &chosen] { chosen = [=, &common] { return run_energy(*options, common); }; });
}

}  // namespace eyeriss::sims
