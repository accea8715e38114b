#include "tests/support/onnx_builder.h"

#include <fstream>
#include <map>
#include <set>
#include <stdexcept>

namespace eyeriss::test {

namespace {

int element_type(const std::string& type) {
    static const std::map<std::string, int> types{{"float", onnx::TensorProto::FLOAT},
                                                  {"uint8", onnx::TensorProto::UINT8},
                                                  {"int8", onnx::TensorProto::INT8},
                                                  {"int32", onnx::TensorProto::INT32}};
    return types.at(type);
}

void describe(onnx::ValueInfoProto& value, const std::string& name, const std::string& type,
              const dims& shape) {
    value.set_name(name);
    auto& tensor = *value.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(element_type(type));
    for (const std::int64_t dim : shape) {
        auto& added = *tensor.mutable_shape()->add_dim();
        if (dim < 0) {
            added.set_dim_param("batch");
        } else {
            added.set_dim_value(dim);
        }
    }
}

onnx::AttributeProto& attribute_of(onnx::NodeProto& node, const std::string& name,
                                   onnx::AttributeProto::AttributeType type) {
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(type);
    return attribute;
}

}  // namespace

onnx_builder::onnx_builder(const std::string& name, int opset) {
    model_.set_ir_version(8);
    model_.mutable_graph()->set_name(name);
    model_.add_opset_import()->set_version(opset);
    auto& microsoft = *model_.add_opset_import();
    microsoft.set_domain("com.microsoft");
    microsoft.set_version(1);
}

void onnx_builder::input(const std::string& name, const std::string& type, const dims& shape) {
    describe(*model_.mutable_graph()->add_input(), name, type, shape);
}

void onnx_builder::output(const std::string& name, const std::string& type, const dims& shape) {
    describe(*model_.mutable_graph()->add_output(), name, type, shape);
}

onnx::TensorProto& onnx_builder::tensor(const std::string& name, int type, const dims& shape,
                                        const void* data, std::size_t bytes) {
    onnx::TensorProto& tensor = *model_.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const std::int64_t dim : shape) tensor.add_dims(dim);
    tensor.set_raw_data(data, bytes);
    return tensor;
}

std::string onnx_builder::constant(const std::string& name, const std::vector<float>& v, const dims& shape) {
    return tensor(name, onnx::TensorProto::FLOAT, shape, v.data(), v.size() * sizeof(float)).name();
}
std::string onnx_builder::constant(const std::string& name, const std::vector<std::uint8_t>& v,
                                   const dims& shape) {
    return tensor(name, onnx::TensorProto::UINT8, shape, v.data(), v.size()).name();
}
std::string onnx_builder::constant(const std::string& name, const std::vector<std::int8_t>& v,
                                   const dims& shape) {
    return tensor(name, onnx::TensorProto::INT8, shape, v.data(), v.size()).name();
}
std::string onnx_builder::constant(const std::string& name, const std::vector<std::int32_t>& v,
                                   const dims& shape) {
    return tensor(name, onnx::TensorProto::INT32, shape, v.data(), v.size() * sizeof(std::int32_t)).name();
}
std::string onnx_builder::constant(const std::string& name, const std::vector<std::int64_t>& v,
                                   const dims& shape) {
    return tensor(name, onnx::TensorProto::INT64, shape, v.data(), v.size() * sizeof(std::int64_t)).name();
}
std::string onnx_builder::scalar(const std::string& name, float value) {
    return constant(name, std::vector<float>{value}, {});
}
std::string onnx_builder::scalar(const std::string& name, std::uint8_t value) {
    return constant(name, std::vector<std::uint8_t>{value}, {});
}
std::string onnx_builder::scalar(const std::string& name, std::int8_t value) {
    return constant(name, std::vector<std::int8_t>{value}, {});
}

onnx::NodeProto& onnx_builder::node(const std::string& op, const std::vector<std::string>& inputs,
                                    const std::string& output) {
    static const std::set<std::string> microsoft{"QGemm",          "QLinearAdd",
                                                 "QLinearConcat",  "QLinearAveragePool",
                                                 "QLinearSoftmax", "QLinearGlobalAveragePool"};
    onnx::NodeProto& node = *model_.mutable_graph()->add_node();
    node.set_op_type(op);
    node.set_name(output + "_node");
    if (microsoft.contains(op)) node.set_domain("com.microsoft");
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(output);
    return node;
}

void onnx_builder::save(const std::filesystem::path& path) const {
    std::ofstream file(path, std::ios::binary);
    if (!model_.SerializeToOstream(&file)) throw std::runtime_error("cannot write " + path.string());
}

void set(onnx::NodeProto& node, const std::string& attribute, std::int64_t value) {
    attribute_of(node, attribute, onnx::AttributeProto::INT).set_i(value);
}
void set(onnx::NodeProto& node, const std::string& attribute, const dims& values) {
    auto& list = attribute_of(node, attribute, onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) list.add_ints(value);
}
void set(onnx::NodeProto& node, const std::string& attribute, const std::string& value) {
    attribute_of(node, attribute, onnx::AttributeProto::STRING).set_s(value);
}
void set(onnx::NodeProto& node, const std::string& attribute, float value) {
    attribute_of(node, attribute, onnx::AttributeProto::FLOAT).set_f(value);
}

}  // namespace eyeriss::test
