#pragma once

#include <span>
#include <vector>

#include "models/arch/machine.h"
#include "tests/reference/column.h"

namespace eyeriss::reference {

/// What the models say of PEs' work; the same questions that the reference answers.
struct model_answer {
    std::vector<std::vector<window_times>> windows;  ///< by PE
    std::vector<ledger> counts;                      ///< by PE, up to the end of the last window
};

/// The reference's view of a machine's PE.
pe_parameters reference_pe(const arch::machine&);
/// chain_of() and multicast_to() for a machine's PEs and psum FIFOs.
program reference_chain(std::span<const pe_work> chain, const arch::machine&);
program reference_multicast(std::span<const pe_work> works, const arch::machine&);

/// Runs a chain of PEs, each with its own iact and weight port, on models/arch/timing/array_timing.h.
model_answer ask_model(std::span<const pe_work> chain, const arch::machine& = {});
/// PEs side by side, each with its own weight and psum ports, that share the iacts of the first.
model_answer ask_model_multicast(std::span<const pe_work> works, const arch::machine& = {});

}  // namespace eyeriss::reference
