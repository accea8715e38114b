#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace eyeriss::sims {

/// Calls `work` with each index below `count` in a process of its own, a copy of this one, `workers` at a
/// time. Returns what each call returned; empty where a process ended otherwise, after it has said why on
/// standard error. To be called while this process has one thread. \throws std::runtime_error when no process
/// starts.
[[nodiscard]] std::vector<std::string> run_forked(std::size_t count, unsigned workers,
                                                  const std::function<std::string(std::size_t)>& work);

}  // namespace eyeriss::sims
