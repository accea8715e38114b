#pragma once

#include <span>
#include <vector>

#include "tests/reference/column.h"

namespace eyeriss::reference {

/// What the models say of a chain's work; the same questions that the reference answers.
struct model_answer {
    std::vector<cycle> moved;  ///< by window: the cycle in which its last psums have left the top
    ledger counts;             ///< of all PEs up to the last of them
};

/// Runs a chain of PEs, each with its own iact and weight port, on models/pe/window_cost.h and
/// models/arch/timing/pass_timing.h.
model_answer ask_model(std::span<const pe_work> chain);

}  // namespace eyeriss::reference
