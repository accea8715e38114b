#include "firmware/compiler/import_onnx_node.h"

#include <onnx/onnx_pb.h>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "firmware/compiler/import_onnx.h"
#include "models/abi/image.h"

namespace eyeriss::compiler {

namespace {

const std::string no_name;

struct pad_pair {
    unsigned begin = 0, end = 0;
};

// auto_pad of one axis: as much as makes ceil(size / stride) outputs, an odd one at the end for SAME_UPPER.
pad_pair same_padding(unsigned size, unsigned kernel, unsigned stride, bool upper) {
    const std::int64_t outputs = (std::int64_t{size} + stride - 1) / stride;
    const std::int64_t total = std::max<std::int64_t>(0, (outputs - 1) * stride + kernel - size);
    const auto half = static_cast<unsigned>(total / 2);
    const unsigned rest = static_cast<unsigned>(total) - half;
    return upper ? pad_pair{half, rest} : pad_pair{rest, half};
}

}  // namespace

node_reader::node_reader(const onnx::NodeProto& node, std::initializer_list<std::string_view> known)
    : node_(node) {
    for (const onnx::AttributeProto& attribute : node.attribute()) {
        if (std::find(known.begin(), known.end(), attribute.name()) == known.end()) {
            fail(known.size() == 0 ? fmt::format("attribute '{}' is not supported; the operator takes none",
                                                 attribute.name())
                                   : fmt::format("attribute '{}' is not supported; supported are {}",
                                                 attribute.name(), fmt::join(known, ", ")));
        }
    }
    if (node.output_size() == 0) fail("no output");
}

void node_reader::fail(const std::string& sentence) const {
    throw import_error(fmt::format("node '{}' ({}): {}", name(), op(), sentence));
}

const std::string& node_reader::op() const {
    return node_.op_type();
}

const std::string& node_reader::name() const {
    if (!node_.name().empty()) return node_.name();
    return node_.output_size() > 0 ? node_.output(0) : no_name;
}

const std::string& node_reader::input(unsigned index) const {
    return index < inputs() ? node_.input(static_cast<int>(index)) : no_name;
}

unsigned node_reader::inputs() const {
    return static_cast<unsigned>(node_.input_size());
}

const std::string& node_reader::output() const {
    return node_.output(0);
}

const onnx::AttributeProto* node_reader::find(std::string_view attribute) const {
    const auto found = std::find_if(node_.attribute().begin(), node_.attribute().end(),
                                    [&](const auto& each) { return each.name() == attribute; });
    return found == node_.attribute().end() ? nullptr : &*found;
}

std::int64_t node_reader::integer(std::string_view attribute, std::int64_t otherwise) const {
    const auto* found = find(attribute);
    return found == nullptr ? otherwise : found->i();
}

float node_reader::real(std::string_view attribute, float otherwise) const {
    const auto* found = find(attribute);
    return found == nullptr ? otherwise : found->f();
}

std::string node_reader::text(std::string_view attribute, std::string_view otherwise) const {
    const auto* found = find(attribute);
    return found == nullptr ? std::string(otherwise) : found->s();
}

std::optional<std::vector<std::int64_t>> node_reader::integers(std::string_view attribute) const {
    const auto* found = find(attribute);
    if (found == nullptr) return std::nullopt;
    return std::vector<std::int64_t>(found->ints().begin(), found->ints().end());
}

void node_reader::require(std::string_view attribute, std::int64_t value) const {
    const auto* found = find(attribute);
    if (found == nullptr) return;
    std::vector<std::int64_t> held(found->ints().begin(), found->ints().end());
    if (found->type() == onnx::AttributeProto::INT) held.push_back(found->i());
    if (!std::all_of(held.begin(), held.end(), [&](auto each) { return each == value; })) {
        fail(fmt::format("{} is {}; only {} is supported", attribute, fmt::join(held, ","), value));
    }
}

std::vector<unsigned> node_reader::sizes(std::string_view attribute, std::size_t count, unsigned low,
                                         unsigned otherwise) const {
    const auto held = integers(attribute);
    if (!held || held->empty()) return std::vector<unsigned>(count, otherwise);
    const auto wrong = [&](std::int64_t each) { return each < low || each > EYERISS_MAX_DIM; };
    if (held->size() != count || std::any_of(held->begin(), held->end(), wrong)) {
        fail(fmt::format("{} is [{}]; {} numbers in {}..{} are supported (two image axes)", attribute,
                         fmt::join(*held, ","), count, low, EYERISS_MAX_DIM));
    }
    return {held->begin(), held->end()};
}

window_extent node_reader::kernel(unsigned h, unsigned w,
                                  const std::optional<window_extent>& otherwise) const {
    if (!find("kernel_shape")) {
        if (!otherwise) fail("attribute kernel_shape is missing");
        return *otherwise;
    }
    const auto held = sizes("kernel_shape", 2, 1, 1);
    return {h, w, held[0], held[1]};
}

window_attributes node_reader::window(const window_extent& extent) const {
    const auto strides = sizes("strides", 2, 1, 1);
    window_attributes result{.stride_h = strides[0], .stride_w = strides[1]};
    const std::string mode = text("auto_pad", "NOTSET");
    if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
        const bool upper = mode == "SAME_UPPER";
        const auto rows = same_padding(extent.h, extent.kernel_h, result.stride_h, upper);
        const auto columns = same_padding(extent.w, extent.kernel_w, result.stride_w, upper);
        result.pad_top = rows.begin;
        result.pad_bottom = rows.end;
        result.pad_left = columns.begin;
        result.pad_right = columns.end;
        return result;
    }
    if (mode == "VALID") return result;
    if (mode != "NOTSET" && !mode.empty()) {
        fail(fmt::format("auto_pad is '{}'; NOTSET, SAME_UPPER, SAME_LOWER and VALID are supported", mode));
    }
    const auto pads = sizes("pads", 4, 0, 0);
    result.pad_top = pads[0];
    result.pad_left = pads[1];
    result.pad_bottom = pads[2];
    result.pad_right = pads[3];
    return result;
}

}  // namespace eyeriss::compiler
