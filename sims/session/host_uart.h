#pragma once

#include <functional>
#include <memory>
#include <string>

#include "platform/soc.h"

namespace eyeriss::sims {

/// What the UART of a SoC is connected to on the host. Reads never block but in wait().
class host_uart {
public:
    host_uart() = default;
    host_uart(const host_uart&) = delete;
    host_uart& operator=(const host_uart&) = delete;
    virtual ~host_uart() = default;

    virtual void put(char c) = 0;
    /// At most so many characters that have come; empty when there are none now.
    virtual std::string take(std::size_t most) = 0;
    /// Waits for input, some 100 ms at most. False when none can come any more.
    virtual bool wait() = 0;
};

/// Opens "stdio", "pty" (its name is said on standard error), "tcp:PORT" (a port of 127.0.0.1, 0 for a free
/// one; waits there for a client) or a file, which takes output and gives no input.
/// \throws user_error
[[nodiscard]] std::unique_ptr<host_uart> open_host_uart(const std::string& where);

/// Brings what comes in at `uart` to the SoC's UART: asked at each slice of a run, and while nothing else is
/// to happen, as long as firmware waits for input. No more is taken from the host than the FIFO holds.
/// What `limits` ask stays asked. Input comes in by soc::outside, and so can be recorded and replayed.
[[nodiscard]] platform::run_limits with_input(platform::run_limits limits, host_uart& uart,
                                              platform::soc& soc);

}  // namespace eyeriss::sims
