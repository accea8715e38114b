#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "firmware/compiler/import_onnx_builder.h"
#include "firmware/compiler/import_onnx_constant.h"
#include "firmware/compiler/import_onnx_node.h"

namespace eyeriss::compiler {

/// A constant of the file, decoded when it is read; or one that a node computed.
struct constant_value {
    const onnx::TensorProto* stored = nullptr;
    std::shared_ptr<const constant> computed;
    [[nodiscard]] constant decode() const;
};

/// DequantizeLinear of a constant: weights and biases of the QDQ convention.
struct dequantised_constant {
    constant_value from;
    std::vector<float> scale;
    std::vector<std::int64_t> zero_point;
    std::int64_t axis = 1;
};

/// The network's floating-point input, before its QuantizeLinear.
struct real_input {
    std::string name;
    map_dims dims;
};

/// What a name of the ONNX graph stands for.
using onnx_value = std::variant<constant_value, dequantised_constant, map_view, real_value, real_input>;

/// Weights as stored, moved to a zero point of 0, with their scales.
struct weight_matrix {
    std::vector<std::int8_t> values;
    std::vector<std::int64_t> dims;
    std::vector<float> scale;          ///< one, or one for each index of `axis`
    std::optional<std::int64_t> axis;  ///< known in the QDQ convention only
};

/// The operators: each reads a node, checks all of it, and leaves its result in the table of values.
class onnx_operators {
public:
    onnx_operators(network_builder& builder, std::int64_t opset) : builder_(builder), opset_(opset) {}

    void define(const std::string& name, onnx_value value) {
        values_.insert_or_assign(name, std::move(value));
    }
    /// Throws import_error.
    void run(const onnx::NodeProto&);
    /// The graph's output as a quantised map. Throws import_error.
    map_view output(const std::string& name);

private:
    using handler = void (onnx_operators::*)(const onnx::NodeProto&);
    static const std::map<std::string, handler, std::less<>>& handlers();

    // Operands. All throw with what was found and what is supported.
    const onnx_value& operand(const node_reader&, unsigned index) const;
    const onnx_value* optional_operand(const node_reader&, unsigned index) const;
    constant constant_operand(const node_reader&, unsigned index) const;
    map_view map_operand(const node_reader&, unsigned index) const;
    dequantised_view dequantised_operand(const node_reader&, unsigned index) const;
    dequantised_view map_operand(const node_reader&, unsigned map, unsigned scale, unsigned zero_point);
    std::vector<float> scale_operand(const node_reader&, unsigned index) const;
    quantisation quantisation_operand(const node_reader&, unsigned scale, unsigned zero_point,
                                      std::optional<dtype> without_zero_point) const;
    std::vector<std::int64_t> integers_operand(const node_reader&, unsigned index,
                                               std::string_view attribute) const;

    void leave(const node_reader&, real_value);
    void leave_quantised(const node_reader&, const real_value&, const quantisation&);

    // import_onnx_operators.cpp
    void quantize_linear(const onnx::NodeProto&);
    void quantize_constant(const node_reader&);
    static std::size_t axis_of(const node_reader&, const std::vector<std::int64_t>& dims, std::size_t values);
    void dequantize_linear(const onnx::NodeProto&);
    void constant_node(const onnx::NodeProto&);
    void pass_through(const onnx::NodeProto&);
    void relu(const onnx::NodeProto&);
    void clip(const onnx::NodeProto&);
    void clamp(const node_reader&, const real_interval&);
    // import_onnx_shapes.cpp
    void flatten(const onnx::NodeProto&);
    void reshape(const onnx::NodeProto&);
    void squeeze(const onnx::NodeProto&);
    void unsqueeze(const onnx::NodeProto&);
    [[nodiscard]] std::vector<std::int64_t> dims_operand(const node_reader&) const;
    void leave_reshaped(const node_reader&, const std::vector<std::int64_t>& dims);
    // import_onnx_conv.cpp
    void conv(const onnx::NodeProto&);
    void qlinear_conv(const onnx::NodeProto&);
    void conv_integer(const onnx::NodeProto&);
    void gemm(const onnx::NodeProto&);
    void mat_mul(const onnx::NodeProto&);
    void qgemm(const onnx::NodeProto&);
    void qlinear_mat_mul(const onnx::NodeProto&);
    void mat_mul_integer(const onnx::NodeProto&);
    weight_matrix dequantised_weights(const node_reader&, unsigned index) const;
    weight_matrix stored_weights(const node_reader&, unsigned values, std::optional<unsigned> scale,
                                 unsigned zero_point) const;
    [[nodiscard]] conv_spec make_conv(const node_reader&, const dequantised_view&, weight_matrix) const;
    [[nodiscard]] conv_spec make_fc(const node_reader&, const dequantised_view&, weight_matrix,
                                    bool transposed) const;
    void set_integer_bias(const node_reader&, unsigned index, conv_spec&) const;
    void add_real_bias(const node_reader&, unsigned index, conv_spec&) const;
    // A map whose zero point only is known, as ConvInteger and MatMulInteger take it.
    dequantised_view integer_operand(const node_reader&, unsigned map, unsigned zero_point);
    // Add of a constant to a conv that waits; false where the node is no such Add.
    bool add_bias(const node_reader&);
    static real_value waiting(const node_reader&, conv_spec);
    // import_onnx_maps.cpp
    void max_pool(const onnx::NodeProto&);
    void average_pool(const onnx::NodeProto&);
    void global_average_pool(const onnx::NodeProto&);
    void reduce_mean(const onnx::NodeProto&);
    void qlinear_average_pool(const onnx::NodeProto&);
    void qlinear_global_average_pool(const onnx::NodeProto&);
    void add(const onnx::NodeProto&);
    void qlinear_add(const onnx::NodeProto&);
    void concat(const onnx::NodeProto&);
    void qlinear_concat(const onnx::NodeProto&);
    void softmax(const onnx::NodeProto&);
    void qlinear_softmax(const onnx::NodeProto&);
    static real_value make_add(const node_reader&, const dequantised_view&, const dequantised_view&);
    static real_value make_concat(const node_reader&, const std::vector<dequantised_view>&);
    static real_value make_softmax_value(const node_reader&, const dequantised_view&, std::int64_t opset);

    network_builder& builder_;
    std::int64_t opset_;
    std::map<std::string, onnx_value, std::less<>> values_;
    std::optional<map_view> input_;
};

}  // namespace eyeriss::compiler
