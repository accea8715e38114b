#include "firmware/compiler/import_onnx_operators.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "firmware/compiler/import_onnx.h"

namespace eyeriss::compiler {

namespace {

std::string describe(const onnx_value& value) {
    constexpr const char* kinds[] = {"a constant", "a dequantised constant", "a quantised map",
                                     "a floating-point result that nothing has quantised yet",
                                     "the network's floating-point input"};
    return kinds[value.index()];
}

std::optional<dtype> byte_type(const constant& held) {
    if (held.as<std::uint8_t>() != nullptr) return dtype::u8;
    if (held.as<std::int8_t>() != nullptr) return dtype::i8;
    return std::nullopt;
}

}  // namespace

constant constant_value::decode() const {
    return computed ? *computed : decode_constant(*stored);
}

const std::map<std::string, onnx_operators::handler, std::less<>>& onnx_operators::handlers() {
    using self = onnx_operators;
    static const std::map<std::string, handler, std::less<>> table{
        {"Add", &self::add},
        {"AveragePool", &self::average_pool},
        {"Clip", &self::clip},
        {"Concat", &self::concat},
        {"Constant", &self::constant_node},
        {"Conv", &self::conv},
        {"ConvInteger", &self::conv_integer},
        {"DequantizeLinear", &self::dequantize_linear},
        {"Dropout", &self::pass_through},
        {"Flatten", &self::flatten},
        {"Gemm", &self::gemm},
        {"GlobalAveragePool", &self::global_average_pool},
        {"Identity", &self::pass_through},
        {"MatMul", &self::mat_mul},
        {"MatMulInteger", &self::mat_mul_integer},
        {"MaxPool", &self::max_pool},
        {"QGemm", &self::qgemm},
        {"QLinearAdd", &self::qlinear_add},
        {"QLinearAveragePool", &self::qlinear_average_pool},
        {"QLinearConcat", &self::qlinear_concat},
        {"QLinearConv", &self::qlinear_conv},
        {"QLinearGlobalAveragePool", &self::qlinear_global_average_pool},
        {"QLinearMatMul", &self::qlinear_mat_mul},
        {"QLinearSoftmax", &self::qlinear_softmax},
        {"QuantizeLinear", &self::quantize_linear},
        {"ReduceMean", &self::reduce_mean},
        {"Relu", &self::relu},
        {"Reshape", &self::reshape},
        {"Softmax", &self::softmax},
        {"Squeeze", &self::squeeze},
        {"Unsqueeze", &self::unsqueeze},
    };
    return table;
}

void onnx_operators::run(const onnx::NodeProto& node) {
    const auto found = handlers().find(node.op_type());
    const std::string& where = node.name().empty() && node.output_size() > 0 ? node.output(0) : node.name();
    if (found == handlers().end()) {
        std::vector<std::string> names;
        for (const auto& [name, unused] : handlers()) names.push_back(name);
        throw import_error(fmt::format("node '{}': operator {} is not supported; supported are {}", where,
                                       node.op_type(), fmt::join(names, ", ")));
    }
    const std::set<std::string, std::less<>> domains{"", "ai.onnx", "com.microsoft"};
    if (!domains.contains(node.domain())) {
        throw import_error(
            fmt::format("node '{}' ({}): domain '{}' is not supported; ai.onnx and com.microsoft are", where,
                        node.op_type(), node.domain()));
    }
    try {
        (this->*found->second)(node);
    } catch (const std::logic_error& wrong) {
        throw import_error(fmt::format("node '{}' ({}): {}", where, node.op_type(), wrong.what()));
    }
}

const onnx_value& onnx_operators::operand(const node_reader& node, unsigned index) const {
    if (node.input(index).empty()) node.fail(fmt::format("input {} is missing", index));
    const auto found = values_.find(node.input(index));
    if (found == values_.end()) {
        node.fail(fmt::format("input '{}' is made by no node before it", node.input(index)));
    }
    return found->second;
}

const onnx_value* onnx_operators::optional_operand(const node_reader& node, unsigned index) const {
    return node.input(index).empty() ? nullptr : &operand(node, index);
}

constant onnx_operators::constant_operand(const node_reader& node, unsigned index) const {
    const onnx_value& value = operand(node, index);
    const auto* held = std::get_if<constant_value>(&value);
    if (held == nullptr) {
        node.fail(fmt::format("input '{}' is {}; it must be an initialiser or a Constant", node.input(index),
                              describe(value)));
    }
    return held->decode();
}

map_view onnx_operators::map_operand(const node_reader& node, unsigned index) const {
    const onnx_value& value = operand(node, index);
    const auto* held = std::get_if<map_view>(&value);
    if (held == nullptr) {
        node.fail(
            fmt::format("input '{}' is {}; it must be a quantised map", node.input(index), describe(value)));
    }
    if (builder_.of(*held).type == dtype::i32) {
        node.fail(fmt::format("input '{}' holds 32-bit sums; they are supported only as the network's output",
                              node.input(index)));
    }
    return *held;
}

dequantised_view onnx_operators::dequantised_operand(const node_reader& node, unsigned index) const {
    const onnx_value& value = operand(node, index);
    const auto* held = std::get_if<real_value>(&value);
    const auto* view = held == nullptr ? nullptr : std::get_if<dequantised_view>(&held->what);
    if (view == nullptr || held->clamp.bounded()) {
        node.fail(fmt::format("input '{}' is {}; it must come from DequantizeLinear", node.input(index),
                              describe(value)));
    }
    return {{view->map.id, held->dims}, view->as};
}

dequantised_view onnx_operators::map_operand(const node_reader& node, unsigned map, unsigned scale,
                                             unsigned zero_point) {
    const map_view view = map_operand(node, map);
    const dtype type = builder_.of(view).type;
    const quantisation as = quantisation_operand(node, scale, zero_point, type);
    if (!builder_.agree(view, as)) {
        const quantisation is = builder_.quantisation_in(view);
        node.fail(
            fmt::format("input '{}' is {} with zero point {}, the node takes it for {} with zero point {}",
                        node.input(map), is.type == dtype::u8 ? "uint8" : "int8", is.zero_point,
                        as.type == dtype::u8 ? "uint8" : "int8", as.zero_point));
    }
    return {view, as};
}

std::vector<float> onnx_operators::scale_operand(const node_reader& node, unsigned index) const {
    const constant held = constant_operand(node, index);
    const auto* scales = held.as<float>();
    if (scales == nullptr) {
        node.fail(fmt::format("scale '{}' is {}; it must be float", node.input(index), held.type()));
    }
    for (const float scale : *scales) {
        if (!(scale > 0) || !std::isfinite(scale)) {
            node.fail(fmt::format("scale '{}' holds {}; scales must be positive", node.input(index), scale));
        }
    }
    if (scales->empty()) node.fail(fmt::format("scale '{}' is empty", node.input(index)));
    return *scales;
}

quantisation onnx_operators::quantisation_operand(const node_reader& node, unsigned scale,
                                                  unsigned zero_point,
                                                  std::optional<dtype> without_zero_point) const {
    const std::vector<float> scales = scale_operand(node, scale);
    if (scales.size() != 1) {
        node.fail(fmt::format("scale '{}' has {} values; an activation must have one scale",
                              node.input(scale), scales.size()));
    }
    if (node.input(zero_point).empty()) return {scales[0], 0, without_zero_point.value_or(dtype::u8)};
    const constant held = constant_operand(node, zero_point);
    const auto type = byte_type(held);
    if (!type || held.size() != 1) {
        node.fail(fmt::format("zero point '{}' is {} {}; one uint8 or int8 is supported",
                              node.input(zero_point), held.size(), held.type()));
    }
    return {scales[0], static_cast<std::int32_t>(held.integers()[0]), *type};
}

std::vector<std::int64_t> onnx_operators::integers_operand(const node_reader& node, unsigned index,
                                                           std::string_view attribute) const {
    if (const auto held = node.integers(attribute)) return *held;
    const constant held = constant_operand(node, index);
    if (held.as<std::int64_t>() == nullptr) {
        node.fail(fmt::format("input '{}' is {}; it must be int64", node.input(index), held.type()));
    }
    return held.integers();
}

void onnx_operators::leave(const node_reader& node, real_value value) {
    define(node.output(), std::move(value));
}

void onnx_operators::leave_quantised(const node_reader& node, const real_value& value,
                                     const quantisation& q) {
    define(node.output(), builder_.quantise(value, node.output(), q));
}

void onnx_operators::quantize_linear(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"axis"});
    const onnx_value& value = operand(node, 0);
    if (std::holds_alternative<constant_value>(value)) {
        quantize_constant(node);
        return;
    }
    const quantisation q = quantisation_operand(node, 1, 2, dtype::u8);
    if (const auto* real = std::get_if<real_value>(&value)) {
        leave_quantised(node, *real, q);
    } else if (const auto* input = std::get_if<real_input>(&value)) {
        if (!input_) input_ = builder_.add_input(node.output(), input->dims, q);
        if (builder_.quantisation_in(*input_) != q) {
            node.fail(fmt::format("the network's input '{}' is quantised in two ways; one is supported",
                                  input->name));
        }
        define(node.output(), map_view{input_->id, input->dims});
    } else {
        node.fail(fmt::format("input '{}' is {}; it must be floating-point", node.input(0), describe(value)));
    }
}

void onnx_operators::quantize_constant(const node_reader& node) {
    const constant held = constant_operand(node, 0);
    const auto* reals = held.as<float>();
    if (reals == nullptr)
        node.fail(fmt::format("input '{}' is {}; it must be float", node.input(0), held.type()));
    const std::vector<float> scales = scale_operand(node, 1);
    const constant zero_points = constant_operand(node, 2);
    if (zero_points.as<std::int8_t>() == nullptr || zero_points.size() != scales.size()) {
        node.fail("a constant must be quantised to int8, with as many zero points as scales");
    }
    const auto axis = scales.size() == 1 ? 0 : axis_of(node, held.dims, scales.size());
    std::size_t inner = 1;
    for (std::size_t i = axis + 1; i < held.dims.size(); ++i) inner *= static_cast<std::size_t>(held.dims[i]);
    std::vector<std::int8_t> bytes(reals->size());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::size_t k = i / inner % scales.size();
        const auto zero_point = static_cast<std::int32_t>(zero_points.integers()[k]);
        bytes[i] =
            static_cast<std::int8_t>(compiler::quantise((*reals)[i], {scales[k], zero_point, dtype::i8}));
    }
    const constant made{node.output(), held.dims, std::move(bytes)};
    define(node.output(), constant_value{nullptr, std::make_shared<const constant>(made)});
}

std::size_t onnx_operators::axis_of(const node_reader& node, const std::vector<std::int64_t>& dims,
                                    std::size_t values) {
    const std::int64_t given = node.integer("axis", 1);
    const std::int64_t axis = given < 0 ? given + static_cast<std::int64_t>(dims.size()) : given;
    if (axis < 0 || axis >= static_cast<std::int64_t>(dims.size()) ||
        dims[static_cast<std::size_t>(axis)] != static_cast<std::int64_t>(values)) {
        node.fail(fmt::format("axis {} of '{}' ({}) does not have the {} values that its scales have", given,
                              node.input(0), describe_dims(dims), values));
    }
    return static_cast<std::size_t>(axis);
}

void onnx_operators::dequantize_linear(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"axis"});
    const onnx_value& value = operand(node, 0);
    if (const auto* held = std::get_if<constant_value>(&value)) {
        dequantised_constant result{*held, scale_operand(node, 1), {}, node.integer("axis", 1)};
        if (!node.input(2).empty()) result.zero_point = constant_operand(node, 2).integers();
        if (!node.input(2).empty() && result.zero_point.size() != result.scale.size()) {
            node.fail(fmt::format("{} integer zero points for {} scales; as many are needed",
                                  result.zero_point.size(), result.scale.size()));
        }
        define(node.output(), std::move(result));
        return;
    }
    const dequantised_view view = map_operand(node, 0, 1, 2);
    leave(node, {node.name(), view, view.map.dims, view.map.dims, {}});
}

void onnx_operators::constant_node(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"value", "value_float", "value_floats", "value_int", "value_ints"});
    define(node.output(), constant_value{nullptr, std::make_shared<const constant>(decode_constant(proto))});
}

void onnx_operators::pass_through(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"ratio", "seed"});
    define(node.output(), operand(node, 0));
}

void onnx_operators::relu(const onnx::NodeProto& proto) {
    clamp(node_reader(proto, {}), {0.0F, std::numeric_limits<float>::infinity()});
}

void onnx_operators::clip(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"min", "max"});
    const auto bound = [&](unsigned index, const char* attribute, float otherwise) {
        if (node.input(index).empty()) return node.real(attribute, otherwise);
        const constant held = constant_operand(node, index);
        if (held.as<float>() == nullptr || held.size() != 1) {
            node.fail(fmt::format("bound '{}' is {} {}; one float is supported", node.input(index),
                                  held.size(), held.type()));
        }
        return held.as<float>()->front();
    };
    const real_interval all;
    const real_interval interval{bound(1, "min", all.low), bound(2, "max", all.high)};
    if (!(interval.low <= interval.high)) {
        node.fail(fmt::format("interval {}..{} is empty", interval.low, interval.high));
    }
    clamp(node, interval);
}

void onnx_operators::clamp(const node_reader& node, const real_interval& interval) {
    const onnx_value& value = operand(node, 0);
    const auto* held = std::get_if<real_value>(&value);
    if (held == nullptr) {
        node.fail(fmt::format("input '{}' is {}; it must come from DequantizeLinear or an operator after it",
                              node.input(0), describe(value)));
    }
    real_value result = *held;
    if (std::holds_alternative<dequantised_view>(result.what)) result.name = node.name();
    result.clamp = result.clamp.then(interval);
    leave(node, std::move(result));
}

map_view onnx_operators::output(const std::string& name) {
    const auto found = values_.find(name);
    if (found == values_.end()) throw import_error(fmt::format("output '{}' is made by no node", name));
    if (const auto* view = std::get_if<map_view>(&found->second)) return *view;
    if (const auto* real = std::get_if<real_value>(&found->second)) {
        const auto* view = std::get_if<dequantised_view>(&real->what);
        if (view != nullptr && !real->clamp.bounded()) return {view->map.id, real->dims};
        if (std::holds_alternative<softmax_spec>(real->what)) {
            return builder_.quantise(*real, name, {1.0F / 256, 0, dtype::u8});
        }
    }
    throw import_error(fmt::format("output '{}' is {}; it must be quantised, dequantised, or a Softmax", name,
                                   describe(found->second)));
}

}  // namespace eyeriss::compiler
