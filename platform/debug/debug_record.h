#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace eyeriss::platform {

/// Something that a debugger changed.
struct debug_action {
    enum class kind : std::uint8_t {
        set_register,  ///< `number` of `hart` becomes `value`; GDB's numbers
        set_memory,    ///< at `address`, by debug transport
        write_device,  ///< the word `value` at `address`, as the hart would write it
        reset,         ///< the SoC, as soc::reset
        fault          ///< `text` injects it
    };
    kind what = kind::set_register;
    unsigned hart = 0;
    std::uint32_t number = 0, address = 0, value = 0;
    std::vector<std::uint8_t> bytes{};
    std::string text{};
    bool operator==(const debug_action&) const = default;
};

/// How harts go on after a stop.
struct debug_resume {
    enum class kind : std::uint8_t {
        run,         ///< all
        step,        ///< one makes a step, the others run
        step_alone,  ///< one makes a step, the others stand still
        detach,      ///< all, and nothing stops them any more
        kill,        ///< none: the run ends
        run_alone    ///< one, the others stand still
    };
    kind how = kind::run;
    unsigned hart = 0;  ///< that makes the step, or runs alone
    bool operator==(const debug_resume&) const = default;
};

/// A stop of a hart for the debugger: where, what was changed, and how it went on. A program without input
/// passes through the same places in every run, so these repeat a session.
struct debug_stop {
    unsigned hart = 0;
    std::uint64_t at_ps = 0;         ///< simulated time
    std::uint64_t instructions = 0;  ///< retired by the hart
    std::uint32_t pc = 0;
    bool asleep = false;  ///< in wfi
    std::vector<debug_action> actions{};
    debug_resume resume{};
    bool operator==(const debug_stop&) const = default;
};

}  // namespace eyeriss::platform
