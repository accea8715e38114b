#pragma once

#include <cstdint>
#include <limits>

#include "firmware/compiler/graph.h"
#include "firmware/compiler/pass_plan.h"
#include "models/arch/machine.h"
#include "models/arch/mapping.h"

/// Cycles of a layer under a mapping, predicted by the functions that also time the accelerator
/// (models/arch/timing) from the layer's own weights and the zeros of a calibration
/// input. Off-chip memory is taken as ideal.
namespace eyeriss::compiler {

struct prediction {
    double cycles = 0;
    std::uint64_t passes_timed = 0;  ///< of all passes; the rest is extrapolated
    double clocked = 0;              ///< PE-cycles in which pipelines are clocked (energy::clocked_cycles)
};

/// `input` holds the layer's input tensor as NCHW bytes, `is_signed` says how to read them, `pad_value` what
/// padding holds. At most `most_passes` passes are timed, spread over the layer; with as many as the layer
/// has the figure is that of the accelerator but for descriptor, configuration and the last output's way.
/// Where all passes are timed, it gives up once they take `most_cycles`: the figures then end there.
[[nodiscard]] prediction predict(const conv_op& op, const arch::mapping& map, const arch::machine& m,
                                 const calibration& data, std::uint64_t most_passes,
                                 double most_cycles = std::numeric_limits<double>::infinity());

/// Tells of everything that the ports of the on-chip networks send in a layer, in cycles from its first pass;
/// otherwise as predict() of all passes. Returns the cycles. On the accelerator the same transfers come later
/// by what descriptor and configuration take.
noc::cycle_t predict_traffic(const conv_op& op, const arch::mapping& map, const arch::machine& m,
                             const calibration& data, arch::timing::array_timing::transfer_observer observer);

}  // namespace eyeriss::compiler
