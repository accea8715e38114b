#pragma once

#include <cstdint>
#include <optional>

#include "platform/devices/peripheral.h"

namespace eyeriss::platform {

/// Test finisher with the register of SiFive's test device: writing 0x5555 ends the run with exit code 0,
/// 0x3333 with the code in the upper half (1 when that is 0, so that a failure never looks like a success).
/// Other values are bus errors. The simulation is paused at once (sc_pause), so sc_start returns; whoever
/// called it asks for the code.
class finisher : public peripheral {
public:
    static constexpr std::uint64_t window_bytes = 0x1000;

    explicit finisher(sc_core::sc_module_name name);

    /// The exit code, or nothing while no one has finished.
    [[nodiscard]] std::optional<int> exit_code() const { return exit_code_; }
    /// Ends the run with a code, as a write of the register does.
    void end(int code) {
        exit_code_ = code;
        sc_core::sc_pause();
    }
    /// Forgets the exit code, to run on.
    void clear() { exit_code_.reset(); }

private:
    bool write(std::uint32_t value);

    std::optional<int> exit_code_;
};

}  // namespace eyeriss::platform
