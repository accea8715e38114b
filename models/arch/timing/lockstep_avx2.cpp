#include "models/arch/timing/lockstep_kernel.h"

namespace eyeriss::arch::timing {

void run_lanes_avx2(chain_lanes& chains, const lane_window& window) {
    run_lanes(chains, window);
}

}  // namespace eyeriss::arch::timing
