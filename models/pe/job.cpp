#include "models/pe/job.h"

namespace eyeriss::pe {

arch::timing::pe_job describe_job(const iact_operands& iacts, const weight_operands& weights) {
    arch::timing::pe_job job;
    job.column_cycles = weights.column_words;
    job.nonzero = iacts.nonzero;
    job.step = iacts.segment_values;
    job.all_iacts = iacts.dense;
    job.empty_columns = weights.empty_columns;
    for (std::size_t k = 0; k < weights.lanes.size(); ++k) {
        const column_lanes& lanes = weights.lanes[k];
        const column_hits& hits = iacts.hits[k];
        job.both_lanes += std::uint64_t{hits.nonzero} * lanes.both;
        job.one_lane += std::uint64_t{hits.nonzero} * lanes.single;
        // A raw zero iact makes a zero of every product.
        job.stored_zero += std::uint64_t{hits.nonzero} * lanes.stored_zero +
                           std::uint64_t{hits.read - hits.nonzero} * weights.column_words[k];
    }
    return job;
}

}  // namespace eyeriss::pe
