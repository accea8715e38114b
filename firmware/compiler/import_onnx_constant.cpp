#include "firmware/compiler/import_onnx_constant.h"

#include <onnx/onnx_pb.h>

#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "firmware/compiler/import_onnx.h"

namespace eyeriss::compiler {

namespace {

std::size_t element_count(const onnx::TensorProto& tensor) {
    std::size_t count = 1;
    for (const std::int64_t dim : tensor.dims()) {
        if (dim < 0 || dim > std::int64_t{1} << 31) {
            throw import_error(
                fmt::format("tensor '{}': dimension {} is not in 0..2^31", tensor.name(), dim));
        }
        count *= static_cast<std::size_t>(dim);
        if (count > std::size_t{1} << 31) {
            throw import_error(fmt::format("tensor '{}': more than 2^31 elements", tensor.name()));
        }
    }
    return count;
}

[[noreturn]] void wrong_size(const onnx::TensorProto& tensor, std::size_t found, std::size_t wanted,
                             const char* unit) {
    throw import_error(
        fmt::format("tensor '{}': {} {} of data, its dimensions need {}; is the file truncated?",
                    tensor.name(), found, unit, wanted));
}

// ONNX keeps values as raw little-endian bytes or, by type, in one of several repeated fields.
template <typename value_type, typename field_type>
std::vector<value_type> decode_values(const onnx::TensorProto& tensor, const field_type& field) {
    const std::size_t count = element_count(tensor);
    std::vector<value_type> values(count);
    if (tensor.has_raw_data()) {
        const std::string& raw = tensor.raw_data();
        if (raw.size() != count * sizeof(value_type)) {
            wrong_size(tensor, raw.size(), count * sizeof(value_type), "bytes");
        }
        if (count != 0) std::memcpy(values.data(), raw.data(), raw.size());
        return values;
    }
    if (static_cast<std::size_t>(field.size()) != count) {
        wrong_size(tensor, static_cast<std::size_t>(field.size()), count, "values");
    }
    for (std::size_t i = 0; i < count; ++i) {
        values[i] = static_cast<value_type>(field.Get(static_cast<int>(i)));
    }
    return values;
}

}  // namespace

std::size_t constant::size() const {
    return std::visit([](const auto& held) { return held.size(); }, values);
}

std::string constant::type() const {
    constexpr const char* names[] = {"float", "uint8", "int8", "int32", "int64"};
    return names[values.index()];
}

std::vector<std::int64_t> constant::integers() const {
    return std::visit(
        [](const auto& held) -> std::vector<std::int64_t> {
            if constexpr (std::is_same_v<decltype(held), const std::vector<float>&>) {
                return {};
            } else {
                return {held.begin(), held.end()};
            }
        },
        values);
}

constant decode_constant(const onnx::TensorProto& tensor) {
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL || tensor.external_data_size() > 0) {
        throw import_error(fmt::format(
            "tensor '{}': its data lie in another file; save the model with its data inside", tensor.name()));
    }
    constant result{tensor.name(), {tensor.dims().begin(), tensor.dims().end()}, {}};
    switch (tensor.data_type()) {
        case onnx::TensorProto::FLOAT:
            result.values = decode_values<float>(tensor, tensor.float_data());
            break;
        case onnx::TensorProto::UINT8:
            result.values = decode_values<std::uint8_t>(tensor, tensor.int32_data());
            break;
        case onnx::TensorProto::INT8:
            result.values = decode_values<std::int8_t>(tensor, tensor.int32_data());
            break;
        case onnx::TensorProto::INT32:
            result.values = decode_values<std::int32_t>(tensor, tensor.int32_data());
            break;
        case onnx::TensorProto::INT64:
            result.values = decode_values<std::int64_t>(tensor, tensor.int64_data());
            break;
        default:
            throw import_error(fmt::format(
                "tensor '{}': data type {} is not supported; float, uint8, int8, int32, int64 are",
                tensor.name(),
                onnx::TensorProto::DataType_IsValid(tensor.data_type())
                    ? onnx::TensorProto::DataType_Name(
                          static_cast<onnx::TensorProto::DataType>(tensor.data_type()))
                    : std::to_string(tensor.data_type())));
    }
    return result;
}

constant decode_constant(const onnx::NodeProto& node) {
    const std::string name = node.output_size() > 0 ? node.output(0) : node.name();
    for (const onnx::AttributeProto& attribute : node.attribute()) {
        if (attribute.name() == "value" && attribute.has_t()) {
            constant result = decode_constant(attribute.t());
            result.name = name;
            return result;
        }
        if (attribute.name() == "value_float") return {name, {}, std::vector<float>{attribute.f()}};
        if (attribute.name() == "value_int") return {name, {}, std::vector<std::int64_t>{attribute.i()}};
        if (attribute.name() == "value_floats") {
            return {name,
                    {attribute.floats_size()},
                    std::vector<float>(attribute.floats().begin(), attribute.floats().end())};
        }
        if (attribute.name() == "value_ints") {
            return {name,
                    {attribute.ints_size()},
                    std::vector<std::int64_t>(attribute.ints().begin(), attribute.ints().end())};
        }
    }
    throw import_error(fmt::format("node '{}' (Constant): no value, value_float(s) or value_int(s)", name));
}

std::string describe_dims(const std::vector<std::int64_t>& dims) {
    return dims.empty() ? "scalar" : fmt::format("{}", fmt::join(dims, "x"));
}

}  // namespace eyeriss::compiler
