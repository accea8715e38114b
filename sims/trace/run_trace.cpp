#include "sims/trace/run_trace.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "sims/session/cpu_watch.h"
#include "sims/support/child.h"
#include "sims/support/duration.h"
#include "sims/support/error.h"
#include "sims/support/scratch_folder.h"
#include "sims/trace/perfetto_writer.h"
#include "sims/trace/trace_data.h"
#include "sims/trace/trace_database.h"

namespace eyeriss::sims {

namespace fs = std::filesystem;

namespace {

using observe::attribute;
using observe::stream_kind;

fs::path partial_of(const fs::path& file) {
    return file.string() + ".partial";
}

void try_place(const char* option, const std::string& file) {
    if (file.empty()) return;
    const bool good = std::ofstream(partial_of(file), std::ios::binary).good();
    std::error_code ignored;
    fs::remove(partial_of(file), ignored);
    if (!good || fs::is_directory(file, ignored)) {
        throw user_error(
            fmt::format("{} {}: cannot be written; expects a file in a folder that exists", option, file));
    }
}

void publish(const char* option, const fs::path& file) {
    std::error_code error;
    fs::rename(partial_of(file), file, error);
    if (error) {
        throw user_error(fmt::format("{} {}: cannot be written: {}", option, file.string(), error.message()));
    }
}

/// Removes what is left of a file that did not become whole.
class partial_file {
public:
    explicit partial_file(fs::path file) : file_(std::move(file)) {
        std::error_code ignored;
        fs::remove(partial_of(file_), ignored);
    }
    partial_file(const partial_file&) = delete;
    partial_file& operator=(const partial_file&) = delete;
    ~partial_file() {
        std::error_code ignored;
        fs::remove(partial_of(file_), ignored);
    }
    [[nodiscard]] fs::path path() const { return partial_of(file_); }

private:
    fs::path file_;
};

void parse_window(const std::string& text, trace_filter& filter) {
    const auto dots = text.find("..");
    if (dots == std::string::npos) {
        throw user_error(fmt::format("--trace-window {}: expects FROM..TO, e.g. 1ms..2ms", text));
    }
    const auto from = text.substr(0, dots), to = text.substr(dots + 2);
    if (!from.empty() && from != "0") filter.from = parse_duration_ps(from, "--trace-window");
    if (!to.empty()) filter.to = parse_duration_ps(to, "--trace-window");
    if (filter.to <= filter.from) {
        throw user_error(fmt::format("--trace-window {}: expects FROM before TO", text));
    }
}

std::uint32_t layer_named(const std::string& text, const std::vector<std::string>& layers) {
    for (std::uint32_t i = 0; i < layers.size(); ++i) {
        if (layers[i] == text) return i;
    }
    std::uint32_t index = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, index);
    if (error == std::errc() && rest == end && index < layers.size()) return index;
    throw user_error(fmt::format("--trace-layer {}: no such layer; expects a name, e.g. {}, or 0..{}", text,
                                 layers.front(), layers.size() - 1));
}

void expect_match(const char* option, const std::string& glob, std::span<const observe::stream> streams) {
    const bool any = std::any_of(streams.begin(), streams.end(), [&](const auto& s) {
        return fnmatch(glob.c_str(), s.name.c_str(), 0) == 0;
    });
    if (!any) {
        throw user_error(fmt::format(
            "{} {}: no stream of this machine matches; expects a glob of names as doc/traces.md lists them, "
            "e.g. 'noc.iact.*'",
            option, glob));
    }
}

}  // namespace

void add_trace_options(CLI::App& command, trace_options& options) {
    command.add_option("--trace-perfetto", options.perfetto, "File for a trace in Perfetto's format");
    command.add_option("--trace-db", options.database, "File for an SQLite database of transactions");
    command.add_option("--vcd", options.vcd, "Glob of streams whose signals go into a VCD file");
    command.add_option("--vcd-file", options.vcd_file, "That file [trace.vcd in the results folder]");
    command.add_option("--trace-layer", options.layers, "Trace these layers, by name or index [all]");
    command.add_option("--trace-window", options.window, "Trace this simulated time, e.g. 1ms..2ms [all]");
    command.add_option("--trace-module", options.modules, "Trace streams that match these globs [all]");
    command.add_option("--trace-limit-mib", options.limit_mib, "Memory and file size that a trace may take")
        ->check(CLI::Range(1, 1 << 20))
        ->capture_default_str();
    command.add_flag_callback(
        "--no-timeline", [&options] { options.timeline = false; },
        "Leave out timeline.json, so that nobody listens to the models");
}

run_trace::run_trace(trace_options options, const arch::machine& machine)
    : options_(std::move(options)), machine_(machine), timeline_(machine) {
    if (!options_.any() && (!options_.layers.empty() || !options_.window.empty() ||
                            !options_.modules.empty() || !options_.vcd_file.empty())) {
        throw user_error(
            "--trace-layer, --trace-window, --trace-module and --vcd-file expect "
            "--trace-perfetto, --trace-db or --vcd");
    }
    if (!options_.timeline && options_.any()) {
        throw user_error(
            "--no-timeline expects no --trace-perfetto, --trace-db or --vcd, whose counters it is");
    }
    trace_filter unused;
    if (!options_.window.empty()) parse_window(options_.window, unused);
    try_place("--trace-perfetto", options_.perfetto);
    try_place("--trace-db", options_.database);
    try_place("--vcd-file", options_.vcd_file);
}

run_trace::~run_trace() = default;

trace_filter run_trace::filter_for(const std::vector<std::string>& layers) const {
    trace_filter filter;
    filter.limit_bytes = options_.limit_mib << 20U;
    filter.modules = options_.modules;
    if (!options_.window.empty()) parse_window(options_.window, filter);
    for (const auto& layer : options_.layers) {
        if (!filter.layers) filter.layers.emplace();
        filter.layers->insert(layer_named(layer, layers));
    }
    return filter;
}

void run_trace::attach(platform::soc& soc, hart_observers& harts, const fs::path& executable,
                       const std::vector<std::string>& layers) {
    soc_ = &soc;
    harts_ = &harts;
    layers_ = layers;
    recorder_.subscribe(timeline_);
    if (options_.any()) recorder_.subscribe(store_.emplace(filter_for(layers)));
    driver_ = recorder_.open("driver.layer", stream_kind::layer, 1);
    soc.accelerator_block().observe(recorder_);
    if (!store_) return;
    if (auto* memory = soc.dram_controller(); memory != nullptr) watch_memory(*memory);
    watch_functions(executable);
    for (const auto& glob : options_.modules) expect_match("--trace-module", glob, recorder_.streams());
    if (!options_.vcd.empty()) expect_match("--vcd", options_.vcd, recorder_.streams());
}

void run_trace::watch_memory(dram::controller& memory) {
    const auto& geometry = memory.device().geometry;
    const unsigned banks_per_rank = geometry.bank_groups * geometry.banks_per_group;
    const auto tck_ps = static_cast<observe::picoseconds>(memory.device().tck_ps);
    for (unsigned channel = 0; channel < memory.channels(); ++channel) {
        std::vector<observe::stream_id> banks;
        for (unsigned b = 0; b < memory.counts(channel).banks.size(); ++b) {
            banks.push_back(recorder_.open(
                fmt::format("dram.ch{}.rank{}.bank{}", channel, b / banks_per_rank, b % banks_per_rank),
                stream_kind::dram_command, b));
        }
        memory.observe(channel, [this, banks, tck_ps](const dram::command_record& c) {
            const auto at = static_cast<observe::picoseconds>(std::max<dram::clock_count>(c.at, 0)) * tck_ps;
            const attribute row{"row", c.row};
            recorder_.record(
                {banks[c.bank], 0, c.origin, at, at + tck_ps, dram::to_string(c.what), {&row, 1}});
        });
    }
}

void run_trace::watch_functions(const fs::path& executable) {
    names_ = symbols_of(executable);
    const auto cycle_ps = static_cast<observe::picoseconds>(std::llround(1e6 / machine_.core.clock_mhz));
    for (unsigned id = 0; id < soc_->harts(); ++id) {
        const auto stream = recorder_.open(fmt::format("firmware.hart{}", id), stream_kind::function, id);
        harts_->of(id).add(calls_.emplace_back(names_, [=, this](const platform::call_trace::call& c) {
            const auto name = c.asleep ? std::string("(asleep)") : names_.name(c.function);
            recorder_.record({stream, 0, 0, c.begin_cycle * cycle_ps, c.end_cycle * cycle_ps, name});
        }));
    }
}

void run_trace::marker(std::uint32_t layer, double seconds) {
    if (soc_ == nullptr) return;
    const auto now = static_cast<observe::picoseconds>(std::llround(seconds * 1e12));
    if (layer_ < layers_.size()) recorder_.record({driver_, 0, 0, layer_began_, now, layers_[layer_]});
    layer_ = layer;
    layer_began_ = now;
    recorder_.set_layer(layer);
}

void run_trace::detach() {
    for (unsigned id = 0; id < calls_.size(); ++id) {
        harts_->of(id).remove(calls_[id]);
        calls_[id].finish();
    }
}

nlohmann::ordered_json run_trace::timeline_json(const run_result& run) const {
    const auto cycle_ps = std::llround(1e6 / machine_.clock_mhz);
    const auto cycle = [&](double seconds) {
        return static_cast<arch::cycle_t>((std::llround(seconds * 1e12) + cycle_ps - 1) / cycle_ps);
    };
    std::vector<timeline_band> bands;
    for (const auto& layer : run.layers) {
        if (!layer.times) continue;
        bands.push_back({layer.name, layer.on_accelerator, cycle(layer.times->start_seconds),
                         cycle(layer.times->end_seconds)});
    }
    return timeline_.json(bands, cycle(run.simulated_seconds));
}

void run_trace::write_perfetto_file(const std::vector<trace_counter>& counters,
                                    std::vector<std::string>& notes) const {
    const partial_file file(options_.perfetto);
    std::ofstream out(file.path(), std::ios::binary);
    const auto left_out = write_perfetto(out, {*store_, counters, layers_}, options_.limit_mib << 20U);
    out.close();
    if (!out) {
        throw user_error(
            fmt::format("--trace-perfetto {}: cannot be written whole; the run's results are in place",
                        options_.perfetto));
    }
    publish("--trace-perfetto", options_.perfetto);
    if (left_out != 0) {
        notes.push_back(fmt::format("trace {}: {} slices left out: --trace-limit-mib {}", options_.perfetto,
                                    left_out, options_.limit_mib));
    }
}

void run_trace::write_vcd_file(const fs::path& database, const fs::path& folder) const {
    const auto file = options_.vcd_file.empty() ? folder / "trace.vcd" : fs::path(options_.vcd_file);
    const auto child =
        run_self({"vcd", database.string(), "--signals", options_.vcd, "--out", file.string()});
    if (child.exit_code != exit_success) {
        throw user_error(fmt::format("--vcd {}: {} was not written; the run's results are in place",
                                     options_.vcd, file.string()));
    }
}

std::vector<std::string> run_trace::write(const fs::path& folder) const {
    std::vector<std::string> notes;
    if (!store_) return notes;
    if (store_->left_out() != 0) {
        notes.push_back(fmt::format("trace: {} of {} transactions left out: --trace-limit-mib {}",
                                    store_->left_out(), store_->left_out() + store_->transactions().size(),
                                    options_.limit_mib));
    }
    const auto counters = counters_of(timeline_, machine_, store_->filter());
    if (!options_.perfetto.empty()) write_perfetto_file(counters, notes);
    if (options_.database.empty() && options_.vcd.empty()) return notes;
    std::optional<scratch_folder> scratch;
    fs::path database = options_.database;
    if (database.empty()) database = scratch.emplace().path() / "trace.db";
    {
        const partial_file file(database);
        const auto* option = options_.database.empty() ? "--vcd" : "--trace-db";
        try {
            write_database(file.path(), {*store_, counters, layers_});
        } catch (const user_error& wrong) {
            throw user_error(fmt::format("{} {}: cannot be written whole: {}; the run's results are in place",
                                         option, database.string(), wrong.what()));
        }
        publish(option, database);
    }
    if (!options_.vcd.empty()) write_vcd_file(database, folder);
    return notes;
}

}  // namespace eyeriss::sims
