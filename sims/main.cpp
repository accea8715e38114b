#include <fmt/format.h>
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sims/commands/command.h"
#include "sims/commands/parameters_text.h"
#include "sims/commands/reliability.h"
#include "sims/inputs/energy_file.h"
#include "sims/inputs/places.h"
#include "sims/support/error.h"
#include "sims/support/guard.h"
#include "sims/support/version.h"

// libsystemc refers to it; this program has a main of its own.
extern "C" int sc_main(int, char**) {
    return 0;
}

namespace eyeriss::sims {
namespace {

void add_common(CLI::App& app, common_options& common) {
    app.add_option("--machine", common.machine_file,
                   "Machine: a YAML file, or the name of one that comes along [Eyeriss v2 as published]");
    app.add_option("--set", common.settings, "key=value: set one parameter; may be repeated")
        ->expected(1)
        ->take_all();
    app.add_option("--energy", common.energy_file, "Energy table, a YAML file [65 nm]");
    app.add_option("--cache", common.cache_folder, "Folder of generated networks and images");
    app.add_flag("--quiet", common.quiet, "Print nothing but errors");
    app.add_flag("--json", common.json, "Print results as JSON");
}

int dispatch(int argc, char** argv) {
    CLI::App app("Virtual platform of an SoC around the Eyeriss v2 DNN accelerator.", "eyeriss-vp");
    common_options common;
    common.command_line.assign(argv, argv + argc);
    common.cache_folder = default_cache_folder().string();
    add_common(app, common);
    bool print_config = false;
    bool list_params = false;
    app.add_flag("--print-config", print_config,
                 "Show each parameter in force and where its value came from");
    app.add_flag("--list-params", list_params, "Show each parameter with default, unit, range and meaning");
    app.set_version_flag("--version", fmt::format("eyeriss-vp {} ({})", program_version(), program_commit()));
    app.require_subcommand(0, 1);
    action chosen;
    add_run(app, common, chosen);
    add_boot(app, common, chosen);
    add_layer(app, common, chosen);
    add_compile(app, common, chosen);
    add_make_network(app, common, chosen);
    add_dram(app, common, chosen);
    add_noc(app, common, chosen);
    add_study(app, common, chosen);
    add_energy(app, common, chosen);
    add_report(app, common, chosen);
    add_diff(app, common, chosen);
    add_vcd(app, common, chosen);
    add_regs(app, common, chosen);
    add_validate(app, common, chosen);
    add_bench(app, common, chosen);
    add_reliability(app, common, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& done) {
        return app.exit(done);
    } catch (const CLI::ParseError& error) {
        throw user_error(fmt::format("{} (see --help)", error.what()));
    }
    if (!common.machine_file.empty()) {
        common.machine_file = machine_file(common.machine_file).string();
    }
    if (!common.energy_file.empty()) {
        (void)read_energy_table(common.energy_file);  // says what is wrong before anything runs
    }
    if (list_params) {
        fmt::print("{}", parameters_text(common.json));
        return exit_success;
    }
    if (print_config) {
        fmt::print("{}", config_text(common.machine()));
        return exit_success;
    }
    if (!chosen) {
        std::string known;
        for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
            known += (known.empty() ? "" : ", ") + command->get_name();
        }
        throw user_error("expects a subcommand (see --help): " + known);
    }
    return chosen();
}

}  // namespace

platform::configuration common_options::machine() const {
    return platform::read_machine(
        machine_file.empty() ? std::nullopt : std::optional<std::filesystem::path>(machine_file), settings);
}

bool common_options::show_progress() const {
    return !quiet && isatty(STDERR_FILENO) == 1;
}

}  // namespace eyeriss::sims

int main(int argc, char** argv) {
    return eyeriss::sims::guarded([&] { return eyeriss::sims::dispatch(argc, argv); });
}
