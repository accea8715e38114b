#pragma once

#include <random>
#include <vector>

#include "models/arch/timing/array_timing.h"
#include "tests/reference/layer_case.h"

namespace eyeriss::reference {

/// A layer on the models' plain cycle functions, without the kernel (firmware/compiler/pass_plan.h and
/// models/arch/timing), under ideal memory.
struct planned_layer {
    std::vector<std::vector<window_times>> windows;  ///< by PE, in the accelerator's order
    arch::timing::array_timing::ledgers ledgers;
    cycle end = 0;
};

/// `shuffle`: names PEs and ports by a random permutation and evaluates streams, loads and chains of a pass
/// in a random order, each port's in its own.
[[nodiscard]] planned_layer time_layer(const layer_case&, const arch::machine&, cycle configuration,
                                       std::mt19937_64* shuffle = nullptr);

}  // namespace eyeriss::reference
