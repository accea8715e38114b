#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "sims/commands/command.h"
#include "sims/support/cache.h"
#include "sims/support/error.h"
#include "sims/validate/report.h"
#include "sims/validate/topic.h"

namespace eyeriss::sims {
namespace fs = std::filesystem;
namespace {

using validate::section;
using validate::topic;

struct validate_options {
    std::vector<std::string> only;
    std::string output;
    unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
};

/// True where `id` is asked for: nothing was, or the id itself or a beginning of it up to a dot.
bool chosen_id(const std::vector<std::string>& only, const std::string& id) {
    return only.empty() || std::any_of(only.begin(), only.end(), [&](const std::string& word) {
               return id == word || id.starts_with(word + ".");
           });
}

/// Rules of all topics that are asked for; topics that have none are gone.
std::vector<topic> select(const std::vector<std::string>& only) {
    std::vector<topic> out;
    for (auto topic : validate::topics()) {
        const bool whole = !only.empty() && chosen_id(only, topic.id);
        const auto unwanted = [&](const auto& rule) { return !whole && !chosen_id(only, rule.id); };
        std::erase_if(topic.figures, unwanted);
        std::erase_if(topic.tables, unwanted);
        if (!topic.figures.empty() || !topic.tables.empty()) {
            out.push_back(std::move(topic));
        }
    }
    return out;
}

void check_names(const std::vector<std::string>& only) {
    for (const auto& word : only) {
        if (select({word}).empty()) {
            std::string known;
            for (const auto& topic : validate::topics()) {
                known += (known.empty() ? "" : ", ") + topic.id;
                for (const auto& rule : topic.figures) {
                    known += ", " + rule.id;
                }
            }
            throw user_error(
                fmt::format("--only {}: expects a topic, a figure or the beginning of one: {}", word, known));
        }
    }
}

std::vector<section> evaluate(const std::vector<topic>& topics, validate::run_set& runs) {
    std::vector<validate::run_key> needs;
    const auto add = [&](const auto& rules) {
        for (const auto& rule : rules) {
            needs.insert(needs.end(), rule.needs.begin(), rule.needs.end());
        }
    };
    for (const auto& topic : topics) {
        add(topic.figures);
        add(topic.tables);
    }
    runs.fetch(needs);
    std::vector<section> out;
    for (const auto& topic : topics) {
        section part{topic.title, topic.introduction, {}, {}, {}};
        for (const auto& rule : topic.figures) {
            part.figures.push_back(rule.make(runs));
        }
        for (const auto& rule : topic.tables) {
            auto made = rule.make(runs);
            part.tables.push_back(std::move(made.table));
            part.failures.insert(part.failures.end(), made.failures.begin(), made.failures.end());
        }
        out.push_back(std::move(part));
    }
    return out;
}

/// Writes a file whole or not at all.
void write_whole(const fs::path& file, const std::string& text) {
    auto partial = file;
    partial += ".partial";
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    write_bytes(partial, bytes);
    fs::rename(partial, file, error);
    if (error) {
        fs::remove(partial, error);
        throw user_error(fmt::format("--output: {} cannot be written", file.string()));
    }
}

/// A rule that a run broke, or a figure off without a word why, fails the validation.
int verdict(const std::vector<section>& sections) {
    int code = exit_success;
    for (const auto& part : sections) {
        for (const auto& failure : part.failures) {
            fmt::print(stderr, "eyeriss-vp: validate: {}\n", failure);
            code = exit_failed_check;
        }
        for (const auto& f : part.figures) {
            if (f.needs_explanation() && f.explanation.empty()) {
                fmt::print(stderr, "eyeriss-vp: validate: {} is off without an explanation\n", f.id);
                code = exit_failed_check;
            }
        }
    }
    return code;
}

int run_validation(const validate_options& options, const common_options& common) {
    if (!common.machine_file.empty() || !common.settings.empty()) {
        throw user_error("validate: expects neither --machine nor --set: each figure names its own machine");
    }
    check_names(options.only);
    validate::run_set runs(common.cache_folder, options.jobs, common.show_progress());
    const auto sections = evaluate(select(options.only), runs);
    if (!options.output.empty() || options.only.empty()) {
        const fs::path folder = options.output.empty() ? "doc" : options.output;
        write_whole(folder / "validation.md", validate::markdown(sections));
        write_whole(folder / "validation.json", validate::json_text(sections));
    }
    if (!common.quiet) {
        fmt::print("{}", common.json ? validate::json_text(sections) : validate::terminal_text(sections));
    }
    return verdict(sections);
}

}  // namespace

void add_validate(CLI::App& app, const common_options& common, action& chosen) {
    auto* command = app.add_subcommand("validate", "Hold the model against the published figures.");
    command->fallthrough();
    auto options = std::make_shared<validate_options>();
    command->add_option("--only", options->only, "Topics or figures, by id or its beginning [all]");
    command->add_option("--output", options->output,
                        "Folder of validation.md and validation.json [doc; nowhere with --only]");
    command->add_option("--jobs", options->jobs, "Simulations at a time [the host's processors]")
        ->check(CLI::Range(1, 256));
    command->callback(
        [=, &common, &chosen] { chosen = [=, &common] { return run_validation(*options, common); }; });
}

}  // namespace eyeriss::sims
