#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "firmware/compiler/graph.h"
#include "tests/oracle/plain.h"

namespace eyeriss::test {

/// A layer with random shape, densities, signs and zero points, as a graph and as the oracle's problem.
struct random_layer {
    compiler::graph net;
    std::vector<std::uint8_t> input;  ///< NCHW
    oracle::conv_problem problem;
    std::vector<std::int64_t> bias;
    bool signed_output = false;
    int zero_point_out = 0;

    [[nodiscard]] const compiler::conv_op& op() const {
        return std::get<compiler::conv_op>(net.layers[0].op);
    }
    /// What the layer must give, as its output tensor's bytes, with sums of psum_bits that wrap.
    [[nodiscard]] std::vector<std::uint8_t> expected(int psum_bits) const;
};

/// `accumulators`: the output is the 32-bit sums.
random_layer make_random_layer(std::mt19937_64& random, bool accumulators);

}  // namespace eyeriss::test
