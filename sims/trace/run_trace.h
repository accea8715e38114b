#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/arch/machine.h"
#include "models/observe/recorder.h"
#include "platform/cpu/call_trace.h"
#include "platform/soc.h"
#include "sims/results/results.h"
#include "sims/session/hart_observers.h"
#include "sims/trace/timeline.h"
#include "sims/trace/trace_data.h"
#include "sims/trace/trace_store.h"

namespace eyeriss::sims {

/// What the command line asks to be traced.
struct trace_options {
    std::string perfetto;              ///< --trace-perfetto: a file, empty for none
    std::string database;              ///< --trace-db
    std::string vcd, vcd_file;         ///< --vcd: a glob of streams; --vcd-file
    std::vector<std::string> layers;   ///< --trace-layer: names or indices
    std::string window;                ///< --trace-window: FROM..TO
    std::vector<std::string> modules;  ///< --trace-module: globs of streams
    std::uint64_t limit_mib = 256;     ///< --trace-limit-mib
    bool timeline = true;              ///< false with --no-timeline

    /// True when somebody is to listen.
    [[nodiscard]] bool listens() const { return timeline || any(); }
    /// True when transactions are to be kept.
    [[nodiscard]] bool any() const { return !perfetto.empty() || !database.empty() || !vcd.empty(); }
};

/// Adds these options to a subcommand.
void add_trace_options(CLI::App& command, trace_options& options);

/// Records a timed run of a network, for its timeline and for the traces that are asked for. It outlives the
/// SoC.
class run_trace {
public:
    /// \throws user_error when an option makes no sense or a file cannot be written.
    run_trace(trace_options options, const arch::machine& machine);
    run_trace(const run_trace&) = delete;
    run_trace& operator=(const run_trace&) = delete;
    ~run_trace();

    /// Begins to listen. `executable` is what the harts run, for its symbols; SoC and `harts` live until
    /// detach(). \throws user_error for a layer that the network lacks.
    void attach(platform::soc& soc, hart_observers& harts, const std::filesystem::path& executable,
                const std::vector<std::string>& layers);
    /// The driver begins a layer, or has none any more, at a simulated time.
    void marker(std::uint32_t layer, double seconds);
    /// Stops to listen to the harts, when the run has ended.
    void detach();

    /// For those who show a run while it goes.
    [[nodiscard]] observe::recorder& recorder() { return recorder_; }
    [[nodiscard]] const timeline& windows() const { return timeline_; }
    /// timeline.json of the layers that have been run by then.
    [[nodiscard]] nlohmann::ordered_json timeline_json(const run_result& run) const;

    /// Writes what was asked for, each file whole or not at all; returns what there is to be said about it, a
    /// line each. `folder` is where a VCD file goes that was given no place. \throws user_error
    [[nodiscard]] std::vector<std::string> write(const std::filesystem::path& folder) const;

private:
    [[nodiscard]] trace_filter filter_for(const std::vector<std::string>& layers) const;
    void watch_memory(dram::controller& memory);
    void watch_functions(const std::filesystem::path& executable);
    void write_perfetto_file(const std::vector<trace_counter>& counters,
                             std::vector<std::string>& notes) const;
    void write_vcd_file(const std::filesystem::path& database, const std::filesystem::path& folder) const;

    trace_options options_;
    arch::machine machine_;
    observe::recorder recorder_;
    timeline timeline_;
    std::optional<trace_store> store_;
    std::vector<std::string> layers_;
    observe::stream_id driver_ = 0;
    std::uint32_t layer_ = observe::no_layer;
    observe::picoseconds layer_began_ = 0;
    platform::symbols names_;
    platform::soc* soc_ = nullptr;
    hart_observers* harts_ = nullptr;
    std::deque<platform::call_trace> calls_;
};

}  // namespace eyeriss::sims
