#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sims/networks/networks.h"
#include "sims/networks/onnx_writer.h"
#include "sims/networks/plan.h"
#include "sims/networks/profiles.h"

namespace eyeriss::networks {

struct filled_plan {
    std::vector<layer_parameters> parameters;  ///< one entry a node
    std::vector<layer_density> layers;
};

/// Draws weights and calibrates them layer by layer on the image, with the arithmetic of
/// firmware/compiler/reference.h. `published` is the same network at its published image size, to which the
/// profile's counts refer. std::runtime_error where a layer's psums cannot be made to fit 20 bits.
[[nodiscard]] filled_plan fill(const plan&, const plan& published, const density_profile&,
                               std::vector<std::uint8_t> image, std::uint64_t seed);

}  // namespace eyeriss::networks
