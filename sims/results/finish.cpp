#include "sims/results/finish.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "sims/inputs/energy_file.h"
#include "sims/inputs/npy.h"
#include "sims/results/layer_table.h"
#include "sims/results/results_energy.h"
#include "sims/session/what_if.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

npy_type to_npy(compiler::dtype type) {
    return type == compiler::dtype::u8   ? npy_type::u8
           : type == compiler::dtype::i8 ? npy_type::i8
                                         : npy_type::i32;
}

int exit_code(const run_result& run) {
    if (run.stopped_by == "interrupt") {
        return exit_interrupted;
    }
    return run.complete && run.bit_exact() == true ? exit_success : exit_failed_check;
}

}  // namespace

int finish(const network_run& run, const platform::configuration& config, const provenance& how,
           results_folder& folder, const common_options& common) {
    auto result = run.result;
    result.energy_table = energy_table_for(common.energy_file, config.machine);
    const auto summary = summary_json(result, config.machine).dump(2) + "\n";
    folder.write("summary.json", summary);
    folder.write("layers.csv", layers_csv(result, config.machine));
    folder.write("action_counts.yaml", accelergy_yaml(result.actions(), config.machine.name));
    folder.write("manifest.json", manifest_json(result, config, how).dump(2) + "\n");
    folder.write("uart.log", run.uart);
    folder.write("mappings.yaml", run.mappings);
    if (!run.output.empty()) {
        write_npy(folder.staged("output.npy"), {to_npy(run.output_type), run.output_shape, run.output});
    }
    folder.publish();
    if (common.json) {
        fmt::print("{}", summary);
    } else if (!common.quiet) {
        fmt::print("{}{}results in {}\n", layer_table(result, config.machine, styles_of(STDOUT_FILENO)),
                   result.what_if ? what_if_table(*result.what_if) : "", folder.target().string());
        for (const auto& note : result.notes) {
            fmt::print("note: {}\n", note);
        }
    }
    if (!result.error.empty()) {
        fmt::print(stderr, "eyeriss-vp: {}: {}\n", result.network, result.error);
    }
    return exit_code(result);
}

}  // namespace eyeriss::sims
