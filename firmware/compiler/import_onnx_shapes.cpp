#include <onnx/onnx_pb.h>

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "firmware/compiler/import_onnx_operators.h"
#include "models/abi/image.h"

// Flatten, Reshape, Squeeze, Unsqueeze: they only change under which dimensions a map is seen.
namespace eyeriss::compiler {

namespace {

std::vector<std::int64_t> as_list(const map_dims& dims) {
    if (dims.matrix) return {dims.n, dims.c};
    return {dims.n, dims.c, dims.h, dims.w};
}

std::int64_t product(const std::vector<std::int64_t>& dims, std::size_t begin, std::size_t end) {
    return std::accumulate(dims.begin() + static_cast<std::ptrdiff_t>(begin),
                           dims.begin() + static_cast<std::ptrdiff_t>(end), std::int64_t{1},
                           std::multiplies<>{});
}

// Axes as indices into a list of `rank` dimensions, ascending; negative ones count from the end.
std::vector<std::size_t> normalised(const node_reader& node, const std::vector<std::int64_t>& axes,
                                    std::size_t rank) {
    std::vector<std::size_t> result;
    for (const std::int64_t given : axes) {
        const std::int64_t axis = given < 0 ? given + static_cast<std::int64_t>(rank) : given;
        if (axis < 0 || axis >= static_cast<std::int64_t>(rank)) {
            node.fail(fmt::format("axis {} is not one of the {} dimensions", given, rank));
        }
        result.push_back(static_cast<std::size_t>(axis));
    }
    std::sort(result.begin(), result.end());
    return result;
}

}  // namespace

std::vector<std::int64_t> onnx_operators::dims_operand(const node_reader& node) const {
    const onnx_value& value = operand(node, 0);
    if (const auto* view = std::get_if<map_view>(&value)) return as_list(view->dims);
    if (const auto* real = std::get_if<real_value>(&value)) return as_list(real->dims);
    if (const auto* input = std::get_if<real_input>(&value)) return as_list(input->dims);
    node.fail(fmt::format("input '{}' is a constant; only maps can be reshaped", node.input(0)));
}

void onnx_operators::leave_reshaped(const node_reader& node, const std::vector<std::int64_t>& dims) {
    if (dims.size() != 2 && dims.size() != 4) {
        node.fail(fmt::format("result has {} dimensions ({}); 2 and 4 are supported", dims.size(),
                              describe_dims(dims)));
    }
    map_dims made;
    made.matrix = dims.size() == 2;
    for (std::size_t i = 0; i < dims.size(); ++i) {
        // A flattened map may be longer than a map may have channels, for it may go into a matrix product.
        const std::int64_t limit = made.matrix && i == 1 ? largest_tensor : EYERISS_MAX_DIM;
        if (dims[i] < 1 || dims[i] > limit) {
            node.fail(fmt::format("dimension {} of the result ({}) is not in 1..{}", i, describe_dims(dims),
                                  limit));
        }
        (i == 0 ? made.n : i == 1 ? made.c : i == 2 ? made.h : made.w) = static_cast<unsigned>(dims[i]);
    }
    onnx_value value = operand(node, 0);
    if (auto* view = std::get_if<map_view>(&value)) view->dims = made;
    if (auto* real = std::get_if<real_value>(&value)) real->dims = made;
    if (auto* input = std::get_if<real_input>(&value)) input->dims = made;
    define(node.output(), std::move(value));
}

void onnx_operators::flatten(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"axis"});
    const auto dims = dims_operand(node);
    const std::int64_t given = node.integer("axis", 1);
    const std::int64_t axis = given < 0 ? given + static_cast<std::int64_t>(dims.size()) : given;
    if (axis < 0 || axis > static_cast<std::int64_t>(dims.size())) {
        node.fail(fmt::format("axis {} is not one of the {} dimensions", given, dims.size()));
    }
    const auto at = static_cast<std::size_t>(axis);
    leave_reshaped(node, {product(dims, 0, at), product(dims, at, dims.size())});
}

void onnx_operators::reshape(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"allowzero"});
    node.require("allowzero", 0);
    const auto from = dims_operand(node);
    const constant held = constant_operand(node, 1);
    if (held.as<std::int64_t>() == nullptr) {
        node.fail(fmt::format("shape '{}' is {}; it must be int64", node.input(1), held.type()));
    }
    std::vector<std::int64_t> to = held.integers();
    const std::int64_t elements = product(from, 0, from.size());
    std::int64_t known = 1;
    for (std::size_t i = 0; i < to.size(); ++i) {
        if (to[i] == 0 && i < from.size()) to[i] = from[i];
        if (to[i] < -1 || to[i] > elements || known > elements) {
            node.fail(fmt::format("shape {} does not fit {} elements", describe_dims(to), elements));
        }
        if (to[i] != -1) known *= to[i];
    }
    const auto open = std::find(to.begin(), to.end(), -1);
    if (open != to.end() && known != 0) *open = elements / known;
    if (std::count(to.begin(), to.end(), -1) != 0 || product(to, 0, to.size()) != elements) {
        node.fail(fmt::format("shape {} does not fit {} elements", describe_dims(to), elements));
    }
    leave_reshaped(node, to);
}

void onnx_operators::squeeze(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"axes"});
    std::vector<std::int64_t> dims = dims_operand(node);
    std::vector<std::int64_t> axes;
    if (node.integers("axes") || !node.input(1).empty()) {
        axes = integers_operand(node, 1, "axes");
    } else {
        for (std::size_t i = 0; i < dims.size(); ++i) {
            if (dims[i] == 1) axes.push_back(static_cast<std::int64_t>(i));
        }
    }
    const auto at = normalised(node, axes, dims.size());
    for (auto axis = at.rbegin(); axis != at.rend(); ++axis) {
        if (*axis >= dims.size() || dims[*axis] != 1) {
            node.fail(fmt::format("axis {} of {} is not 1", *axis, describe_dims(dims)));
        }
        dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(*axis));
    }
    leave_reshaped(node, dims);
}

void onnx_operators::unsqueeze(const onnx::NodeProto& proto) {
    const node_reader node(proto, {"axes"});
    std::vector<std::int64_t> dims = dims_operand(node);
    const auto axes = integers_operand(node, 1, "axes");
    if (axes.size() > 2) node.fail(fmt::format("{} axes; at most 2 are supported", axes.size()));
    for (const std::size_t axis : normalised(node, axes, dims.size() + axes.size())) {
        if (axis > dims.size())
            node.fail(fmt::format("axis {} leaves a gap in {}", axis, describe_dims(dims)));
        dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    }
    leave_reshaped(node, dims);
}

}  // namespace eyeriss::compiler
