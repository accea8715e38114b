#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "firmware/compiler/import_onnx_operators.h"
#include "models/abi/image.h"

// Conv, Gemm and MatMul in their quantised and floating-point forms.
namespace eyeriss::compiler {

namespace {

constexpr std::int32_t u8_weight_zero_point = 128;

// Weights as int8 with zero point 0.
std::vector<std::int8_t> centred(const node_reader& node, const constant& held,
                                 const std::vector<std::int64_t>& zero_points) {
    const auto all = [&](std::int64_t value) {
        return std::all_of(zero_points.begin(), zero_points.end(), [&](auto each) { return each == value; });
    };
    if (const auto* bytes = held.as<std::int8_t>(); bytes != nullptr && all(0)) return *bytes;
    const auto* unsigned_bytes = held.as<std::uint8_t>();
    if (unsigned_bytes != nullptr && !zero_points.empty() && all(u8_weight_zero_point)) {
        std::vector<std::int8_t> result(unsigned_bytes->size());
        std::transform(unsigned_bytes->begin(), unsigned_bytes->end(), result.begin(),
                       [](std::uint8_t b) { return static_cast<std::int8_t>(b - u8_weight_zero_point); });
        return result;
    }
    const bool typed = held.as<std::int8_t>() != nullptr || unsigned_bytes != nullptr;
    const auto odd =
        std::find_if(zero_points.begin(), zero_points.end(), [](auto each) { return each != 0; });
    node.fail(
        fmt::format("weights '{}' are {} with zero point {}; int8 with zero point 0 and uint8 with zero "
                    "point 128 are supported",
                    held.name, held.type(), typed && odd != zero_points.end() ? *odd : 0));
}

std::vector<float> channel_scales(const node_reader& node, const weight_matrix& weights,
                                  std::size_t channels) {
    if (weights.scale.size() == 1) return std::vector<float>(channels, weights.scale[0]);
    if (weights.scale.size() != channels) {
        node.fail(fmt::format("{} weight scales for {} output channels; one, or one a channel is supported",
                              weights.scale.size(), channels));
    }
    return weights.scale;
}

void require_axis(const node_reader& node, const weight_matrix& weights, std::int64_t wanted) {
    if (!weights.axis || weights.scale.size() == 1) return;
    const std::int64_t rank = static_cast<std::int64_t>(weights.dims.size());
    const std::int64_t axis = *weights.axis < 0 ? *weights.axis + rank : *weights.axis;
    if (axis != wanted) {
        node.fail(
            fmt::format("weights are scaled along axis {}; along the output channels, axis {}, is supported",
                        *weights.axis, wanted));
    }
}

unsigned size_of(const node_reader& node, std::int64_t dim, const char* what) {
    if (dim < 1 || dim > EYERISS_MAX_DIM) {
        node.fail(fmt::format("{} is {}; 1..{} is supported", what, dim, EYERISS_MAX_DIM));
    }
    return static_cast<unsigned>(dim);
}

// [rows][columns] to [columns][rows], in blocks that a cache holds.
std::vector<std::int8_t> transpose(const std::vector<std::int8_t>& from, std::size_t rows,
                                   std::size_t columns) {
    constexpr std::size_t block = 64;
    std::vector<std::int8_t> to(from.size());
    for (std::size_t row = 0; row < rows; row += block) {
        for (std::size_t column = 0; column < columns; column += block) {
            for (std::size_t j = column; j < std::min(column + block, columns); ++j) {
                for (std::size_t i = row; i < std::min(row + block, rows); ++i) {
                    to[j * rows + i] = from[i * columns + j];
                }
            }
        }
    }
    return to;
}

void check_shape(const node_reader& node, const arch::layer_shape& shape) {
    if (const std::string wrong = shape.check(); !wrong.empty()) node.fail(wrong);
    const std::uint64_t rows = std::uint64_t{shape.h} + shape.pad_top + shape.pad_bottom;
    const std::uint64_t columns = std::uint64_t{shape.w} + shape.pad_left + shape.pad_right;
    if (rows * columns > largest_tensor || rows * columns * shape.channels_in() > largest_tensor) {
        node.fail(fmt::format("the padded input is {}x{}x{}; {} elements are supported", shape.channels_in(),
                              rows, columns, largest_tensor));
    }
}

}  // namespace

weight_matrix onnx_operators::dequantised_weights(const node_reader& node, unsigned index) const {
    const auto* held = std::get_if<dequantised_constant>(&operand(node, index));
    if (held == nullptr) {
        node.fail(fmt::format("weights '{}' must come from DequantizeLinear of an int8 initialiser",
                              node.input(index)));
    }
    const constant stored = held->from.decode();
    return {centred(node, stored, held->zero_point), stored.dims, held->scale, held->axis};
}

weight_matrix onnx_operators::stored_weights(const node_reader& node, unsigned values,
                                             std::optional<unsigned> scale, unsigned zero_point) const {
    const constant stored = constant_operand(node, values);
    std::vector<std::int64_t> zero_points;
    if (!node.input(zero_point).empty()) zero_points = constant_operand(node, zero_point).integers();
    const std::vector<float> scales = scale ? scale_operand(node, *scale) : std::vector<float>{1.0F};
    return {centred(node, stored, zero_points), stored.dims, scales, std::nullopt};
}

conv_spec onnx_operators::make_conv(const node_reader& node, const dequantised_view& in,
                                    weight_matrix weights) const {
    node.require("dilations", 1);
    const map_dims& map = in.map.dims;
    const auto& dims = weights.dims;
    if (map.matrix || dims.size() != 4) {
        node.fail(fmt::format("input is {}, weights are {}; four dimensions each are supported", map.text(),
                              describe_dims(dims)));
    }
    const unsigned groups = size_of(node, node.integer("group", 1), "group");
    const unsigned channels_out = size_of(node, dims[0], "the number of output channels");
    const window_extent stored{map.h, map.w, size_of(node, dims[2], "the kernel's height"),
                               size_of(node, dims[3], "the kernel's width")};
    const window_extent extent = node.kernel(map.h, map.w, stored);
    if (extent.kernel_h != stored.kernel_h || extent.kernel_w != stored.kernel_w) {
        node.fail(fmt::format("kernel_shape is {}x{}, weights are {}", extent.kernel_h, extent.kernel_w,
                              describe_dims(dims)));
    }
    if (channels_out % groups != 0 || dims[1] * groups != map.c) {
        node.fail(fmt::format("weights {} in {} groups do not fit an input of {} channels",
                              describe_dims(dims), groups, map.c));
    }
    const window_attributes at = node.window(extent);
    conv_spec spec{in.map, in.as, {}, std::move(weights.values), {}, {}};
    spec.shape = {.groups = groups,
                  .batch = map.n,
                  .m = channels_out / groups,
                  .c = map.c / groups,
                  .h = map.h,
                  .w = map.w,
                  .r = extent.kernel_h,
                  .s = extent.kernel_w,
                  .stride_h = at.stride_h,
                  .stride_w = at.stride_w,
                  .pad_top = at.pad_top,
                  .pad_left = at.pad_left,
                  .pad_bottom = at.pad_bottom,
                  .pad_right = at.pad_right};
    check_shape(node, spec.shape);
    require_axis(node, weights, 0);
    spec.weight_scale = channel_scales(node, weights, channels_out);
    spec.bias.assign(channels_out, 0);
    return spec;
}

conv_spec onnx_operators::make_fc(const node_reader& node, const dequantised_view& in, weight_matrix weights,
                                  bool transposed) const {
    const map_dims& map = in.map.dims;
    const auto& dims = weights.dims;
    if (!map.matrix || dims.size() != 2) {
        node.fail(fmt::format("input is {}, weights are {}; two dimensions each are supported", map.text(),
                              describe_dims(dims)));
    }
    const unsigned depth = map.c;
    const unsigned channels = size_of(node, dims[transposed ? 0 : 1], "the number of outputs");
    if (dims[transposed ? 1 : 0] != depth) {
        node.fail(fmt::format("weights {} do not fit an input of {}", describe_dims(dims), map.text()));
    }
    conv_spec spec{in.map, in.as, {}, {}, {}, {}};
    spec.shape = {.batch = map.n, .m = channels, .c = map.c};
    // A flattened map is taken whole: the window covers it, in the order c, h, w of the flattened vector.
    const tensor& held = builder_.of(in.map);
    if (held.n == map.n && held.elements() == map.elements()) {
        spec.shape.c = held.c;
        spec.shape.h = spec.shape.r = held.h;
        spec.shape.w = spec.shape.s = held.w;
    }
    if (transposed) {
        spec.weights = std::move(weights.values);
    } else {
        spec.weights = transpose(weights.values, depth, channels);
    }
    check_shape(node, spec.shape);
    require_axis(node, weights, transposed ? 0 : 1);
    spec.weight_scale = channel_scales(node, weights, channels);
    spec.bias.assign(channels, 0);
    return spec;
}

void onnx_operators::set_integer_bias(const node_reader& node, unsigned index, conv_spec& spec) const {
    if (node.input(index).empty()) return;
    const constant held = constant_operand(node, index);
    const auto* bias = held.as<std::int32_t>();
    if (bias == nullptr || bias->size() != spec.bias.size()) {
        node.fail(fmt::format("bias '{}' is {} {}; {} int32 are supported", held.name, held.size(),
                              held.type(), spec.bias.size()));
    }
    spec.bias = *bias;
}

void onnx_operators::add_real_bias(const node_reader& node, unsigned index, conv_spec& spec) const {
    const onnx_value* value = optional_operand(node, index);
    if (value == nullptr) return;
    const auto* scaled = std::get_if<dequantised_constant>(value);
    const constant held = scaled != nullptr ? scaled->from.decode() : constant_operand(node, index);
    const auto* reals = held.as<float>();
    const std::vector<std::int64_t> integers = held.integers();
    const std::size_t channels = spec.bias.size();
    if (held.size() != channels || (scaled == nullptr) != (reals != nullptr) ||
        (scaled != nullptr && scaled->scale.size() != 1 && scaled->scale.size() != channels)) {
        node.fail(fmt::format("bias '{}' is {} {}; {} values, float or dequantised, are supported", held.name,
                              held.size(), held.type(), channels));
    }
    for (std::size_t m = 0; m < channels; ++m) {
        const double unit = double{spec.as.scale} * spec.weight_scale[m];
        double count = 0;
        if (scaled != nullptr) {
            const double scale = scaled->scale[scaled->scale.size() == 1 ? 0 : m];
            const auto& zero_points = scaled->zero_point;
            const std::int64_t zero_point =
                zero_points.empty() ? 0 : zero_points[zero_points.size() == 1 ? 0 : m];
            // The usual bias is in units of xs * ws, up to a float's rounding, and so an integer already.
            const double ratio = std::abs(scale / unit - 1) < 1e-5 ? 1 : scale / unit;
            count = static_cast<double>(integers[m] - zero_point) * ratio;
        } else {
            count = (*reals)[m] / unit;
        }
        const double sum = std::nearbyint(count) + spec.bias[m];
        if (!(std::abs(sum) < 0x1p31)) {
            node.fail(fmt::format(
                "bias '{}' of output channel {} is {} units of input scale * weight scale, more than "
                "32 bits hold",
                held.name, m, sum));
        }
        spec.bias[m] = static_cast<std::int32_t>(sum);
    }
}

real_value onnx_operators::waiting(const node_reader& node, conv_spec spec) {
    const arch::layer_shape& shape = spec.shape;
    const map_dims made{shape.batch, shape.channels_out(), shape.e(), shape.f(), spec.map.dims.matrix};
    return {node.name(), std::make_shared<const conv_spec>(std::move(spec)), made, made, {}};
}

void onnx_operators::conv(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"});
    conv_spec spec = make_conv(node, dequantised_operand(node, 0), dequantised_weights(node, 1));
    add_real_bias(node, 2, spec);
    leave(node, waiting(node, std::move(spec)));
}

void onnx_operators::qlinear_conv(const onnx::NodeProto& proto) {
    const node_reader node(
        proto, {"auto_pad", "channels_last", "dilations", "group", "kernel_shape", "pads", "strides"});
    node.require("channels_last", 0);
    conv_spec spec = make_conv(node, map_operand(node, 0, 1, 2), stored_weights(node, 3, 4, 5));
    set_integer_bias(node, 8, spec);
    leave_quantised(node, waiting(node, std::move(spec)), quantisation_operand(node, 6, 7, dtype::u8));
}

void onnx_operators::conv_integer(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"});
    const dequantised_view in = integer_operand(node, 0, 2);
    const conv_spec spec = make_conv(node, in, stored_weights(node, 1, std::nullopt, 3));
    define(node.output(), builder_.accumulate(spec, node.name(), node.output()));
}

void onnx_operators::gemm(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"alpha", "beta", "transA", "transB"});
    node.require("transA", 0);
    if (node.real("alpha", 1) != 1 || node.real("beta", 1) != 1) node.fail("alpha and beta must be 1");
    conv_spec spec = make_fc(node, dequantised_operand(node, 0), dequantised_weights(node, 1),
                             node.integer("transB", 0) != 0);
    add_real_bias(node, 2, spec);
    leave(node, waiting(node, std::move(spec)));
}

void onnx_operators::mat_mul(const onnx::NodeProto& proto) {
    const node_reader node(proto, {});
    leave(node,
          waiting(node, make_fc(node, dequantised_operand(node, 0), dequantised_weights(node, 1), false)));
}

void onnx_operators::qgemm(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"alpha", "transA", "transB"});
    node.require("transA", 0);
    if (node.real("alpha", 1) != 1) node.fail("alpha must be 1");
    if (node.input(7).empty()) node.fail("output scale is missing; a floating-point output is not supported");
    conv_spec spec = make_fc(node, map_operand(node, 0, 1, 2), stored_weights(node, 3, 4, 5),
                             node.integer("transB", 0) != 0);
    set_integer_bias(node, 6, spec);
    leave_quantised(node, waiting(node, std::move(spec)), quantisation_operand(node, 7, 8, dtype::u8));
}

void onnx_operators::qlinear_mat_mul(const onnx::NodeProto& proto) {
    const node_reader node(proto, {});
    conv_spec spec = make_fc(node, map_operand(node, 0, 1, 2), stored_weights(node, 3, 4, 5), false);
    leave_quantised(node, waiting(node, std::move(spec)), quantisation_operand(node, 6, 7, dtype::u8));
}

void onnx_operators::mat_mul_integer(const onnx::NodeProto& proto) {
    const node_reader node(proto, {});
    const dequantised_view in = integer_operand(node, 0, 2);
    const conv_spec spec = make_fc(node, in, stored_weights(node, 1, std::nullopt, 3), false);
    define(node.output(), builder_.accumulate(spec, node.name(), node.output()));
}

dequantised_view onnx_operators::integer_operand(const node_reader& node, unsigned map, unsigned zero_point) {
    const map_view view = map_operand(node, map);
    quantisation as = builder_.quantisation_in(view);
    as.zero_point = 0;
    if (!node.input(zero_point).empty()) {
        const constant held = constant_operand(node, zero_point);
        const auto values = held.integers();
        if (values.size() != 1 || values[0] < lowest(as.type) || values[0] > highest(as.type)) {
            node.fail(fmt::format("zero point '{}' is {} {}; one of the input's type is supported", held.name,
                                  held.size(), held.type()));
        }
        as.zero_point = static_cast<std::int32_t>(values[0]);
    }
    if (!builder_.agree(view, as)) {
        node.fail(fmt::format("input '{}' has zero point {}, the node takes it for {}", node.input(map),
                              builder_.quantisation_in(view).zero_point, as.zero_point));
    }
    return {view, as};
}

bool onnx_operators::add_bias(const node_reader& node) {
    for (const unsigned index : {0U, 1U}) {
        const auto* real = std::get_if<real_value>(&operand(node, index));
        const onnx_value& other = operand(node, 1 - index);
        const bool constant_other = std::holds_alternative<constant_value>(other) ||
                                    std::holds_alternative<dequantised_constant>(other);
        if (real == nullptr || !constant_other) continue;
        const auto* held = std::get_if<std::shared_ptr<const conv_spec>>(&real->what);
        if (held == nullptr || real->clamp.bounded() || !real->dims.same_map(real->made)) {
            node.fail(fmt::format("constant '{}' can be added only right after Conv, Gemm or MatMul",
                                  node.input(1 - index)));
        }
        const auto* scaled = std::get_if<dequantised_constant>(&other);
        auto dims = (scaled != nullptr ? scaled->from : std::get<constant_value>(other)).decode().dims;
        const std::size_t behind = real->dims.matrix ? 0 : 2;
        // Along channels only: all other dimensions of the constant are 1.
        std::int64_t at_channels = dims.size() > behind ? dims[dims.size() - 1 - behind] : 1;
        for (const std::int64_t dim : dims) at_channels = dim == 1 || dim == at_channels ? at_channels : -1;
        if (at_channels != static_cast<std::int64_t>((*held)->bias.size())) {
            node.fail(fmt::format("constant '{}' is {}; one value for each of {} channels is supported",
                                  node.input(1 - index), describe_dims(dims), (*held)->bias.size()));
        }
        conv_spec spec = **held;
        add_real_bias(node, 1 - index, spec);
        real_value result = *real;
        result.what = std::make_shared<const conv_spec>(std::move(spec));
        leave(node, std::move(result));
        return true;
    }
    return false;
}

}  // namespace eyeriss::compiler
