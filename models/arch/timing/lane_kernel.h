#pragma once

#include <vector>

namespace eyeriss::arch::timing {

struct chain_lanes;
struct lane_window;

/// Sends a window through chains that are evaluated side by side. There is one for each set of vector
/// instructions; they do the same.
using lane_kernel = void (*)(chain_lanes&, const lane_window&);

/// The kernels that this processor has the instructions for, the fastest last.
[[nodiscard]] std::vector<lane_kernel> lane_kernels();

}  // namespace eyeriss::arch::timing
