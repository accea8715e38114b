#pragma once

#include <CLI/App.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "platform/access_watch.h"
#include "platform/soc.h"

namespace eyeriss::sims {

/// Adds --log to a subcommand: "bus=debug" or "bus=debug:FILE", empty for none.
void add_access_log(CLI::App& command, std::string& option);

/// Accesses that were refused, as results name them: an array of place, access, bytes, value (writes), hart,
/// pc, reason, count and the time of the first.
[[nodiscard]] nlohmann::ordered_json refused_json(const std::vector<platform::refused_access>& refused);

/// Sees a run's accesses to registers: what --log asks for, and what is refused in any run.
class access_log {
public:
    /// `option`: what --log says. \throws user_error for another text or a file that cannot be written.
    access_log(const std::string& option, platform::soc& soc);

    [[nodiscard]] const std::vector<platform::refused_access>& refused() const { return watch_->refused(); }
    /// Says on standard error what was refused, a line each, nothing when there is nothing.
    void print_refused() const;
    /// Ends the log. \throws user_error when it could not be written whole.
    void finish();

private:
    struct close_file {
        void operator()(std::FILE* file) const { std::fclose(file); }  // NOLINT(*-owning-memory)
    };
    std::string path_;
    std::unique_ptr<std::FILE, close_file> file_;
    std::unique_ptr<platform::access_watch> watch_;
};

}  // namespace eyeriss::sims
