#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "platform/debug/debug_record.h"
#include "platform/debug/debugger.h"

namespace eyeriss::platform {

/// Does again what a debugger did in a recorded run: stops harts where they stopped, changes what was
/// changed, and goes on as it went on. Where the run does not come to the place that was recorded, it ends.
class replayer {
public:
    /// Takes hold of the harts; `soc` outlives this.
    replayer(soc& soc, std::vector<debug_stop> stops, debugger::fault_injector injector);

    /// To be called between slices of the run: true when it shall end, as the recorded one did by the
    /// debugger's word, or since it departs from it.
    bool poll();
    /// The run has nothing left to do: true when a recorded stop of a sleeping hart is due.
    bool idle();
    /// True once the recorded debugger has killed the program.
    [[nodiscard]] bool killed() const { return debugger_.killed() && departure_.empty(); }
    /// Where the run departs from the recorded one, one line; empty when it does not. A stop that the run has
    /// not come to when it ended is a departure, too.
    [[nodiscard]] std::string departure() const;

private:
    debug_resume serve(unsigned hart, const hart_stop& stop);
    void act(const debug_action& action);
    debug_resume prepare(const debug_resume& recorded);
    bool stop_sleeper();

    std::vector<debug_stop> stops_;
    std::size_t next_ = 0;
    std::string departure_;
    debugger debugger_;
};

}  // namespace eyeriss::platform
