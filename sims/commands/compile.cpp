#include "firmware/compiler/emit_image.h"

#include <fmt/format.h>

#include <memory>

#include "firmware/compiler/noc_routes.h"
#include "sims/commands/command.h"
#include "sims/inputs/network_source.h"
#include "sims/inputs/prepare.h"
#include "sims/results/layer_table.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace fs = std::filesystem;
namespace {

struct compile_command_options {
    std::string network;
    mapping_options mapping;
    std::string output;
    std::uint64_t seed = 1;
};

void print_mappings(const prepared_image& image, const arch::machine& machine) {
    const auto header = compiler::image_header(image.bytes);
    for (unsigned i = 0; i < header.layer_count; ++i) {
        const auto layer = compiler::image_layer(image.bytes, i);
        const auto name = compiler::image_name(image.bytes, layer.name_offset);
        if (layer.op != EYERISS_OP_ACCELERATOR) {
            fmt::print("{:<16} on the core\n", name);
            continue;
        }
        const auto descriptor = compiler::image_descriptor(image.bytes, layer.descriptor_offset);
        const auto map = compiler::descriptor_mapping(descriptor);
        const auto routes = compiler::make_noc_routes(compiler::descriptor_shape(descriptor), map, machine);
        fmt::print("{:<16} {}\n{:<16} iact {}, weight {}, psum {}\n", name, map.text(), "", routes.iact_mode,
                   routes.weight_mode, routes.psum_mode);
        if (const auto* notes = image.notes.layer(name)) {
            fmt::print("{:<16} {}\n", "", search_line(notes->mapping));
        }
    }
}

int compile_to_file(const compile_command_options& options, const common_options& common) {
    const auto config = common.machine();
    const auto mapping = read_mapping_request(options.mapping, common.energy_file, config.machine);
    const auto cache = common.cache();
    const auto network = find_network(options.network, options.seed, cache);
    const auto image = compile_network(network, config.machine, cache, mapping);
    const fs::path file = options.output.empty() ? network.name + ".img" : options.output;
    auto partial = file;
    partial += ".partial";
    std::error_code error;
    try {
        write_bytes(partial, image.bytes);
        fs::rename(partial, file);
    } catch (const std::exception&) {
        fs::remove(partial, error);
        throw user_error(fmt::format("--output {}: cannot be written", file.string()));
    }
    if (!common.quiet) {
        print_mappings(image, config.machine);
        for (const auto& note : image.notes.notes) {
            fmt::print("note: {}\n", note);
        }
        fmt::print("{}: {} bytes for machine {}\n", file.string(), image.bytes.size(), config.machine.name);
    }
    return exit_success;
}

}  // namespace

void add_compile(CLI::App& app, const common_options& common, action& chosen) {
    auto* command = app.add_subcommand("compile", "Map a network and write the image that firmware loads.");
    command->fallthrough();
    auto options = std::make_shared<compile_command_options>();
    command->add_option("--network", options->network, "Name of a built-in network, or an ONNX file")
        ->required();
    add_mapping_options(*command, options->mapping);
    command->add_option("-o,--output", options->output, "File to write [NETWORK.img]");
    command->add_option("--seed", options->seed, "Seed of a built-in network")->capture_default_str();
    command->callback(
        [=, &common, &chosen] { chosen = [=, &common] { return compile_to_file(*options, common); }; });
}

}  // namespace eyeriss::sims
