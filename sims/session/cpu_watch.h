#pragma once

#include <CLI/App.hpp>
#include <deque>
#include <filesystem>
#include <fstream>
#include <string>

#include "platform/cpu/profile.h"
#include "platform/cpu/trace.h"
#include "platform/soc.h"
#include "sims/session/hart_observers.h"

namespace eyeriss::sims {

/// The functions of an ELF file. \throws user_error when it cannot be read as one
[[nodiscard]] platform::symbols symbols_of(const std::filesystem::path& executable);

/// What the command line asks to see of the core.
struct cpu_watch_options {
    std::string trace;    ///< --trace-cpu: a file, empty for none
    std::string profile;  ///< --profile-cpu: a file, empty for none
};

/// Adds --trace-cpu and --profile-cpu to a subcommand.
void add_cpu_watch(CLI::App& command, cpu_watch_options& options);

/// Watches the harts of a SoC while it lives. Files appear whole, at finish(), or not at all.
class cpu_watch {
public:
    /// `executable` is what the harts run, for its symbols; `harts` are those of `soc`. \throws user_error
    /// when a file cannot be written.
    cpu_watch(cpu_watch_options options, platform::soc& soc, hart_observers& harts,
              const std::filesystem::path& executable);
    cpu_watch(const cpu_watch&) = delete;
    cpu_watch& operator=(const cpu_watch&) = delete;
    ~cpu_watch();

    /// Writes the trace, FILE; or the profile: FILE with a line a function ("instructions cycles asleep calls
    /// function"), and FILE.folded with a line a chain of calls as flame-graph tools read it. Of hart n above
    /// 0 they are FILE.hart<n> and FILE.hart<n>.folded. \throws user_error
    void finish();

private:
    void begin_trace();
    void begin_profile();
    void write_profiles() const;

    cpu_watch_options options_;
    platform::soc& soc_;
    hart_observers& harts_;
    platform::symbols names_;
    std::ofstream trace_file_;
    std::deque<platform::cpu_trace> traces_;
    std::deque<platform::cpu_profile> profiles_;
};

}  // namespace eyeriss::sims
