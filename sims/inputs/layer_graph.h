#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>

#include "firmware/compiler/graph.h"
#include "sims/inputs/npy.h"

/// A network of one CONV, depthwise or FC layer from arrays.
namespace eyeriss::sims {

/// What `layer` is asked for.
struct layer_request {
    npy_array iact;                 ///< N,C,H,W in int8 or uint8
    npy_array weight;               ///< M,C/G,R,S in int8
    std::optional<npy_array> bias;  ///< M in int32
    unsigned stride = 1;
    std::array<unsigned, 4> pad{};  ///< top, left, bottom, right
    unsigned groups = 1;
    std::optional<float> requant_scale;  ///< absent: the output is the int32 accumulators
    std::int32_t iact_zero_point = 0, output_zero_point = 0;
    std::optional<npy_type> output_type;  ///< with a scale: int8 or uint8; the iacts' type when absent
};

/// One number for all sides, or "top,left,bottom,right". \throws user_error
[[nodiscard]] std::array<unsigned, 4> parse_pads(const std::string& text);

/// The graph; tensor 0 is the input, tensor 1 the output.
/// \throws user_error naming the array or option that does not agree with the others.
[[nodiscard]] compiler::graph make_layer_graph(const layer_request&);

}  // namespace eyeriss::sims
