#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/sims/temporary_folder.h"

namespace eyeriss::test {

/// The results of the run "a" or "b" that the fixture made.
inline std::filesystem::path results_of(const std::string& run) {
    return std::filesystem::path(EYERISS_RESULTS) / run;
}

/// A copy of run "a" to be damaged.
class results_copy {
public:
    results_copy() { std::filesystem::copy(results_of("a"), path()); }
    [[nodiscard]] std::filesystem::path path() const { return folder_ / "run"; }
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path() / name; }

    /// Rewrites a JSON file after `change` had it.
    template <typename Change>
    void alter(const std::string& name, Change change) const {
        auto content = nlohmann::ordered_json::parse(read_text(path() / name));
        change(content);
        write_text(path() / name, content.dump(2));
    }

private:
    temporary_folder folder_;
};

}  // namespace eyeriss::test
