#pragma once

#include "models/arch/timing/pe_pipeline.h"
#include "models/pe/operands.h"

namespace eyeriss::pe {

/// What the timing of a pass needs to know of a PE's operands (models/arch/timing), whose sum_row is `sums`;
/// both operands outlive the job.
[[nodiscard]] arch::timing::pe_job describe_job(const iact_operands& iacts, const weight_operands& weights,
                                                const row_sums& sums);
/// The same for operands of which only this is wanted.
[[nodiscard]] arch::timing::pe_job describe_job(const iact_operands& iacts, const weight_operands& weights);

}  // namespace eyeriss::pe
