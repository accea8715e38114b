#include "models/pe/job.h"

namespace eyeriss::pe {

arch::timing::pe_job describe_job(const iact_operands& iacts, const weight_operands& weights,
                                  const row_sums& sums) {
    arch::timing::pe_job job;
    job.column_cycles = weights.column_words;
    job.nonzero = iacts.nonzero;
    job.step = iacts.segment_values;
    job.all_iacts = iacts.dense;
    job.empty_columns = weights.empty_columns;
    job.both_lanes = sums.weights.both;
    job.one_lane = sums.weights.single;
    // A raw zero iact makes a zero of every product.
    const std::uint64_t cycles =
        iacts.dense ? iacts.windows * weights.once.cycles(weights.macs) : sums.weights.cycles(weights.macs);
    job.stored_zero = cycles - job.both_lanes - job.one_lane;
    return job;
}

arch::timing::pe_job describe_job(const iact_operands& iacts, const weight_operands& weights) {
    return describe_job(iacts, weights, sum_row(iacts, weights));
}

}  // namespace eyeriss::pe
