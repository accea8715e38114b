#pragma once

#include <cstdint>

#include "firmware/compiler/predict.h"
#include "models/energy/actions.h"

/// What a layer would do under a mapping, as the energy table counts it.
namespace eyeriss::compiler {

/// Actions of a layer, from the exact compressed weights and the zeros of a calibration input; PEs count by
/// the functions of models/energy/pe_actions.h, as in the accelerator. At most `most_passes` passes are
/// counted; of more, some of each kind (loading weights, filling banks, first and last reduction), spread
/// over the layer, and scaled by how many there are of the kind. `time` is the mapping's prediction.
///
/// With every pass counted, all on-chip actions up to port_in equal the accelerator's. What is approximate:
/// - dram_read: the input map's blocks are those of a tensor that nobody else writes or reads, and one read
///   feeds all weight ports (control.shared_weight_reads);
/// - port_out and dram_write: values of outputs are not known, so compressed maps count 12 bits a value, and
///   no length table;
/// - clock and leakage follow `time`, which has no descriptor, configuration or last output's way, and a
///   memory that keeps up.
[[nodiscard]] energy::action_counts predict_actions(const conv_op& op, const arch::mapping& map,
                                                    const arch::machine& m, const calibration& data,
                                                    std::uint64_t most_passes, const prediction& time);

}  // namespace eyeriss::compiler
