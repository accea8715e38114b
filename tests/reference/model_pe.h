#pragma once

#include <vector>

#include "tests/reference/column.h"

namespace eyeriss::reference {

/// What the models say of a PE's work; the same questions that the reference answers.
struct model_answer {
    std::vector<cycle> moved;  ///< by window: the cycle in which its last psums have left
    ledger counts;             ///< up to the last of them
};

/// Runs one PE, one stream and one chain on models/pe/window_cost.h and models/arch/timing/pass_timing.h.
model_answer ask_model(const pe_work&);

}  // namespace eyeriss::reference
