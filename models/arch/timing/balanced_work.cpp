#include "models/arch/timing/balanced_work.h"

namespace eyeriss::arch::timing {

void balanced_work::average(std::span<const pe_job> jobs, std::span<const std::uint32_t> pes,
                            unsigned windows) {
    cycles_.resize(windows);
    cycle_t total = 0;
    cycle_t given = 0;
    for (unsigned w = 0; w < windows; ++w) {
        for (const std::uint32_t pe : pes) total += work_of_window(jobs[pe], w);
        const cycle_t up_to_here = total / pes.size();
        cycles_[w] = static_cast<std::uint16_t>(up_to_here - given);
        given = up_to_here;
    }
    share_ = {};
    for (const std::uint32_t pe : pes) {
        share_.both_lanes += jobs[pe].both_lanes;
        share_.one_lane += jobs[pe].one_lane;
        share_.stored_zero += jobs[pe].stored_zero;
    }
    share_.both_lanes /= pes.size();
    share_.one_lane /= pes.size();
    share_.stored_zero /= pes.size();
    share_.bubbles = given - share_.both_lanes - share_.one_lane - share_.stored_zero;
}

}  // namespace eyeriss::arch::timing
