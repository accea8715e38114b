#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

/// The reference against ONNX Runtime, layer by layer.
namespace eyeriss::test {

/// How many of a kind of layer's outputs differ.
struct difference_counts {
    std::size_t values = 0, off_by_one = 0, worse = 0;
};

struct compared_network {
    onnx::ModelProto model;
    std::string input;       ///< name of the quantised input, which is the model's own
    std::string input_type;  ///< "uint8" or "int8"
    std::vector<std::int64_t> input_dims;
    std::vector<std::uint8_t> image;
};

/// Imports the networks, runs them in ONNX Runtime, and runs every layer of the reference on ONNX Runtime's
/// own inputs to it, so that one layer's last bit does not blur the next. Counts by kind of layer, and under
/// "whole network" those of the outputs of uninterrupted runs; printed as test messages.
std::map<std::string, difference_counts> compare_with_onnxruntime(const std::vector<compared_network>&);

/// The largest |weight| with which ONNX Runtime is exact here: its u8 x s8 products saturate at 16 bits on
/// processors without VNNI. Printed as a test message.
unsigned onnxruntime_weight_limit();

}  // namespace eyeriss::test
