#include "sims/live/live_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sims/live/live_script.h"
#include "sims/report/page.h"
#include "sims/report/report_data.h"
#include "sims/session/interrupt.h"

namespace eyeriss::sims {
namespace {

using json = nlohmann::ordered_json;

/// The report's page, with our script at its end.
std::string live_page() {
    auto page = report_page(json());
    constexpr std::string_view end = "</body>";
    page.insert(page.rfind(end), "<script src=\"/live.js\"></script>\n");
    return page;
}

/// The configuration as the report reads it; all else is known at the run's end.
json first_manifest(const platform::configuration& config) {
    return {{"configuration", manifest_json({}, config, {}).at("configuration")}};
}

}  // namespace

void add_live(CLI::App& command, live_options& options) {
    command.add_flag("--watch", options.watch,
                     "Serve a page on this host that fills in as the run goes, with pause, step and speed");
    command.add_option("--watch-port", options.where.port, "Port of that page [a free one]");
    command.add_option("--watch-address", options.where.address, "Address that the page is served on")
        ->capture_default_str();
    command.add_flag("--watch-paused", options.paused, "With --watch: begin paused, until the page says go");
}

live_run::live_run(const live_options& options, const platform::configuration& config, run_result so_far,
                   std::map<std::string, arch::mapping> mappings, const run_trace* trace)
    : gate_(options.paused),
      config_(config),
      so_far_(std::move(so_far)),
      mappings_(std::move(mappings)),
      trace_(trace),
      manifest_(first_manifest(config)),
      server_(options.where, live_page(), std::string(live_script()),
              [this](std::string_view body) { return control(body); }) {
    fmt::print(stderr, "watch: {}\n", server_.url());
    show_record(so_far_);
    show_state();
}

bool live_run::control(std::string_view body) {
    const auto asked = json::parse(body, nullptr, false);
    if (!asked.is_object() || !asked.contains("action") || !asked["action"].is_string()) return false;
    const auto& action = asked["action"].get_ref<const std::string&>();
    if (action == "pause") {
        gate_.pause();
    } else if (action == "go") {
        gate_.go();
    } else if (action == "step") {
        gate_.step();
    } else if (action == "speed") {
        constexpr double microseconds = 1e-6;
        const auto speed = asked.find("simulated_us_per_s");
        if (speed == asked.end() || !speed->is_number() || speed->get<double>() < 0) return false;
        gate_.set_speed(speed->get<double>() * microseconds);
    } else {
        return false;
    }
    show_state();
    return true;
}

void live_run::show_state() {
    const auto gate = gate_.now();
    const std::lock_guard lock(state_);
    json out;
    out["phase"] = phase_;
    out["paused"] = gate.paused;
    out["stepping"] = gate.stepping;
    out["simulated_us_per_s"] = gate.speed * 1e6;
    out["layer"] = layer_;
    out["layers"] = layers_;
    out["name"] = layer_name_;
    out["simulated_seconds"] = simulated_seconds_;
    server_.show_state(out.dump());
}

void live_run::show_record(const run_result& run) {
    run_record record;
    record.summary = summary_json(run, config_.machine);
    record.manifest = manifest_;
    record.machine = config_.machine;
    record.mappings = mappings_;
    if (trace_ != nullptr) record.timeline = trace_->timeline_json(run);
    server_.show_data(report_data(record).dump());
    shown_ = std::chrono::steady_clock::now();
    stale_ = false;
}

/// Layers may come faster than a page can be drawn; while the run is held its page is up to date.
void live_run::show_layers() {
    constexpr std::chrono::milliseconds often_enough{100};
    const auto gate = gate_.now();
    const bool held = gate.paused || gate.stepping;
    if (stale_ && (held || std::chrono::steady_clock::now() - shown_ >= often_enough)) show_record(so_far_);
}

void live_run::layer_begins(std::size_t layer, double simulated_seconds, const layer_log& log) {
    so_far_.layers = log.layers();
    so_far_.simulated_seconds = simulated_seconds;
    stale_ = true;
    {
        const std::lock_guard lock(state_);
        phase_ = "running";
        layer_ = std::min(layer, log.size());
        layers_ = log.size();
        layer_name_ = layer < log.size() ? log.name(layer) : "";
    }
    gate_.at_layer();
    begun_ = true;
    passed(simulated_seconds);
}

void live_run::passed(double simulated_seconds) {
    {
        const std::lock_guard lock(state_);
        simulated_seconds_ = simulated_seconds;
    }
    show_layers();
    show_state();
    // A run that begins paused is held where there is something to see: at its first layer.
    if (!begun_) return;
    gate_.pass(simulated_seconds, [this] {
        show_layers();
        return interrupt_watch::requested();
    });
}

void live_run::ended() {
    {
        const std::lock_guard lock(state_);
        phase_ = "comparing";
    }
    show_state();
}

void live_run::finish(const run_result& run, json manifest) {
    constexpr std::chrono::seconds longest{1};
    manifest_ = std::move(manifest);
    show_record(run);
    {
        const std::lock_guard lock(state_);
        phase_ = "done";
    }
    show_state();
    server_.finish(longest);
}

}  // namespace eyeriss::sims
