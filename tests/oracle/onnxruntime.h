#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

/// ONNX Runtime as an oracle: runs models in its Node package, graph optimisations off.
namespace eyeriss::oracle {

struct onnxruntime_case {
    onnx::ModelProto model;
    std::string input_type;  ///< "uint8", "int8" or "float32"
    std::vector<std::int64_t> input_dims;
    std::vector<std::uint8_t> input;  ///< raw bytes
    /// Names whose values are wanted; any value of the graph. Those that are no outputs yet become ones.
    std::vector<std::string> outputs;
};

/// Raw bytes by name.
using onnxruntime_result = std::map<std::string, std::vector<std::uint8_t>>;

/// Runs all cases in one process. Throws std::runtime_error with ONNX Runtime's message where one fails.
std::vector<onnxruntime_result> run_onnxruntime(std::span<const onnxruntime_case>);

}  // namespace eyeriss::oracle
