#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/arch/machine.h"
#include "platform/debug/debugger.h"
#include "platform/soc.h"
#include "sims/session/recording.h"

namespace eyeriss::sims {

/// What the command line says of the world around a run.
struct outer_world_options {
    std::optional<std::uint16_t> gdb;  ///< --gdb: port, 0 for a free one
    std::string semihosting;           ///< --semihosting: a folder, empty for none
    std::string record, replay;        ///< files, empty for none

    /// Whether what a run is made of has to be told.
    [[nodiscard]] bool records_or_replays() const { return !record.empty() || !replay.empty(); }
};

/// Adds --gdb, --semihosting, --record and --replay to a subcommand.
void add_outer_world(CLI::App& command, outer_world_options& options);

/// What soc_options::semihosting becomes; nothing when it was not asked for.
[[nodiscard]] std::optional<platform::semihosting_options> semihosting_of(const outer_world_options& options,
                                                                          std::function<void(char)> console);

/// A hash of all parameters of a machine.
[[nodiscard]] recorded_part part_of(const arch::machine& machine);
/// A hash of bytes, or of a text.
[[nodiscard]] recorded_part part_of(std::string kind, std::span<const std::uint8_t> bytes);
[[nodiscard]] recorded_part part_of(std::string kind, std::string_view text);

/// The debugger, the recorder and the replay of one run of a SoC.
class outer_world {
public:
    /// `parts`: what the run is made of, which a replay must share with its recording; needed where options
    /// record or replay.
    /// \throws user_error for options that exclude each other, a file that cannot be used, a replay of
    /// something else, and a port that cannot be had.
    outer_world(const outer_world_options& options, platform::soc& soc,
                const std::vector<recorded_part>& parts);
    outer_world(const outer_world&) = delete;
    outer_world& operator=(const outer_world&) = delete;
    ~outer_world();

    /// Waits for the debugger that was asked for, runs, and ends recording and replay. What `limits` ask
    /// stays asked. \throws user_error when the recording cannot be written, std::runtime_error with one line
    /// where the run departs from the one that it replays.
    platform::run_result run(platform::run_limits limits);

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace eyeriss::sims
