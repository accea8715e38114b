#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "firmware/compiler/graph.h"
#include "firmware/compiler/pass_plan.h"
#include "models/accelerator/accelerator.h"
#include "models/arch/machine.h"
#include "noc/transfer.h"

/// What the ports of the on-chip networks send in a layer (doc/noc_trace.md).
namespace eyeriss::sims {

/// First line of a trace: what it is, and the clusters that its numbers count.
[[nodiscard]] std::string trace_header(const noc::noc_parameters& p);
/// A transfer as a line of a trace, without its end.
[[nodiscard]] std::string trace_line(const noc::transfer& t);
/// Sorts by cycle, then network, cluster and port: the order of a trace.
void sort_transfers(std::vector<noc::transfer>& transfers);

/// The transfers of a layer under a mapping, in their order; cycles from the layer's first pass. They are
/// those of the accelerator with an ideal memory.
[[nodiscard]] std::vector<noc::transfer> layer_traffic(const compiler::conv_op& op, const arch::mapping& map,
                                                       const arch::machine& m,
                                                       const compiler::calibration& data);

/// Writes what a run's ports send to a trace, layer by layer, into `file`.partial, which gets its name when
/// all is written.
class noc_recording {
public:
    /// `image`: the network's, for the names of its layers; it outlives this.
    /// \throws user_error when the file cannot be written.
    noc_recording(const std::string& file, const arch::machine& m, std::span<const std::uint8_t> image,
                  accelerator::accelerator& from);
    noc_recording(const noc_recording&) = delete;
    noc_recording& operator=(const noc_recording&) = delete;
    /// Ends the file. \throws user_error when not all of it could be written.
    void close();

private:
    void end_layer(std::uint32_t index);

    std::string file_;
    std::span<const std::uint8_t> image_;
    std::ofstream out_;
    std::vector<noc::transfer> layer_;  ///< of the layer that runs
};

}  // namespace eyeriss::sims
