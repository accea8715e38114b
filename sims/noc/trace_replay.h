#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "noc/transfer.h"
#include "sims/noc/noc_setup.h"

/// Recorded traffic of layers (doc/noc_trace.md) on any network.
namespace eyeriss::sims {

/// Transfers of one layer, by cycle.
struct layer_trace {
    std::string name;
    std::vector<noc::transfer> transfers;
};
struct noc_trace {
    unsigned rows = 0, cols = 0;
    std::vector<layer_trace> layers;
};

/// Reads a trace. \throws user_error naming file, line and what is wrong with it: no trace, a negative or
/// falling cycle, an unknown network, a cluster outside the array or named twice, no words or more than 2^24,
/// PEs beyond 32; naming the file when nothing is in it.
[[nodiscard]] noc_trace read_noc_trace(const std::filesystem::path& file);

/// Sends each layer's transfers, each at its cycle or as soon after as its port and the network let it, over
/// networks of the setup's kind: one for each port that a cluster has (bank, PE row, PE column), as the
/// hierarchical mesh has them; a bus is one for each of iacts, weights and psums. Long transfers go as
/// packets of at most `packet_words`. Adds layers and totals to `out`. Circuits of hm are set once a layer.
/// \throws user_error when the array's size is another than the trace's, or hm cannot be set to it.
void replay(const noc_trace& trace, const noc_setup& setup, std::uint32_t packet_words,
            const noc::noc_parameters& hm, nlohmann::ordered_json& out);

}  // namespace eyeriss::sims
