#include "sims/commands/reliability.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "firmware/compiler/emit_image.h"
#include "models/faults/fault_text.h"
#include "sims/dram/dram_choice.h"
#include "sims/inputs/network_source.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

struct reliability_options {
    std::string network = "lenet5";
    std::uint64_t scenarios = 50;
    std::uint64_t seed = 1;
};

/// A network that is ready to be run many times, each time in a process of its own.
struct campaign {
    simulation_request request;
    prepared_image image;
    std::vector<std::uint8_t> input;
    compiler::reference_result reference;
    fault_space space;
};

/// Runs a function in a child process, since SystemC elaborates once a process, and returns the numbers that
/// it gives back; empty when it did not come to its end.
template <typename Work>
std::vector<std::uint64_t> in_child(Work work) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe could be made for a scenario");
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("no process could be started for a scenario");
    if (child == 0) {
        int code = 1;
        try {
            const std::vector<std::uint64_t> result = work();
            const auto bytes = result.size() * sizeof(std::uint64_t);
            code = write(ends[1], result.data(), bytes) == static_cast<ssize_t>(bytes) ? 0 : 1;
        } catch (const std::exception& e) {
            fmt::print(stderr, "eyeriss-vp: {}\n", e.what());
        }
        _exit(code);
    }
    close(ends[1]);
    std::array<std::uint64_t, 8> buffer{};
    const auto got = read(ends[0], buffer.data(), sizeof buffer);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (got <= 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return {};
    return {buffer.begin(), buffer.begin() + got / static_cast<ssize_t>(sizeof(std::uint64_t))};
}

campaign prepare(const reliability_options& options, const common_options& common) {
    const auto config = common.machine();
    const auto cache = common.cache();
    campaign c{{config.machine, true, {}, false}, {}, {}, {}, {}};
    c.request.dram = chosen_dram(config.machine);
    constexpr std::uint64_t longest_run_ps = 200'000'000'000'000;  // the driver gives up well before
    c.request.limits.time_ps = longest_run_ps;
    const auto network = find_network(options.network, options.seed, cache);
    c.image = compile_network(network, config.machine, cache);
    const auto header = compiler::image_header(c.image.bytes);
    const auto shape = shape_of(compiler::image_tensor(c.image.bytes, header.input_tensor));
    c.input = default_input(compiler::image_name(c.image.bytes, header.name_offset), shape, options.seed);
    c.reference = reference_for(network, c.input, cache);
    c.space.image_bytes = header.memory_bytes;
    for (std::uint32_t i = 0; i < header.layer_count; ++i) {
        if (compiler::image_layer(c.image.bytes, i).op == EYERISS_OP_ACCELERATOR) c.space.layers.push_back(i);
    }
    const auto clean = in_child([&]() -> std::vector<std::uint64_t> {
        const auto run = simulate_network(c.request, c.image, c.input, c.reference);
        return {run.output_exact ? 1U : 0U, static_cast<std::uint64_t>(run.result.simulated_seconds * 1e12)};
    });
    if (clean.size() != 2 || clean[0] != 1 || c.space.layers.empty()) {
        throw std::runtime_error(fmt::format("{}: does not run rightly without faults", options.network));
    }
    c.space.run_ps = clean[1];
    return c;
}

fault_outcome play(const campaign& c, const fault_scenario& scenario) {
    const auto result = in_child([&]() -> std::vector<std::uint64_t> {
        auto request = c.request;
        request.machine.dram.ecc = request.machine.glb.ecc = scenario.check_bits;
        request.faults = scenario.faults;
        return {static_cast<std::uint64_t>(
            classify(scenario, simulate_network(request, c.image, c.input, c.reference)))};
    });
    return result.size() == 1 ? static_cast<fault_outcome>(result[0]) : fault_outcome::crash;
}

using counts = std::array<std::uint64_t, fault_outcome_names.size()>;
/// By family and whether memories have check bits.
using outcome_table = std::map<std::pair<std::string, bool>, counts>;

std::string markdown(const outcome_table& table) {
    std::string text = "| fault | check bits |";
    std::string rule = "\n|---|---|";
    for (const auto name : fault_outcome_names) {
        text += fmt::format(" {} |", name);
        rule += "--:|";
    }
    text += rule + "\n";
    for (const auto& [row, n] : table) {
        text += fmt::format("| {} | {} | {} |\n", row.first, row.second ? "yes" : "no", fmt::join(n, " | "));
    }
    return text;
}

nlohmann::ordered_json as_json(const outcome_table& table) {
    auto rows = nlohmann::ordered_json::array();
    for (const auto& [row, n] : table) {
        nlohmann::ordered_json entry{{"fault", row.first}, {"check_bits", row.second}};
        for (std::size_t i = 0; i < n.size(); ++i) entry[std::string(fault_outcome_names[i])] = n[i];
        rows.push_back(entry);
    }
    return rows;
}

std::string described(std::uint64_t index, const fault_scenario& s) {
    std::string text = fmt::format("scenario {} ({} check bits):", index, s.check_bits ? "with" : "no");
    for (const auto& f : s.faults) text += " " + faults::to_text(f);
    return text;
}

int reliability(const reliability_options& options, const common_options& common) {
    const auto c = prepare(options, common);
    outcome_table table;
    auto failed = nlohmann::ordered_json::array();
    for (std::uint64_t i = 0; i < options.scenarios; ++i) {
        const auto s = draw_scenario(c.space, c.request.machine, options.seed, i);
        const auto outcome = play(c, s);
        const auto number = static_cast<std::size_t>(outcome);
        ++table[{s.family, s.check_bits}].at(number);
        if (outcome >= fault_outcome::wrong_code && is_covered(s)) {
            failed.push_back(fmt::format("{}: {}", described(i, s), fault_outcome_names.at(number)));
        }
    }
    if (common.json) {
        fmt::print("{}\n", nlohmann::ordered_json{{"network", options.network},
                                                  {"seed", options.seed},
                                                  {"scenarios", options.scenarios},
                                                  {"outcomes", as_json(table)},
                                                  {"failed", failed}}
                               .dump(2));
    } else {
        fmt::print("{}", markdown(table));
    }
    for (const auto& line : failed) fmt::print(stderr, "eyeriss-vp: {}\n", line.get<std::string>());
    return failed.empty() ? exit_success : exit_failed_check;
}

}  // namespace

void add_reliability(CLI::App& app, const common_options& common, action& chosen) {
    auto* command = app.add_subcommand(
        "reliability", "Run a network under seeded faults and count how the runs end, by kind of fault.");
    command->fallthrough();
    auto options = std::make_shared<reliability_options>();
    command->add_option("--network", options->network, "Name of a built-in network, or an ONNX file")
        ->capture_default_str();
    command->add_option("--scenarios", options->scenarios, "How many runs")->capture_default_str();
    command->add_option("--seed", options->seed, "Seed of scenarios and network")->capture_default_str();
    command->callback(
        [=, &common, &chosen] { chosen = [=, &common] { return reliability(*options, common); }; });
}

}  // namespace eyeriss::sims
