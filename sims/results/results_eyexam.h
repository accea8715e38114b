#pragma once

#include <cstdint>
#include <optional>

#include "models/accelerator/report.h"
#include "models/arch/eyexam.h"
#include "models/dram/controller_parameters.h"
#include "models/dram/part.h"

namespace eyeriss::sims {

/// What a DRAM part and its controller can do at best.
struct memory_peak {
    double bytes_per_second = 0;   ///< of the data pins of all channels
    std::uint64_t held_bytes = 0;  ///< that fit the write queues
};
[[nodiscard]] memory_peak peak_of(const dram::part& part, const dram::controller_parameters& controller);

/// The seven bounds of a timed layer. Bandwidth counts, for each network, the words that crossed its ports
/// and the ports that sent any, one word a cycle each; for the memory
///
/// - bytes against dram.limit_mbps, or with dram.ports=split those of each port against its share of it;
/// - bytes against the pins of a DRAM part (`peak`). Writes that may still stand in the controller's queues
///   when the layer ends, and as many reads, which the queues may answer, are left out;
/// - bytes of each port against the bus's regulators (bus.read_limit_mbps, bus.write_limit_mbps), but for a
///   burst, which a regulator lets through ahead.
[[nodiscard]] arch::eyexam_bounds examine(const accelerator::layer_report&, const arch::machine&,
                                          const std::optional<memory_peak>& peak = std::nullopt);

}  // namespace eyeriss::sims
