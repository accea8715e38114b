#include "sims/live/run_gate.h"

#include <algorithm>

namespace eyeriss::sims {

void run_gate::at_layer() {
    const std::lock_guard lock(mutex_);
    if (!stepping_) return;
    stepping_ = false;
    paused_ = true;
    changed_.notify_all();
}

void run_gate::anchor(double simulated_seconds) {
    if (anchored_) return;
    anchored_ = true;
    anchor_wall_ = clock::now();
    anchor_simulated_ = simulated_seconds;
}

run_gate::clock::time_point run_gate::due(double simulated_seconds) const {
    constexpr double longest_seconds = 3600;  // and then once more
    const double seconds = std::min((simulated_seconds - anchor_simulated_) / speed_, longest_seconds);
    return anchor_wall_ + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
}

void run_gate::pass(double simulated_seconds, const std::function<bool()>& interrupted) {
    constexpr std::chrono::milliseconds asked_every{100};
    std::unique_lock lock(mutex_);
    while (!open_) {
        if (!paused_ && speed_ <= 0) return;
        if (!paused_) {
            anchor(simulated_seconds);
            if (clock::now() >= due(simulated_seconds)) return;
        }
        const auto wake = clock::now() + asked_every;
        changed_.wait_until(lock, paused_ ? wake : std::min(wake, due(simulated_seconds)));
        lock.unlock();
        const bool ends = interrupted && interrupted();
        lock.lock();
        open_ = open_ || ends;
    }
}

void run_gate::pause() {
    const std::lock_guard lock(mutex_);
    paused_ = true;
    stepping_ = false;
    anchored_ = false;
    changed_.notify_all();
}

void run_gate::go() {
    const std::lock_guard lock(mutex_);
    paused_ = stepping_ = false;
    changed_.notify_all();
}

void run_gate::step() {
    const std::lock_guard lock(mutex_);
    paused_ = false;
    stepping_ = true;
    changed_.notify_all();
}

void run_gate::set_speed(double simulated_a_second) {
    const std::lock_guard lock(mutex_);
    speed_ = simulated_a_second;
    anchored_ = false;
    changed_.notify_all();
}

run_gate::state run_gate::now() const {
    const std::lock_guard lock(mutex_);
    return {paused_, stepping_, speed_};
}

}  // namespace eyeriss::sims
