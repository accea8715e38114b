#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "sims/networks/calibrate.h"
#include "sims/networks/plan.h"

namespace eyeriss::networks {

/// What a plan's CONV, depthwise and FC nodes are filled with; other nodes have an empty entry.
struct layer_parameters {
    std::vector<std::int8_t> weights;  ///< [groups*m][c][r][s]
    requantisation requant;
};

/// Scale of the image's uint8 values, of hidden activations and of the classifier's outputs: powers of two,
/// so that products of scales are exact.
inline constexpr float image_scale = 0x1p-8F;
inline constexpr float hidden_scale = 0x1p-5F;
inline constexpr float logit_scale = 0x1p-4F;
inline constexpr int logit_zero_point = 128;

/// The network in ONNX: QLinearConv, Flatten and QLinearMatMul, MaxPool and Concat on uint8, global average
/// pooling and softmax between DequantizeLinear and QuantizeLinear. `parameters` has one entry a node of the
/// plan; its weights are released as they are written.
[[nodiscard]] onnx::ModelProto write_onnx(const plan&, std::vector<layer_parameters> parameters,
                                          const std::string& name);

}  // namespace eyeriss::networks
