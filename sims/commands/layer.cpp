#include <fmt/format.h>

#include <memory>

#include "firmware/compiler/reference.h"
#include "sims/commands/command.h"
#include "sims/inputs/layer_graph.h"
#include "sims/inputs/places.h"
#include "sims/inputs/prepare.h"
#include "sims/results/finish.h"
#include "sims/session/simulate.h"
#include "sims/support/duration.h"
#include "sims/support/error.h"
#include "sims/support/sha256.h"

namespace eyeriss::sims {
namespace fs = std::filesystem;
namespace {

struct layer_options {
    std::string iact, weight, bias, output;
    std::string pad = "0";
    std::string out = "out/layer";
    std::string timing = "timed";
    std::string output_type, max_time;
    mapping_options mapping;
    std::optional<std::uint64_t> max_instructions;
    unsigned stride = 1, groups = 1;
    std::optional<float> requant_scale;
    std::int32_t iact_zero_point = 0, output_zero_point = 0;
};

layer_request read_request(const layer_options& options) {
    layer_request r;
    r.iact = read_npy(options.iact);
    r.weight = read_npy(options.weight);
    if (!options.bias.empty()) {
        r.bias = read_npy(options.bias);
    }
    r.stride = options.stride;
    r.pad = parse_pads(options.pad);
    r.groups = options.groups;
    r.requant_scale = options.requant_scale;
    r.iact_zero_point = options.iact_zero_point;
    r.output_zero_point = options.output_zero_point;
    if (!options.output_type.empty()) {
        r.output_type = options.output_type == "int8" ? npy_type::i8 : npy_type::u8;
    }
    return r;
}

provenance trace(const layer_options& options, const common_options& common) {
    provenance how;
    how.command_line = common.command_line;
    how.inputs.push_back({"iact", options.iact, hash_file(options.iact)});
    how.inputs.push_back({"weight", options.weight, hash_file(options.weight)});
    if (!options.bias.empty()) {
        how.inputs.push_back({"bias", options.bias, hash_file(options.bias)});
    }
    if (!options.mapping.file.empty()) {
        how.inputs.push_back({"mapping", options.mapping.file, hash_file(options.mapping.file)});
    }
    how.inputs.push_back({"firmware", "run_network", hash_file(firmware_file("run_network"))});
    if (!common.machine_file.empty()) {
        how.inputs.push_back({"machine", common.machine_file, hash_file(common.machine_file)});
    }
    return how;
}

/// Copies the output array to where --output wants it, whole or not at all.
void publish_output(const network_run& run, const results_folder& folder, const fs::path& file) {
    if (run.output.empty()) {
        return;
    }
    auto partial = file;
    partial += ".partial";
    std::error_code error;
    fs::copy_file(folder.target() / "output.npy", partial, fs::copy_options::overwrite_existing, error);
    if (!error) {
        fs::rename(partial, file, error);
    }
    if (error) {
        std::error_code ignored;
        fs::remove(partial, ignored);
        throw user_error(fmt::format("--output {}: cannot be written: {}", file.string(), error.message()));
    }
}

int run_layer_command(const layer_options& options, const common_options& common) {
    const auto config = common.machine();
    simulation_request request{config.machine, options.timing == "timed", {}, common.show_progress()};
    if (!options.max_time.empty()) {
        request.limits.time_ps = parse_duration_ps(options.max_time, "--max-time");
    }
    request.limits.instructions = options.max_instructions;
    const auto arrays = read_request(options);
    const auto graph = make_layer_graph(arrays);
    const auto mapping = read_mapping_request(options.mapping, common.energy_file, config.machine);
    results_folder folder(options.out);
    const auto image = compile_graph(graph, config.machine, arrays.iact.bytes, mapping);
    const auto reference = compiler::run_reference(graph, arrays.iact.bytes);
    auto run = simulate_network(request, image, arrays.iact.bytes, reference);
    const int code = finish(run, config, trace(options, common), folder, common);
    if (!options.output.empty()) {
        publish_output(run, folder, options.output);
    }
    return code;
}

}  // namespace

void add_layer(CLI::App& app, const common_options& common, action& chosen) {
    auto* command = app.add_subcommand("layer", "Run one CONV, depthwise or FC layer from arrays.");
    command->fallthrough();
    auto options = std::make_shared<layer_options>();
    command->add_option("--iact", options->iact, "Input, .npy of N,C,H,W in int8 or uint8")->required();
    command->add_option("--weight", options->weight, "Weights, .npy of M,C/G,R,S in int8")->required();
    command->add_option("--bias", options->bias, "Bias, .npy of M in int32 [zeros]");
    command->add_option("--output", options->output, "File for the output, .npy");
    command->add_option("--stride", options->stride, "Stride in both directions")->capture_default_str();
    command->add_option("--pad", options->pad, "One number, or top,left,bottom,right")->capture_default_str();
    command->add_option("--groups", options->groups, "Groups")->capture_default_str();
    command->add_option("--requant-scale", options->requant_scale,
                        "Requantise to 8 bits by this factor [the output is the int32 accumulators]");
    command->add_option("--iact-zero-point", options->iact_zero_point, "Zero point of the input")
        ->capture_default_str();
    command->add_option("--output-zero-point", options->output_zero_point, "Zero point of an 8-bit output")
        ->capture_default_str();
    command->add_option("--output-type", options->output_type, "Type of an 8-bit output [the input's]")
        ->check(CLI::IsMember({"int8", "uint8"}));
    add_mapping_options(*command, options->mapping, "; the layer's name is 'layer'");
    command->add_option("--timing", options->timing, "functional: outputs only; timed: with cycles")
        ->check(CLI::IsMember({"functional", "timed"}))
        ->capture_default_str();
    command->add_option("--out", options->out, "Results folder")->capture_default_str();
    command->add_option("--max-time", options->max_time, "End after this simulated time, e.g. 10ms");
    command->add_option("--max-instructions", options->max_instructions, "End after so many instructions");
    command->callback(
        [=, &common, &chosen] { chosen = [=, &common] { return run_layer_command(*options, common); }; });
}

}  // namespace eyeriss::sims
