#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

#include "firmware/compiler/graph.h"

/// Networks of make-network, ready to run.
namespace eyeriss::test {

struct network_case {
    onnx::ModelProto model;
    compiler::graph graph;
    std::vector<std::uint8_t> image;  ///< compiled for the default machine
    std::vector<std::uint8_t> input;  ///< the network's own picture
};

/// The network at an image of `side` pixels, through the build's cache. Where `weight_limit` is less than 128
/// every weight is halved, so that ONNX Runtime is exact on processors without VNNI.
network_case make_case(const std::string& name, unsigned side, unsigned weight_limit);

/// Halves every int8 weight, towards 0.
void halve_weights(onnx::ModelProto&);

}  // namespace eyeriss::test
