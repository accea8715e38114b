#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <systemc>
#include <vector>

#include "models/accelerator/accelerator.h"
#include "models/arch/machine.h"
#include "models/dram/memory_faults.h"
#include "models/faults/fault.h"

namespace eyeriss::platform {

/// What faults reach. `memory` may be null: the DRAM is a user's own and knows no faults.
struct fault_targets {
    eyeriss::accelerator::accelerator& accelerator;
    std::function<dram::memory_faults&()> memory;
    std::uint64_t memory_base = 0;       ///< bus address of the memory's first byte
    std::function<void()> code_changed;  ///< called when memory changed under the harts
};

/// Brings faults to the blocks that they hit, when their trigger says so. Without a fault it costs nothing:
/// no event is pending and no block looks for one.
class fault_controller : public sc_core::sc_module {
public:
    fault_controller(sc_core::sc_module_name name, const arch::machine& m, fault_targets targets);

    /// Arms a fault, or carries it out where it has no trigger or its time has come; before the simulation
    /// begins one without a trigger waits for time 0. To be called before or between runs, or from a process
    /// of the kernel. Throws std::invalid_argument with one line for a fault that this machine cannot have.
    void inject(const faults::fault& f);
    /// Parses, injects, and says in a line what was done. Throws as inject and faults::parse_fault.
    std::string inject_text(std::string_view text);

    /// Called for each fault that is injected, when it is.
    using observer = std::function<void(const faults::fault&)>;
    void observe(observer o) { observer_ = std::move(o); }

    /// A fault that struck. For one that waits for an access: when it was handed over.
    struct event {
        faults::fault what;
        sc_core::sc_time at;
    };
    [[nodiscard]] const std::vector<event>& struck() const { return struck_; }

private:
    void check(const faults::fault& f) const;
    void strike_due();
    void marked(std::uint32_t layer);
    void strike(const faults::fault& f);
    dram::memory_faults& memory();
    void flip_descriptor(std::uint32_t address);

    arch::machine m_;
    fault_targets targets_;
    sc_core::sc_event due_;
    std::multimap<sc_core::sc_time, faults::fault> timed_;
    std::vector<faults::fault> by_layer_;
    std::vector<faults::fault> descriptors_;
    std::uint32_t layer_ = 0xffffffffU;
    bool follows_memory_ = false, follows_layers_ = false, follows_descriptors_ = false;
    observer observer_;
    std::vector<event> struck_;
};

}  // namespace eyeriss::platform
