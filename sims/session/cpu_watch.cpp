#include "sims/session/cpu_watch.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "sims/support/error.h"

namespace eyeriss::sims {

namespace {

namespace fs = std::filesystem;

fs::path partial_of(const std::string& file) {
    return file + ".partial";
}

void publish(const char* option, const std::string& file) {
    std::error_code error;
    fs::rename(partial_of(file), file, error);
    if (error) {
        throw user_error(fmt::format("{} {}: cannot be written: {}", option, file, error.message()));
    }
}

std::ofstream open_partial(const char* option, const std::string& file) {
    std::ofstream out(partial_of(file), std::ios::binary);
    if (!out) {
        throw user_error(
            fmt::format("{} {}: cannot be written; expects a file in a folder that exists", option, file));
    }
    return out;
}

void write_whole(const std::string& file, const std::string& text) {
    constexpr const char* option = "--profile-cpu";
    auto out = open_partial(option, file);
    out << text;
    out.close();
    if (!out) {
        throw user_error(fmt::format("{} {}: cannot be written whole", option, file));
    }
    publish(option, file);
}

std::string table_of(const platform::cpu_profile& profile) {
    std::string text = fmt::format("{:>14} {:>14} {:>14} {:>10}  function\n", "instructions", "cycles",
                                   "asleep_cycles", "calls");
    for (const auto& f : profile.functions()) {
        text += fmt::format("{:>14} {:>14} {:>14} {:>10}  {}\n", f.own.instructions, f.own.cycles,
                            f.own.asleep_cycles, f.calls, f.name);
    }
    return text;
}

// What is no memory has no code either; an instruction may end where memory does.
std::uint32_t code_at(platform::soc& soc, std::uint32_t address) {
    std::array<std::uint8_t, 4> bytes{};
    for (std::uint32_t offset = 0; offset < bytes.size(); offset += 2) {
        if (soc.bus().debug_read(address + offset, std::span(bytes).subspan(offset, 2)) < 2) {
            break;
        }
    }
    std::uint32_t bits = 0;
    std::memcpy(&bits, bytes.data(), sizeof bits);
    return bits;
}

}  // namespace

platform::symbols symbols_of(const fs::path& executable) {
    try {
        return platform::symbols(executable);
    } catch (const std::runtime_error& wrong) {
        throw user_error(wrong.what());
    }
}

void add_cpu_watch(CLI::App& command, cpu_watch_options& options) {
    command.add_option("--trace-cpu", options.trace,
                       "File for a line an instruction: cycle, address, disassembled, register");
    command.add_option("--profile-cpu", options.profile,
                       "File for instructions and cycles a function; FILE.folded for flame graphs");
}

cpu_watch::cpu_watch(cpu_watch_options options, platform::soc& soc, hart_observers& harts,
                     const fs::path& executable)
    : options_(std::move(options)), soc_(soc), harts_(harts) {
    if (options_.trace.empty() && options_.profile.empty()) {
        return;
    }
    names_ = symbols_of(executable);
    if (!options_.profile.empty()) begin_profile();
    if (!options_.trace.empty()) begin_trace();
}

void cpu_watch::begin_profile() {
    open_partial("--profile-cpu", options_.profile);
    for (unsigned id = 0; id < soc_.harts(); ++id) harts_.of(id).add(profiles_.emplace_back(names_));
}

void cpu_watch::begin_trace() {
    trace_file_ = open_partial("--trace-cpu", options_.trace);
    for (unsigned id = 0; id < soc_.harts(); ++id) {
        harts_.of(id).add(traces_.emplace_back(
            soc_.cpu(id), id, names_, [this](std::uint32_t address) { return code_at(soc_, address); },
            trace_file_));
    }
}

cpu_watch::~cpu_watch() {
    for (unsigned id = 0; id < traces_.size(); ++id) harts_.of(id).remove(traces_[id]);
    for (unsigned id = 0; id < profiles_.size(); ++id) harts_.of(id).remove(profiles_[id]);
    for (const std::string& file : {options_.trace, options_.profile}) {
        std::error_code ignored;
        if (!file.empty()) {
            fs::remove(partial_of(file), ignored);
        }
    }
}

void cpu_watch::finish() {
    if (!options_.trace.empty()) {
        trace_file_.close();
        if (!trace_file_) {
            throw user_error(fmt::format("--trace-cpu {}: cannot be written whole", options_.trace));
        }
        publish("--trace-cpu", options_.trace);
    }
    if (!options_.profile.empty()) {
        write_profiles();
    }
}

void cpu_watch::write_profiles() const {
    for (std::size_t id = 0; id < profiles_.size(); ++id) {
        const std::string file = id == 0 ? options_.profile : fmt::format("{}.hart{}", options_.profile, id);
        write_whole(file, table_of(profiles_[id]));
        write_whole(file + ".folded", profiles_[id].folded_stacks());
    }
}

}  // namespace eyeriss::sims
