#pragma once

#include <algorithm>
#include <cstdint>
#include <systemc>

namespace eyeriss::platform {

/// Counts ticks of simulated time down to an event.
class countdown {
public:
    countdown(const char* name, std::uint64_t ticks_a_second)
        : over(name), tick_(1.0 / static_cast<double>(ticks_a_second), sc_core::SC_SEC) {}

    /// Notified when a count ends that was not stopped.
    sc_core::sc_event over;

    /// Begins a count anew; none is shorter than a tick.
    void start(std::uint32_t ticks) {
        stop();
        const sc_core::sc_time length =
            sc_core::sc_time::from_value(std::max<std::uint64_t>(ticks, 1) * tick_.value());
        end_ = sc_core::sc_time_stamp() + length;
        over.notify(length);
    }
    void stop() {
        over.cancel();
        end_ = sc_core::SC_ZERO_TIME;
    }
    /// Ticks that are left, begun ones included; 0 when none is counted.
    [[nodiscard]] std::uint32_t left() const {
        const sc_core::sc_time& now = sc_core::sc_time_stamp();
        if (end_ <= now) {
            return 0;
        }
        return static_cast<std::uint32_t>(((end_ - now).value() + tick_.value() - 1) / tick_.value());
    }

private:
    sc_core::sc_time tick_, end_;
};

}  // namespace eyeriss::platform
