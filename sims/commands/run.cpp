#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "firmware/compiler/emit_image.h"
#include "sims/commands/command.h"
#include "sims/dram/dram_choice.h"
#include "sims/inputs/energy_file.h"
#include "sims/inputs/mapping_file.h"
#include "sims/inputs/network_source.h"
#include "sims/inputs/places.h"
#include "sims/inputs/prepare.h"
#include "sims/live/live_run.h"
#include "sims/results/finish.h"
#include "sims/session/access_log.h"
#include "sims/session/fault_options.h"
#include "sims/session/simulate.h"
#include "sims/session/what_if.h"
#include "sims/support/duration.h"
#include "sims/support/error.h"
#include "sims/support/guard.h"
#include "sims/support/sha256.h"
#include "sims/trace/run_trace.h"

namespace eyeriss::sims {
namespace fs = std::filesystem;
namespace {

struct run_options {
    std::string network, input, out, max_time;
    mapping_options mapping;
    std::string record_dram, record_noc, uart, log;
    std::string timing = "timed";
    std::optional<std::uint64_t> max_instructions;
    cpu_watch_options watch;
    outer_world_options world;
    fault_options faults;
    bool checked = false;
    trace_options trace;
    std::vector<std::string> ideal;
    live_options live;
    std::uint64_t seed = 1;
};

constexpr std::array main_job{"sparse-mobilenet", "sparse-alexnet"};

provenance trace(const run_options& options, const common_options& common, const network_source& network,
                 const prepared_image& image, std::span<const std::uint8_t> input) {
    provenance how;
    how.command_line = common.command_line;
    how.seed = options.seed;
    const auto name = network.generated ? fmt::format("generated:{}", network.name) : network.file.string();
    how.inputs.push_back({"network", name, network.sha256});
    how.inputs.push_back({"image", "compiled", image.notes.sha256});
    sha256 hash;
    hash.add(input);
    how.inputs.push_back({"input", options.input.empty() ? "default" : options.input,
                          options.input.empty() ? hash.hex() : hash_file(options.input)});
    if (!options.mapping.file.empty()) {
        how.inputs.push_back({"mapping", options.mapping.file, hash_file(options.mapping.file)});
    }
    const std::string firmware = options.checked ? "run_network_checked" : "run_network";
    how.inputs.push_back({"firmware", firmware, hash_file(firmware_file(firmware))});
    if (!common.machine_file.empty()) {
        how.inputs.push_back({"machine", common.machine_file, hash_file(common.machine_file)});
    }
    return how;
}

/// After the results, so that a full disk costs the traces only.
void write_traces(const run_trace& traced, const fs::path& folder) {
    for (const auto& note : traced.write(folder)) fmt::print(stderr, "eyeriss-vp: {}\n", note);
}

/// What --ideal asks. \throws user_error where the runs could not be compared.
std::vector<limit> limits_to_remove(const run_options& options) {
    auto limits = read_limits(options.ideal);
    if (limits.empty()) return limits;
    if (options.timing != "timed") {
        throw user_error("--ideal expects --timing timed: without times there is nothing to compare");
    }
    if (!options.max_time.empty() || options.max_instructions) {
        throw user_error("--ideal expects whole runs: leave out --max-time and --max-instructions");
    }
    if (options.faults.any()) {
        throw user_error("--ideal expects runs without --fault and --faults");
    }
    return limits;
}

/// What --watch asks; null when it does not.
std::shared_ptr<live_run> live_page_of(const run_options& options, const common_options& common,
                                       const platform::configuration& config, const std::string& network,
                                       const prepared_image& image, const run_trace* traced) {
    if (!options.live.any()) return nullptr;
    run_result nothing_yet;
    nothing_yet.network = network;
    nothing_yet.timing = options.timing;
    nothing_yet.energy_table = energy_table_for(common.energy_file, config.machine);
    return std::make_shared<live_run>(options.live, config, std::move(nothing_yet), mappings_of(image.bytes),
                                      traced);
}

int run_one(const run_options& options, const common_options& common, const std::string& name,
            const fs::path& out) {
    const auto limits = limits_to_remove(options);
    const auto config = common.machine();
    simulation_request request{config.machine, options.timing == "timed", {}, common.show_progress()};
    request.dram = chosen_dram(config.machine);
    request.record_dram = options.record_dram;
    if (!options.record_noc.empty() && !request.timed) {
        throw user_error("--record-noc expects --timing timed: a functional run sends nothing at any time");
    }
    request.record_noc = options.record_noc;
    if (!options.max_time.empty()) {
        request.limits.time_ps = parse_duration_ps(options.max_time, "--max-time");
    }
    request.limits.instructions = options.max_instructions;
    request.watch = options.watch;
    request.world = options.world;
    request.uart = options.uart;
    request.log = options.log;
    request.faults = read_faults(options.faults, config.machine);
    request.checked = options.checked;
    const auto mapping = read_mapping_request(options.mapping, common.energy_file, config.machine);
    if (options.trace.any() && !request.timed) {
        throw user_error("--trace-perfetto, --trace-db and --vcd expect --timing timed: no time passes else");
    }
    std::optional<run_trace> traced;
    if (request.timed && options.trace.listens())
        request.trace = &traced.emplace(options.trace, config.machine);
    results_folder folder(out);
    const auto cache = common.cache();
    if (request.progress) {
        fmt::print(stderr, "\r\033[K{}: preparing", name);
    }
    const auto network = find_network(name, options.seed, cache);
    const auto image = compile_network(network, config.machine, cache, mapping);
    const auto header = compiler::image_header(image.bytes);
    const auto shape = shape_of(compiler::image_tensor(image.bytes, header.input_tensor));
    const auto input =
        options.input.empty()
            ? default_input(compiler::image_name(image.bytes, header.name_offset), shape, options.seed)
            : read_input(options.input, shape);
    const auto reference = reference_for(network, input, cache);
    std::optional<what_if> ideal;
    if (!limits.empty()) {
        ideal.emplace(limits, request, image, input, reference);
        if (ideal->interrupted()) return exit_interrupted;
    }
    const auto how = trace(options, common, network, image, input);
    const auto live = live_page_of(options, common, config, network.name, image, request.trace);
    if (live) request.watchers.push_back(live);
    auto run = simulate_network(request, image, input, reference);
    run.result.network = network.name;
    if (ideal && run.result.complete) {
        run.result.what_if =
            std::make_shared<const nlohmann::ordered_json>(ideal->compare(run.result, config.machine));
    }
    if (traced) folder.write("timeline.json", traced->timeline_json(run.result).dump() + "\n");
    const int code = finish(run, config, how, folder, common);
    if (live) live->finish(run.result, manifest_json(run.result, config, how));
    if (traced) write_traces(*traced, folder.target());
    if (const auto wrong = ideal ? ideal->error() : ""; !wrong.empty()) throw std::runtime_error(wrong);
    return code;
}

/// Runs one network in a process of its own, since SystemC elaborates once a process.
int run_in_child(const run_options& options, const common_options& common, const std::string& name,
                 const fs::path& out) {
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child < 0) {
        throw std::runtime_error("no process could be started for the next network");
    }
    if (child == 0) {
        const int code = guarded([&] { return run_one(options, common, name, out); });
        std::fflush(nullptr);
        _exit(code);
    }
    // Ctrl-C reaches the child as well, which ends with whole results; wait for them.
    std::signal(SIGINT, SIG_IGN);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    std::signal(SIGINT, SIG_DFL);
    if (WIFSIGNALED(status)) {
        throw std::runtime_error(
            fmt::format("{}: the simulation was ended by signal {}", name, WTERMSIG(status)));
    }
    return WEXITSTATUS(status);
}

/// FILE as NAME.network.EXTENSION, so that what one network leaves is not what the next one overwrites.
std::string of_network(const std::string& file, const std::string& network) {
    const fs::path path(file);
    return file.empty()
               ? file
               : (path.parent_path() / (path.stem().string() + "." + network + path.extension().string()))
                     .string();
}

run_options options_of(const run_options& options, const std::string& network) {
    run_options own = options;
    own.watch.trace = of_network(options.watch.trace, network);
    own.watch.profile = of_network(options.watch.profile, network);
    return own;
}

int run_main_job(const run_options& options, const common_options& common) {
    if (!options.record_dram.empty()) {
        throw user_error("--record-dram expects --network: without it two networks run");
    }
    if (!options.record_noc.empty()) {
        throw user_error("--record-noc expects --network: without it two networks run");
    }
    if (options.world.gdb || !options.world.record.empty() || !options.world.replay.empty()) {
        throw user_error("--gdb, --record and --replay expect --network: without it two networks run");
    }
    if (options.trace.any()) {
        throw user_error("--trace-perfetto, --trace-db and --vcd expect --network: without it two run");
    }
    if (options.faults.any()) {
        throw user_error("--fault and --faults expect --network: without it two networks run");
    }
    if (options.live.any()) {
        throw user_error("--watch expects --network: without it two networks run");
    }
    if (!options.input.empty()) {
        throw user_error("--input expects --network: without it two networks run, each on its own input");
    }
    if (!options.mapping.file.empty()) {
        throw user_error(
            "--mapping expects --network: without it two networks run, each with its own layers");
    }
    const fs::path out = options.out.empty() ? "out" : options.out;
    auto child_options = common;
    child_options.quiet = common.quiet || common.json;
    child_options.json = false;
    int worst = exit_success;
    auto summaries = nlohmann::ordered_json::array();
    for (const std::string name : main_job) {
        const int code = run_in_child(options_of(options, name), child_options, name, out / name);
        worst = std::max(worst, code);
        if (code == exit_interrupted || code == exit_user) {
            return code;
        }
        if (common.json) {
            const auto text = read_bytes(out / name / "summary.json");
            summaries.push_back(nlohmann::ordered_json::parse(text.begin(), text.end()));
        } else if (!common.quiet) {
            fmt::print("\n");
        }
    }
    if (common.json) {
        fmt::print("{}\n", summaries.dump(2));
    }
    return worst;
}

int run(const run_options& options, const common_options& common) {
    if (options.network.empty()) {
        return run_main_job(options, common);
    }
    const fs::path out =
        options.out.empty() ? fs::path("out") / fs::path(options.network).stem() : fs::path(options.out);
    return run_one(options, common, options.network, out);
}

}  // namespace

void add_run(CLI::App& app, const common_options& common, action& chosen) {
    auto* command = app.add_subcommand(
        "run", "Run a network through the SoC; without --network sparse-mobilenet and sparse-alexnet.");
    command->fallthrough();
    auto options = std::make_shared<run_options>();
    command->add_option("--network", options->network, "Name of a built-in network, or an ONNX file");
    command->add_option("--input", options->input, "Input as .npy or .png [the network's own picture]");
    add_mapping_options(*command, options->mapping);
    command->add_option("--timing", options->timing, "functional: outputs only; timed: with cycles")
        ->check(CLI::IsMember({"functional", "timed"}))
        ->capture_default_str();
    command->add_option("--out", options->out, "Results folder [out/NETWORK]");
    command->add_option("--ideal", options->ideal,
                        "Run without this limit as well, to see what it costs: dram, noc, glb, firmware, "
                        "sparsity-balance or all-in-turn; repeatable");
    command->add_option("--record-dram", options->record_dram,
                        "Trace of the requests to DRAM, for dram --trace");
    command->add_option("--record-noc", options->record_noc,
                        "Trace of what the on-chip networks carry, for noc --pattern trace:FILE");
    command->add_option("--max-time", options->max_time, "End after this simulated time, e.g. 10ms");
    command->add_option("--max-instructions", options->max_instructions, "End after so many instructions");
    add_cpu_watch(*command, options->watch);
    add_access_log(*command, options->log);
    command->add_option(
        "--uart", options->uart,
        "Terminal of the firmware: stdio, pty, tcp:PORT, or a file, which gives no input [none]");
    add_outer_world(*command, options->world);
    add_fault_options(*command, options->faults);
    command->add_flag("--checked", options->checked,
                      "Let the driver keep checksums of feature maps and run each layer twice");
    add_trace_options(*command, options->trace);
    add_live(*command, options->live);
    command->add_option("--seed", options->seed, "Seed of a built-in network and of a random input")
        ->capture_default_str();
    command->callback([=, &common, &chosen] { chosen = [=, &common] { return run(*options, common); }; });
}

}  // namespace eyeriss::sims
