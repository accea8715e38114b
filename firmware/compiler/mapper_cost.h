#pragma once

#include "firmware/compiler/density.h"
#include "models/arch/machine.h"
#include "models/arch/mapping.h"

/// The analytical cost of a mapping: an estimate of cycles by which the search compares candidates. It ranks;
/// it is never reported as a result.
namespace eyeriss::compiler {

/// What a mapping is expected to take, and of what it consists.
struct mapping_cost {
    double cycles = 0.0;          ///< the total by which candidates are compared
    double compute = 0.0;         ///< busiest PE or port, all passes
    double weight_loading = 0.0;  ///< weights through the ports, not overlapped
    double overhead = 0.0;        ///< filling chains and pipelines, starting passes
    double dram_bytes = 0.0;      ///< weights, iacts and outputs, repeated reads included
};

/// Estimates the cost of a mapping for a layer. `weights` are the statistics of its weight tiles in SPad
/// words. Terms: a pass takes the longest of the busiest PE (data words of its tile times the density of
/// iacts, plus M0/2 cycles of psum transfer a window), the iact ports and the refill of the GLB; a weight
/// port fills the PEs of its row one distinct tile after another; DRAM traffic counts as a floor and, weakly,
/// on top.
[[nodiscard]] mapping_cost estimate_cost(const arch::mapping& map, const arch::layer_shape& shape,
                                         const arch::machine& m, const tile_statistics& weights,
                                         const density_hint& hint);

/// Iact rows that the fullest bank of a cluster keeps for a pass, by the splits alone: at most what
/// arch::check counts.
[[nodiscard]] unsigned iact_rows_of_a_bank(const arch::mapping& map, const arch::layer_shape& shape,
                                           const noc::noc_parameters& noc);

}  // namespace eyeriss::compiler
