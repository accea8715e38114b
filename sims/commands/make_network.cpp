#include <fmt/format.h>

#include <fstream>
#include <memory>

#include "sims/commands/command.h"
#include "sims/networks/networks.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace fs = std::filesystem;
namespace {

struct make_network_options {
    std::string name;
    std::string output;
    std::uint64_t seed = 1;
    std::optional<unsigned> image;
    bool list = false;
};

int print_list() {
    for (const auto& n : networks::list()) {
        fmt::print("{:<18} {:>9.3f} M MACs, image {}x{}\n    {}\n", n.name, static_cast<double>(n.macs) / 1e6,
                   n.image, n.image, n.description);
    }
    return exit_success;
}

/// The file is there whole or not at all.
void write_model(const onnx::ModelProto& model, const fs::path& file) {
    auto partial = file;
    partial += ".partial";
    std::ofstream out(partial, std::ios::binary);
    const bool written = out && model.SerializeToOstream(&out) && out.flush();
    std::error_code error;
    if (written) {
        fs::rename(partial, file, error);
    }
    if (!written || error) {
        fs::remove(partial, error);
        throw user_error(fmt::format("--output {}: cannot be written", file.string()));
    }
}

int make_network(const make_network_options& options, const common_options& common) {
    if (options.list) {
        return print_list();
    }
    networks::generated_network made;
    try {
        made = networks::generate(options.name, {options.seed, options.image});
    } catch (const std::invalid_argument& error) {
        throw user_error(fmt::format("make-network: {}", error.what()));
    }
    const fs::path file = options.output.empty() ? options.name + ".onnx" : options.output;
    write_model(made.model, file);
    if (!common.quiet) {
        std::uint64_t macs = 0;
        std::uint64_t effectual = 0;
        fmt::print("{:<16} {:<4} {:>12} {:>12} {:>6} {:>6}\n", "layer", "type", "MACs", "effectual", "iact",
                   "weight");
        for (const auto& l : made.layers) {
            fmt::print("{:<16} {:<4} {:>12} {:>12} {:>6.3f} {:>6.3f}\n", l.name, l.type, l.macs, l.effectual,
                       l.iact, l.weight);
            macs += l.macs;
            effectual += l.effectual;
        }
        fmt::print("{}: {} MACs nominal, {} effectual on the picture of the calibration\n", file.string(),
                   macs, effectual);
    }
    return exit_success;
}

}  // namespace

void add_make_network(CLI::App& app, const common_options& common, action& chosen) {
    auto* command = app.add_subcommand("make-network", "Write one of the built-in networks as an ONNX file.");
    command->fallthrough();
    auto options = std::make_shared<make_network_options>();
    auto* name = command->add_option("NAME", options->name, "Network; --list shows all");
    auto* list = command->add_flag("--list", options->list, "Show the networks that there are");
    command->add_option("-o,--output", options->output, "File to write [NAME.onnx]");
    command->add_option("--seed", options->seed, "Seed of weights")->capture_default_str();
    command->add_option("--image", options->image, "Side of the input image in pixels [as published]");
    command->callback([=, &common, &chosen] {
        if (name->empty() && list->empty()) {
            throw user_error("make-network: expects a NAME, or --list");
        }
        chosen = [=, &common] { return make_network(*options, common); };
    });
}

}  // namespace eyeriss::sims
