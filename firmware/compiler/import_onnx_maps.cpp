#include <onnx/onnx_pb.h>

#include <algorithm>

#include <fmt/format.h>

#include "firmware/compiler/import_onnx_operators.h"
#include "models/abi/image.h"

// Pooling, Add, Concat and Softmax in their quantised and floating-point forms.
namespace eyeriss::compiler {

namespace {

// Outputs of one axis of a pooling window. ceil_mode adds room behind the map, which is never counted.
unsigned pool_outputs(const node_reader& node, unsigned size, unsigned kernel, unsigned stride,
                      unsigned begin, unsigned& end, bool ceil_mode) {
    const unsigned padded = size + begin + end;
    if (padded < kernel) {
        node.fail(fmt::format("a window of {} is larger than the padded map of {}", kernel, padded));
    }
    if (begin >= kernel || end >= kernel) {
        node.fail(fmt::format("padding {},{} leaves windows of {} empty; it must be smaller than the window",
                              begin, end, kernel));
    }
    unsigned outputs = (padded - kernel) / stride + 1;
    if (ceil_mode && (padded - kernel) % stride != 0) {
        if (outputs * stride >= size + begin) {
            node.fail(
                "ceil_mode makes a last window that lies wholly in the padding, which is not supported");
        }
        end += outputs * stride + kernel - padded;
        ++outputs;
    }
    return outputs;
}

struct pooling {
    pool_op op;
    map_dims made;
};

pooling read_pool(const node_reader& node, const map_dims& map, bool max) {
    if (map.matrix) node.fail(fmt::format("input is {}; four dimensions are supported", map.text()));
    node.require("dilations", 1);
    const window_extent extent = node.kernel(map.h, map.w);
    window_attributes at = node.window(extent);
    const bool ceil_mode = node.integer("ceil_mode", 0) != 0;
    const bool count_pads = node.integer("count_include_pad", 0) != 0;
    if (ceil_mode && count_pads) node.fail("ceil_mode together with count_include_pad is not supported");
    const unsigned h =
        pool_outputs(node, map.h, extent.kernel_h, at.stride_h, at.pad_top, at.pad_bottom, ceil_mode);
    const unsigned w =
        pool_outputs(node, map.w, extent.kernel_w, at.stride_w, at.pad_left, at.pad_right, ceil_mode);
    pool_op op{.max = max,
               .kernel_h = extent.kernel_h,
               .kernel_w = extent.kernel_w,
               .stride_h = at.stride_h,
               .stride_w = at.stride_w,
               .pad_top = at.pad_top,
               .pad_left = at.pad_left,
               .pad_bottom = at.pad_bottom,
               .pad_right = at.pad_right};
    op.count_include_pad = count_pads;
    return {op, {map.n, map.c, h, w, false}};
}

real_value average(const node_reader& node, const dequantised_view& from, const pooling& pool) {
    return {node.name(), pool_spec{from, pool.op}, pool.made, pool.made, {}};
}

real_value global_average(const node_reader& node, const dequantised_view& from) {
    const map_dims& map = from.map.dims;
    if (map.matrix) node.fail(fmt::format("input is {}; four dimensions are supported", map.text()));
    pool_op op;
    op.max = false;
    op.kernel_h = map.h;
    op.kernel_w = map.w;
    return average(node, from, {op, {map.n, map.c, 1, 1, false}});
}

// Dimensions of a concatenation along channels.
map_dims joined(const node_reader& node, const std::vector<map_dims>& from) {
    if (from.empty()) node.fail("no inputs");
    const std::int64_t rank = from[0].matrix ? 2 : 4;
    const std::int64_t axis = node.integer("axis", 1);
    if (axis != 1 && axis != 1 - rank) {
        node.fail(fmt::format("axis is {}; concatenation along channels, axis 1, is supported", axis));
    }
    if (from.size() > EYERISS_MAX_INPUTS) {
        node.fail(fmt::format("{} inputs; at most {} are supported", from.size(), EYERISS_MAX_INPUTS));
    }
    map_dims made = from[0];
    made.c = 0;
    for (const map_dims& each : from) {
        if (each.n != made.n || each.h != made.h || each.w != made.w || each.matrix != made.matrix) {
            node.fail(
                fmt::format("inputs {} and {} differ in more than channels", from[0].text(), each.text()));
        }
        made.c += each.c;
    }
    if (made.c > EYERISS_MAX_DIM) {
        node.fail(fmt::format("{} channels in all; at most {} are supported", made.c, EYERISS_MAX_DIM));
    }
    return made;
}

}  // namespace

void onnx_operators::max_pool(const onnx::NodeProto& proto) {
    const node_reader node(
        proto, {"auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"});
    node.require("storage_order", 0);
    if (std::holds_alternative<map_view>(operand(node, 0))) {
        const map_view from = map_operand(node, 0);
        const pooling pool = read_pool(node, from.dims, true);
        define(node.output(), builder_.max_pool(node.name(), node.output(), from, pool.op, pool.made));
        return;
    }
    const dequantised_view from = dequantised_operand(node, 0);
    leave(node, average(node, from, read_pool(node, from.map.dims, true)));
}

void onnx_operators::average_pool(const onnx::NodeProto& proto) {
    const node_reader node(proto,
                           {"auto_pad", "ceil_mode", "count_include_pad", "kernel_shape", "pads", "strides"});
    const dequantised_view from = dequantised_operand(node, 0);
    leave(node, average(node, from, read_pool(node, from.map.dims, false)));
}

void onnx_operators::global_average_pool(const onnx::NodeProto& proto) {
    const node_reader node(proto, {});
    leave(node, global_average(node, dequantised_operand(node, 0)));
}

void onnx_operators::reduce_mean(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"axes", "keepdims"});
    const dequantised_view from = dequantised_operand(node, 0);
    auto axes = integers_operand(node, 1, "axes");
    for (std::int64_t& axis : axes) axis += axis < 0 ? 4 : 0;
    std::sort(axes.begin(), axes.end());
    if (axes != std::vector<std::int64_t>{2, 3})
        node.fail("only the mean over both image axes (2, 3) is supported");
    real_value result = global_average(node, from);
    result.dims.matrix = node.integer("keepdims", 1) == 0;
    leave(node, std::move(result));
}

void onnx_operators::qlinear_average_pool(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"auto_pad", "ceil_mode", "channels_last", "count_include_pad",
                                   "kernel_shape", "pads", "strides"});
    node.require("channels_last", 0);
    const dequantised_view from = map_operand(node, 0, 1, 2);
    const quantisation to = quantisation_operand(node, 3, 4, from.as.type);
    leave_quantised(node, average(node, from, read_pool(node, from.map.dims, false)), to);
}

void onnx_operators::qlinear_global_average_pool(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"channels_last"});
    node.require("channels_last", 0);
    const dequantised_view from = map_operand(node, 0, 1, 2);
    leave_quantised(node, global_average(node, from), quantisation_operand(node, 3, 4, from.as.type));
}

real_value onnx_operators::make_add(const node_reader& node, const dequantised_view& a,
                                    const dequantised_view& b) {
    const map_dims& made = a.map.dims;
    if (!made.same_map(b.map.dims) || made.matrix != b.map.dims.matrix) {
        node.fail(fmt::format("inputs are {} and {}; equal dimensions are supported", made.text(),
                              b.map.dims.text()));
    }
    return {node.name(), add_spec{a, b}, made, made, {}};
}

void onnx_operators::add(const onnx::NodeProto& proto) {
    const node_reader node(proto, {});
    if (add_bias(node)) return;
    leave(node, make_add(node, dequantised_operand(node, 0), dequantised_operand(node, 1)));
}

void onnx_operators::qlinear_add(const onnx::NodeProto& proto) {
    const node_reader node(proto, {});
    const dequantised_view a = map_operand(node, 0, 1, 2);
    const dequantised_view b = map_operand(node, 3, 4, 5);
    leave_quantised(node, make_add(node, a, b), quantisation_operand(node, 6, 7, a.as.type));
}

real_value onnx_operators::make_concat(const node_reader& node, const std::vector<dequantised_view>& from) {
    std::vector<map_dims> dims;
    std::transform(from.begin(), from.end(), std::back_inserter(dims),
                   [](const auto& each) { return each.map.dims; });
    const map_dims made = joined(node, dims);
    return {node.name(), concat_spec{from}, made, made, {}};
}

void onnx_operators::concat(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"axis"});
    if (!std::holds_alternative<map_view>(operand(node, 0))) {
        std::vector<dequantised_view> from;
        for (unsigned i = 0; i < node.inputs(); ++i) from.push_back(dequantised_operand(node, i));
        leave(node, make_concat(node, from));
        return;
    }
    std::vector<map_view> from;
    std::vector<map_dims> dims;
    for (unsigned i = 0; i < node.inputs(); ++i) {
        from.push_back(map_operand(node, i));
        dims.push_back(from.back().dims);
        if (builder_.quantisation_in(from.back()) != builder_.quantisation_in(from[0])) {
            node.fail(fmt::format(
                "inputs '{}' and '{}' are quantised differently; equal scale, zero point and type "
                "(or QLinearConcat) are supported",
                node.input(0), node.input(i)));
        }
    }
    define(node.output(), builder_.concat(node.name(), node.output(), from, joined(node, dims)));
}

void onnx_operators::qlinear_concat(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"axis"});
    if (node.inputs() < 5 || node.inputs() % 3 != 2) {
        node.fail(fmt::format("{} inputs; output scale and zero point and three for each map are needed",
                              node.inputs()));
    }
    std::vector<dequantised_view> from;
    for (unsigned i = 2; i < node.inputs(); i += 3) from.push_back(map_operand(node, i, i + 1, i + 2));
    leave_quantised(node, make_concat(node, from), quantisation_operand(node, 0, 1, from[0].as.type));
}

real_value onnx_operators::make_softmax_value(const node_reader& node, const dequantised_view& from,
                                              std::int64_t opset) {
    const map_dims& made = from.map.dims;
    const std::int64_t rank = made.matrix ? 2 : 4;
    const std::int64_t given = node.integer("axis", opset < 13 ? 1 : -1);
    const std::int64_t axis = given < 0 ? given + rank : given;
    if (axis != 1 || made.h != 1 || made.w != 1) {
        node.fail(fmt::format("axis {} of {}; softmax over the channels of a 1x1 map is supported", given,
                              made.text()));
    }
    return {node.name(), softmax_spec{from}, made, made, {}};
}

void onnx_operators::softmax(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"axis"});
    leave(node, make_softmax_value(node, dequantised_operand(node, 0), opset_));
}

void onnx_operators::qlinear_softmax(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"axis", "opset"});
    const dequantised_view from = map_operand(node, 0, 1, 2);
    leave_quantised(node, make_softmax_value(node, from, node.integer("opset", opset_)),
                    quantisation_operand(node, 3, 4, from.as.type));
}

}  // namespace eyeriss::compiler
