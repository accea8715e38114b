#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "platform/machine_file.h"
#include "sims/live/live_server.h"
#include "sims/live/run_gate.h"
#include "sims/report/read_results.h"
#include "sims/results/results.h"
#include "sims/session/run_watcher.h"
#include "sims/trace/run_trace.h"

namespace eyeriss::sims {

/// What the command line says of a live page.
struct live_options {
    bool watch = false;   ///< --watch
    bool paused = false;  ///< --watch-paused: begins held, until a viewer lets it go
    live_server::options where;

    [[nodiscard]] bool any() const { return watch || paused; }
};

/// Adds --watch, --watch-port, --watch-address and --watch-paused to a subcommand.
void add_live(CLI::App& command, live_options& options);

/// A run on a live page: the report's page, which is shown the record of the layers done so far, and controls
/// to pause, to go on for one layer, and to choose the speed.
///
/// A control is `{"action": "pause" | "go" | "step"}` or `{"action": "speed", "simulated_us_per_s": N}`, 0
/// for as fast as the host can.
class live_run : public run_watcher {
public:
    /// Serves, and says where on standard error. `so_far` names the run and its energy table, `mappings` are
    /// those of its layers. `trace` records the run and outlives this; null: nobody does, and the page has no
    /// time line. \throws user_error for an address or port that cannot be had.
    live_run(const live_options& options, const platform::configuration& config, run_result so_far,
             std::map<std::string, arch::mapping> mappings, const run_trace* trace);

    void layer_begins(std::size_t layer, double simulated_seconds, const layer_log& log) override;
    void passed(double simulated_seconds) override;
    void ended() override;
    /// Shows the whole record and lets viewers take it, a second at most.
    void finish(const run_result& run, nlohmann::ordered_json manifest);

private:
    bool control(std::string_view body);
    void show_state();
    void show_record(const run_result& run);
    void show_layers();

    run_gate gate_;
    platform::configuration config_;
    run_result so_far_;
    std::map<std::string, arch::mapping> mappings_;
    const run_trace* trace_;
    bool stale_ = false;  ///< layers are done that no record has shown
    std::chrono::steady_clock::time_point shown_;
    nlohmann::ordered_json manifest_;
    std::size_t layer_ = 0, layers_ = 0;
    std::string layer_name_;
    double simulated_seconds_ = 0;
    std::string phase_ = "preparing";
    std::mutex state_;    ///< of what show_state tells
    bool begun_ = false;  ///< some layer has
    live_server server_;
};

}  // namespace eyeriss::sims
