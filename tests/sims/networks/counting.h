#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sims/networks/networks.h"

namespace eyeriss::networks::test {

/// One CONV, depthwise or FC layer as a plain loop over the imported network counts it.
struct counted_layer {
    std::string name;
    std::uint64_t macs = 0;
    std::uint64_t effectual = 0;        ///< both operands non-zero, taps inside the image only
    double iact = 0, weight = 0;        ///< shares of non-zero values
    std::int64_t positive = 0;          ///< largest sum of positive products of an output
    std::int64_t negative = 0;          ///< smallest sum of negative products of an output
    std::vector<double> zero_channels;  ///< share of zeros in each input channel
};

/// Serialises the model, imports it as anyone's file, runs it on the network's default input and counts.
std::vector<counted_layer> count_layers(const onnx::ModelProto&, const std::vector<std::uint8_t>& input);

}  // namespace eyeriss::networks::test
