#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "models/faults/fault.h"
#include "platform/soc.h"

namespace eyeriss::sims {

/// What the user asks to break.
struct fault_options {
    std::vector<std::string> specs;  ///< --fault
    std::string file;                ///< --faults

    [[nodiscard]] bool any() const { return !specs.empty() || !file.empty(); }
};

/// Adds --fault and --faults to a command.
void add_fault_options(CLI::App& command, fault_options& options);

/// The faults that the options name, checked against the machine. \throws user_error naming option or file
/// and line, and what would be right.
[[nodiscard]] std::vector<faults::fault> read_faults(const fault_options& options, const arch::machine& m);

/// Injects them before a run, so that a recording has them. \throws user_error for one that this SoC cannot
/// have.
void arm(const std::vector<faults::fault>& list, platform::soc& soc);

/// "nothing is pending and every hart sleeps: " and who waits for whom.
[[nodiscard]] std::string idle_report(platform::soc& soc);

}  // namespace eyeriss::sims
