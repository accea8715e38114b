#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/abi/descriptor.h"
#include "models/accelerator/dma.h"
#include "models/arch/tiling.h"
#include "models/csc/feature_map.h"

namespace eyeriss::accelerator {

/// A layer as the control understands it: a descriptor, checked.
struct layer_program {
    eyeriss_descriptor descriptor{};
    arch::layer_shape shape;
    arch::mapping map;
    csc::map_layout in, out;
    std::vector<std::uint32_t> noc_words;

    [[nodiscard]] bool flag(std::uint32_t bit) const { return (descriptor.flags & bit) != 0; }
    /// The value that padding stands for.
    [[nodiscard]] int pad_value() const;
};

/// Fetches and checks the descriptor at `offset`: magic, version, size, checksum, every field's range, the
/// mapping against the machine, and that the passes cover the layer. `elapsed` grows by the time of the
/// fetches. Throws layer_fault.
layer_program fetch_program(dma& port, std::uint32_t offset, const arch::machine& m,
                            unsigned noc_words_per_cluster, sc_core::sc_time& elapsed);

}  // namespace eyeriss::accelerator
