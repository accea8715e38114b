#pragma once

#include <string>

#include "models/arch/machine.h"
#include "sims/inputs/prepare.h"
#include "sims/noc/trace_replay.h"
#include "sims/support/cache.h"

namespace eyeriss::sims {

/// A layer whose traffic is wanted.
struct dnn_layer {
    std::string network;  ///< by name or ONNX file
    std::string layer;
    std::uint64_t seed = 1;   ///< of a built-in network and of a random input
    mapping_request mapping;  ///< how the network is mapped
};

/// The traffic of one layer of a network, as the compiler maps the network to a machine: what
/// `run --record-noc` would record of it with an ideal memory, in cycles from the layer's first pass. The
/// input is the network's default one. Networks, images and references go through the cache.
/// \throws user_error for an unknown network, and for a layer that the network does not run on the
/// accelerator, naming the nearest and all there are; compiler::import_error, compiler::compile_error
[[nodiscard]] noc_trace dnn_traffic(const dnn_layer& which, const arch::machine& machine,
                                    const content_cache& cache);

}  // namespace eyeriss::sims
