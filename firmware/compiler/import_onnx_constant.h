#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace onnx {
class TensorProto;
class NodeProto;
}  // namespace onnx

namespace eyeriss::compiler {

/// A constant tensor of an ONNX file, decoded: what initialisers and Constant nodes hold.
struct constant {
    std::string name;
    std::vector<std::int64_t> dims;
    std::variant<std::vector<float>, std::vector<std::uint8_t>, std::vector<std::int8_t>,
                 std::vector<std::int32_t>, std::vector<std::int64_t>>
        values;

    [[nodiscard]] std::size_t size() const;
    /// "float", "uint8", "int8", "int32" or "int64".
    [[nodiscard]] std::string type() const;
    template <typename value_type>
    [[nodiscard]] const std::vector<value_type>* as() const {
        return std::get_if<std::vector<value_type>>(&values);
    }
    /// Any integer type widened; empty for float.
    [[nodiscard]] std::vector<std::int64_t> integers() const;
};

/// Decodes an initialiser. import_error names the tensor where its type is another, its data lie outside the
/// file, or their number does not agree with its dimensions.
[[nodiscard]] constant decode_constant(const onnx::TensorProto&);
/// Decodes a Constant node. Errors as above.
[[nodiscard]] constant decode_constant(const onnx::NodeProto&);

/// "1x3x224x224", "scalar" for no dimensions.
[[nodiscard]] std::string describe_dims(const std::vector<std::int64_t>&);

}  // namespace eyeriss::compiler
