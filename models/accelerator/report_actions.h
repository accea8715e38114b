#pragma once

#include "models/accelerator/report.h"

namespace eyeriss::accelerator {

/// Completes a report's actions by what is counted elsewhere in it: words of the networks, bytes of DRAM, and
/// in a timed run the PEs' clock and leakage.
///
/// A PE's pipeline is clocked while it works or moves data: multiplying, bubbles, loading weights, moving
/// psums. While it waits or is done its registers hold, and their clock is gated (A-ENERGY-CLOCK).
void finish_actions(layer_report& report);

}  // namespace eyeriss::accelerator
