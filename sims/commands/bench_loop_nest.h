#pragma once

#include "models/arch/layer.h"

namespace eyeriss::sims {

/// CPU seconds that a plain nest of loops over int8 operands and int32 sums takes for a layer's products, as
/// the compiler makes it at -O3 and with no knowledge of zeros: the floor that a simulation is held against.
/// Operands are fixed; their values do not change the time.
[[nodiscard]] double loop_nest_seconds(const arch::layer_shape& layer);

}  // namespace eyeriss::sims
