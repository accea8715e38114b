#pragma once

#include <cstddef>

#include "sims/session/layer_log.h"

namespace eyeriss::sims {

/// Told how a network's run goes on, in the simulation's thread, between its steps. What it does takes wall
/// time and no simulated time, so no result depends on it.
class run_watcher {
public:
    run_watcher() = default;
    run_watcher(const run_watcher&) = delete;
    run_watcher& operator=(const run_watcher&) = delete;
    virtual ~run_watcher() = default;

    /// A layer begins; `log` holds those before it. An index past the last layer: there is none any more.
    virtual void layer_begins(std::size_t layer, double simulated_seconds, const layer_log& log) = 0;
    /// So much simulated time has passed; every 100 us of it.
    virtual void passed(double simulated_seconds) = 0;
    /// The run has ended, whole or not.
    virtual void ended() = 0;
};

}  // namespace eyeriss::sims
