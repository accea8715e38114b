#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "platform/machine_file.h"
#include "sims/support/cache.h"

/// What all subcommands share.
namespace eyeriss::sims {

/// Options that every subcommand takes.
struct common_options {
    std::string machine_file;
    std::vector<std::string> settings;
    std::string energy_file;  ///< empty: the table that comes with the program
    std::string cache_folder;
    bool quiet = false;
    bool json = false;
    std::vector<std::string> command_line;

    /// The machine that file and settings describe. \throws platform::machine_error
    [[nodiscard]] platform::configuration machine() const;
    [[nodiscard]] content_cache cache() const { return content_cache(cache_folder); }
    /// True when progress may be shown: a person is watching standard error.
    [[nodiscard]] bool show_progress() const;
};

/// What the chosen subcommand does; returns the exit code.
using action = std::function<int()>;

/// Each adds a subcommand that sets `chosen` when it is asked for.
void add_run(CLI::App& app, const common_options& common, action& chosen);
void add_boot(CLI::App& app, const common_options& common, action& chosen);
void add_layer(CLI::App& app, const common_options& common, action& chosen);
void add_compile(CLI::App& app, const common_options& common, action& chosen);
void add_make_network(CLI::App& app, const common_options& common, action& chosen);
void add_energy(CLI::App& app, const common_options& common, action& chosen);
void add_dram(CLI::App& app, const common_options& common, action& chosen);
void add_noc(CLI::App& app, const common_options& common, action& chosen);
void add_study(CLI::App& app, const common_options& common, action& chosen);
void add_report(CLI::App& app, const common_options& common, action& chosen);
void add_diff(CLI::App& app, const common_options& common, action& chosen);
void add_vcd(CLI::App& app, const common_options& common, action& chosen);
void add_regs(CLI::App& app, const common_options& common, action& chosen);
void add_validate(CLI::App& app, const common_options& common, action& chosen);
void add_bench(CLI::App& app, const common_options& common, action& chosen);

}  // namespace eyeriss::sims
