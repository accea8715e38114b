#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace eyeriss::sims {

/// Through which a simulation goes at each layer and now and then, so that a person can hold it: pause, one
/// layer, go on, so much simulated time a second. Holding takes wall time and no simulated time, so no result
/// depends on it. The simulation and those who control it are different threads.
class run_gate {
public:
    explicit run_gate(bool paused = false) : paused_(paused) {}

    // The simulation.
    /// The next layer begins.
    void at_layer();
    /// Waits while paused, and as long as the speed asks. `interrupted` is asked ten times a second; true
    /// ends the wait and opens the gate for good.
    void pass(double simulated_seconds, const std::function<bool()>& interrupted);

    // Those who control it.
    void pause();
    void go();
    /// Goes on up to the next layer's begin.
    void step();
    /// Simulated seconds a wall second; 0: as fast as the host can.
    void set_speed(double simulated_a_second);

    struct state {
        bool paused = false;
        bool stepping = false;
        double speed = 0;
    };
    [[nodiscard]] state now() const;

private:
    using clock = std::chrono::steady_clock;
    void anchor(double simulated_seconds);
    [[nodiscard]] clock::time_point due(double simulated_seconds) const;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool paused_ = false, stepping_ = false, open_ = false;
    double speed_ = 0;
    bool anchored_ = false;  ///< else the pace begins with the next call of pass
    clock::time_point anchor_wall_;
    double anchor_simulated_ = 0;
};

}  // namespace eyeriss::sims
