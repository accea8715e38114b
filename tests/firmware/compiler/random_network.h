#pragma once

#include "tests/firmware/compiler/random_layer.h"
#include "tests/support/onnx_builder.h"

/// Random small networks in both conventions, for whole runs against ONNX Runtime.
namespace eyeriss::test {

/// Layers of quantised operators: conv (groups, strides, pads, per-channel scales), depthwise, max pool, add,
/// concat, pools, flatten and a matrix product. Input "x", output "y".
struct random_network {
    onnx::ModelProto model;
    std::string input_type;  ///< "uint8" or "int8"
    dims input_dims;
    std::vector<std::uint8_t> input;
};

random_network draw_qlinear_network(generator&, unsigned weight_limit);
/// The same in floating-point operators between QuantizeLinear and DequantizeLinear.
random_network draw_qdq_network(generator&, unsigned weight_limit);

}  // namespace eyeriss::test
