#include <memory>
#include <string>

#include "sims/commands/command.h"
#include "sims/support/error.h"
#include "sims/trace/trace_database.h"
#include "sims/trace/vcd_replay.h"

namespace eyeriss::sims {

namespace {

struct vcd_options {
    std::string database, signals = "*", out;
};

int make_vcd(const vcd_options& options) {
    write_vcd(read_changes(options.database, options.signals), options.out);
    return exit_success;
}

}  // namespace

void add_vcd(CLI::App& app, const common_options& /*common*/, action& chosen) {
    auto* command = app.add_subcommand("vcd", "Replay streams of a trace database as signals in a VCD file.");
    command->fallthrough();
    auto options = std::make_shared<vcd_options>();
    command->add_option("database", options->database, "What run --trace-db has written")->required();
    command->add_option("--signals", options->signals, "Glob of stream names")->capture_default_str();
    command->add_option("--out", options->out, "The VCD file")->required();
    command->callback([=, &chosen] { chosen = [=] { return make_vcd(*options); }; });
}

}  // namespace eyeriss::sims
