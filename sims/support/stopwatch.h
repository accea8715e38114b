#pragma once

#include <chrono>
#include <ctime>

namespace eyeriss::sims {

/// Wall and CPU time of this process since its construction.
class stopwatch {
public:
    [[nodiscard]] double wall_seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
    }
    [[nodiscard]] double cpu_seconds() const {
        return static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC;
    }

private:
    std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
    std::clock_t cpu_ = std::clock();
};

}  // namespace eyeriss::sims
