#include "sims/commands/reliability.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>

#include "firmware/compiler/emit_image.h"
#include "models/faults/fault_text.h"
#include "sims/dram/dram_choice.h"
#include "sims/inputs/network_source.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

struct reliability_options {
    std::string network = "lenet5", family, format = "md";
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

/// Runs a function in a child process, since SystemC elaborates once a process, and returns the short text
/// that it gives back; empty when it did not come to its end.
template <typename Work>
std::string in_child(Work work) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe could be made for a scenario");
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("no process could be started for a scenario");
    if (child == 0) {
        int code = 1;
        try {
            const std::string result = work();
            code =
                write(ends[1], result.data(), result.size()) == static_cast<ssize_t>(result.size()) ? 0 : 1;
        } catch (const std::exception& e) {
            fmt::print(stderr, "eyeriss-vp: {}\n", e.what());
        }
        _exit(code);
    }
    close(ends[1]);
    std::array<char, 1024> buffer{};
    const auto got = read(ends[0], buffer.data(), buffer.size());
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (got <= 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return {};
    return {buffer.data(), static_cast<std::size_t>(got)};
}

simulation_request request_for(const campaign& c, protection with) {
    auto request = c.request;
    request.machine.dram.ecc = request.machine.glb.ecc = with == protection::check_bits;
    request.checked = with == protection::checksums;
    return request;
}

/// The run without faults.
run_moments measure(const campaign& c, protection with) {
    const auto text = in_child([&] {
        const auto run = simulate_network(request_for(c, with), c.image, c.input, c.reference);
        return nlohmann::json{run.output_exact && run.result.complete, run.opened_ps, run.ended_ps,
                              run.result.instructions}
            .dump();
    });
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_array() || json.at(0) != true) {
        throw std::runtime_error(fmt::format("does not run rightly without faults (protection: {})",
                                             protection_names.at(static_cast<std::size_t>(with))));
    }
    return {json.at(1), json.at(2), json.at(3)};
}

fault_space space_of(std::span<const std::uint8_t> image) {
    const auto header = compiler::image_header(image);
    fault_space space;
    space.payload_begin = header.payload_offset;
    space.payload_end = header.file_bytes;
    for (std::uint32_t i = 0; i < header.layer_count; ++i) {
        if (compiler::image_layer(image, i).op == EYERISS_OP_ACCELERATOR) space.layers.push_back(i);
    }
    for (std::uint32_t i = 0; i < header.tensor_count; ++i) {
        const auto t = compiler::image_tensor(image, i);
        const auto blocks = (t.channels + t.block_channels - 1) / t.block_channels;
        const auto units = t.batch * blocks * t.height;
        space.maps.push_back({t.data_offset, t.data_offset + units * t.unit_stride_bytes});
        if (t.format == EYERISS_FORMAT_CSC)
            space.maps.push_back({t.table_offset, t.table_offset + 2 * units});
    }
    return space;
}

campaign prepare(const reliability_options& options, const common_options& common) {
    const auto config = common.machine();
    const auto cache = common.cache();
    campaign c{{config.machine, true, {}, false}, {}, {}, {}, {}};
    c.request.dram = chosen_dram(config.machine);
    const auto network = find_network(options.network, options.seed, cache);
    c.image = compile_network(network, config.machine, cache);
    const auto header = compiler::image_header(c.image.bytes);
    const auto shape = shape_of(compiler::image_tensor(c.image.bytes, header.input_tensor));
    c.input = default_input(compiler::image_name(c.image.bytes, header.name_offset), shape, options.seed);
    c.reference = reference_for(network, c.input, cache);
    c.space = space_of(c.image.bytes);
    if (c.space.layers.empty()) {
        throw user_error(fmt::format("--network {}: expects a layer on the accelerator", options.network));
    }
    c.space.plain = measure(c, protection::none);
    c.space.checked = measure(c, protection::checksums);
    constexpr std::uint64_t longest_run_ps = 200'000'000'000'000;  // the driver gives up well before
    constexpr std::uint64_t patience = 20;
    c.request.limits.time_ps = longest_run_ps;
    c.request.limits.instructions = patience * c.space.checked.instructions;
    return c;
}

fault_verdict play(const campaign& c, const fault_scenario& scenario) {
    const auto text = in_child([&] {
        auto request = request_for(c, scenario.claimed().with);
        request.faults = scenario.faults;
        const auto v = classify(scenario, simulate_network(request, c.image, c.input, c.reference));
        return nlohmann::json{static_cast<unsigned>(v.outcome), v.report}.dump();
    });
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_array()) return {fault_outcome::crash, {}};
    return {static_cast<fault_outcome>(json.at(0).get<unsigned>()), json.at(1)};
}

nlohmann::ordered_json as_json(const outcome_counts& table) {
    auto rows = nlohmann::ordered_json::array();
    for (std::size_t row = 0; row < table.size(); ++row) {
        if (std::ranges::all_of(table[row], [](auto n) { return n == 0; })) continue;
        const auto& claim = fault_claims().at(row);
        nlohmann::ordered_json entry{
            {"fault", claim.family},
            {"protection", protection_names.at(static_cast<std::size_t>(claim.with))},
            {"covered", coverage_names.at(static_cast<std::size_t>(claim.covered))},
            {"reports", claim.reports}};
        for (std::size_t i = 0; i < fault_outcome_names.size(); ++i) {
            entry[std::string(fault_outcome_names.at(i))] = table[row].at(i);
        }
        rows.push_back(entry);
    }
    return rows;
}

std::string described(std::uint64_t index, const fault_scenario& s, const fault_verdict& v) {
    std::string text = fmt::format("scenario {} (protection: {}):", index,
                                   protection_names.at(static_cast<std::size_t>(s.claimed().with)));
    for (const auto& f : s.faults) text += " " + faults::to_text(f);
    text += fmt::format(": {}", fault_outcome_names.at(static_cast<std::size_t>(v.outcome)));
    return v.report.empty() ? text : text + fmt::format(" '{}'", v.report);
}

void check_family(const std::string& family) {
    if (family.empty() ||
        std::ranges::find(fault_claims(), family, &fault_claim::family) != fault_claims().end())
        return;
    std::string known;
    for (std::size_t i = 0; i < fault_claims().size(); i += protection_names.size()) {
        known += fmt::format("{}'{}'", known.empty() ? "" : ", ", fault_claims()[i].family);
    }
    throw user_error(fmt::format("--family is '{}': expects one of {}", family, known));
}

int reliability(const reliability_options& options, const common_options& common) {
    check_family(options.family);
    const auto c = prepare(options, common);
    outcome_counts table(fault_claims().size());
    std::vector<std::string> failed;
    for (std::uint64_t i = 0; i < options.scenarios; ++i) {
        const auto row = claim_of_scenario(i);
        if (!options.family.empty() && fault_claims().at(row).family != options.family) continue;
        const auto s = draw_scenario(c.space, c.request.machine, options.seed, i);
        const auto verdict = play(c, s);
        ++table[row].at(static_cast<std::size_t>(verdict.outcome));
        if (is_failure(s, verdict)) failed.push_back(described(i, s, verdict));
        if (options.format == "list") fmt::print("{}\n", described(i, s, verdict));
    }
    const auto command = fmt::format("eyeriss-vp reliability --network {} --scenarios {} --seed {}",
                                     options.network, options.scenarios, options.seed);
    if (common.json) {
        fmt::print("{}\n", nlohmann::ordered_json{{"network", options.network},
                                                  {"seed", options.seed},
                                                  {"scenarios", options.scenarios},
                                                  {"outcomes", as_json(table)},
                                                  {"failed", failed}}
                               .dump(2));
    } else if (options.format == "md") {
        fmt::print("{}", campaign_markdown(command, table));
    }
    for (const auto& line : failed) fmt::print(stderr, "eyeriss-vp: {}\n", line);
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
    command->add_option("--family", options->family, "Only the scenarios of this row's kind of fault [all]");
    command
        ->add_option("--format", options->format,
                     "md: the table, as doc/reliability.md has it; list: a line a scenario")
        ->check(CLI::IsMember({"md", "list"}))
        ->capture_default_str();
    command->add_option("--seed", options->seed, "Seed of scenarios and network")->capture_default_str();
    command->callback(
        [=, &common, &chosen] { chosen = [=, &common] { return reliability(*options, common); }; });
}

}  // namespace eyeriss::sims
