#pragma once

#include "models/accelerator/report.h"
#include "models/arch/eyexam.h"

namespace eyeriss::sims {

/// The seven bounds of a timed layer. Bandwidth counts, for each network, the words that crossed its ports
/// and the ports that sent any, one word a cycle each; and bytes against the limit of a memory that has one
/// shared limit.
[[nodiscard]] arch::eyexam_bounds examine(const accelerator::layer_report&, const arch::machine&);

}  // namespace eyeriss::sims
