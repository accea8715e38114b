#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <vector>

/// A network that make-network does not make.
namespace eyeriss::test {

struct residual_network {
    onnx::ModelProto model;
    std::vector<std::uint8_t> input;  ///< int8 values of "x"
};

/// Seeded QDQ network on int8 maps with zero points:
///
///   x - conv1 - conv2 - add - average 2x2 ---- concat - fc - softmax
///            \_________/   \_ conv3 stride 2 _/
///
/// conv1 and add end in Relu; weights are scaled per output channel.
residual_network make_residual_network(std::uint64_t seed);

}  // namespace eyeriss::test
