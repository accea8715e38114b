#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sims/trace/trace_data.h"

namespace eyeriss::sims {

/// Writes transactions and counters as an SQLite database (doc/traces.md has its tables and queries).
/// \throws user_error naming the file and SQLite's reason.
void write_database(const std::filesystem::path& file, const trace_data& data);

/// A stream as a database holds it: when which values changed.
struct stream_change {
    observe::picoseconds at = 0;
    std::int64_t open = 0;                     ///< transactions under way from then on
    std::vector<std::int64_t> attribute_sums;  ///< over these, by stream_changes::attributes
    bool operator==(const stream_change&) const = default;
};
struct stream_changes {
    std::string name;
    std::vector<std::string> attributes;
    std::vector<stream_change> changes;  ///< in order of time, each time once
};

/// The streams of a database whose names match the glob. \throws user_error when it is none, or nothing
/// matches.
[[nodiscard]] std::vector<stream_changes> read_changes(const std::filesystem::path& database,
                                                       const std::string& glob);

}  // namespace eyeriss::sims
