#include <fmt/format.h>

#include "platform/memory_map.h"
#include "platform/soc.h"

namespace eyeriss::platform {

fault_targets soc::make_fault_targets(const soc_options& options) {
    fault_targets targets{accelerator_, nullptr, memory_map::dram_base, [this] { flush_code(); }};
    if (!options.own_memory) {
        targets.memory = [this]() -> dram::memory_faults& {
            return dram_ ? dram_->faults() : dram_controller_->faults();
        };
    }
    return targets;
}

std::vector<std::string> soc::waiting_report() {
    std::vector<std::string> lines;
    for (unsigned id = 0; id < harts(); ++id) {
        if (cpu(id).asleep()) {
            lines.push_back(fmt::format("hart{} sleeps in wfi at pc {:#010x} and waits for an interrupt", id,
                                        cpu(id).pc()));
        }
    }
    const auto accelerator = accelerator_.who_waits();
    lines.insert(lines.end(), accelerator.begin(), accelerator.end());
    return lines;
}

}  // namespace eyeriss::platform
