#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "sims/commands/command.h"
#include "sims/report/check_results.h"
#include "sims/report/diff.h"
#include "sims/report/page.h"
#include "sims/report/read_results.h"
#include "sims/report/report_data.h"
#include "sims/support/error.h"
#include "sims/support/whole_file.h"

namespace eyeriss::sims {
namespace {

struct report_options {
    std::string folder, output = "report.html";
};

struct diff_options {
    std::string a, b, html;
};

/// A folder whose figures agree with each other; prints what does not and returns false.
bool adds_up(const run_record& run) {
    const auto complaints = check_results(run);
    for (const auto& complaint : complaints) {
        fmt::print(stderr, "eyeriss-vp: {}\n", complaint);
    }
    return complaints.empty();
}

int run_report(const report_options& options, const common_options& common) {
    const auto run = read_results(options.folder);
    if (!adds_up(run)) {
        return exit_failed_check;
    }
    write_whole(options.output, report_page(report_data(run)));
    if (!common.quiet) {
        fmt::print("{}\n", options.output);
    }
    return exit_success;
}

int run_diff(const diff_options& options, const common_options& common) {
    const auto a = read_results(options.a);
    const auto b = read_results(options.b);
    if (!adds_up(a) || !adds_up(b)) {
        return exit_failed_check;
    }
    const auto comparison = compare(a, b);
    if (!options.html.empty()) {
        write_whole(options.html, diff_page(comparison));
    }
    if (common.json) {
        fmt::print("{}\n", comparison.dump(2));
    } else if (!common.quiet) {
        fmt::print("{}", diff_text(comparison));
    }
    return exit_success;
}

}  // namespace

void add_report(CLI::App& app, const common_options& common, action& chosen) {
    auto* command =
        app.add_subcommand("report", "Make one HTML file of a run's results, to be opened in any browser.");
    command->fallthrough();
    auto options = std::make_shared<report_options>();
    command->add_option("folder", options->folder, "Results of a run (run --out DIR)")->required();
    command->add_option("--output", options->output, "Where the page goes")->capture_default_str();
    command->callback(
        [=, &common, &chosen] { chosen = [=, &common] { return run_report(*options, common); }; });
}

void add_diff(CLI::App& app, const common_options& common, action& chosen) {
    auto* command = app.add_subcommand("diff", "Compare two runs, layer by layer and cause by cause.");
    command->fallthrough();
    auto options = std::make_shared<diff_options>();
    command->add_option("a", options->a, "Results of a run")->required();
    command->add_option("b", options->b, "Results of another")->required();
    command->add_option("--html", options->html, "Write the comparison as a page, too");
    command->callback(
        [=, &common, &chosen] { chosen = [=, &common] { return run_diff(*options, common); }; });
}

}  // namespace eyeriss::sims
