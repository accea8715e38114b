#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace eyeriss::sims {

/// What a child process left.
struct child_outcome {
    int exit_code = 0;   ///< 128 + signal where a signal ended it
    std::string output;  ///< standard output
    double wall_seconds = 0;
    double cpu_seconds = 0;  ///< user and system
    std::uint64_t peak_memory_bytes = 0;
};

/// Runs this program with other arguments and waits for it. \throws std::runtime_error when no process
/// starts.
[[nodiscard]] child_outcome run_self(const std::vector<std::string>& arguments);

}  // namespace eyeriss::sims
