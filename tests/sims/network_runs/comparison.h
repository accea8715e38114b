#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "firmware/compiler/graph.h"
#include "tests/oracle/onnxruntime.h"

/// Tensors of a run against the oracles.
namespace eyeriss::test {

/// All tensors of a graph by tensor_id, bytes in NCHW order.
using tensor_values = std::vector<std::vector<std::uint8_t>>;

struct difference {
    std::size_t values = 0, differing = 0;
    int largest = 0;  ///< distance in steps of the output
};

/// Throws std::invalid_argument where the sizes differ.
difference compare_values(const std::vector<std::uint8_t>& mine, const std::vector<std::uint8_t>& theirs,
                          compiler::dtype);

/// ONNX Runtime's values of all tensors of the model from which the graph was imported.
tensor_values run_onnxruntime(const onnx::ModelProto&, const compiler::graph&,
                              const std::vector<std::uint8_t>& input);

/// What the plain loops of tests/oracle say of one layer on the given inputs.
struct plain_layer {
    std::vector<std::uint8_t> output;
    std::uint64_t effectual = 0;     ///< products of two non-zero values inside the image; conv only
    std::int64_t low = 0, high = 0;  ///< of the final sums before the bias; conv only
};

/// True for the operations that plain_layer knows: conv, max pool and average pool.
bool has_plain_oracle(const compiler::layer&);
/// Runs one of them on the values of its input tensor.
plain_layer run_plain(const compiler::graph&, const compiler::layer&, const tensor_values&);

}  // namespace eyeriss::test
