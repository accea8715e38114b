#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace onnx {
class NodeProto;
class AttributeProto;
}  // namespace onnx

namespace eyeriss::compiler {

/// Strides and pads of a window that moves over a map.
struct window_attributes {
    unsigned stride_h = 1, stride_w = 1;
    unsigned pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
};

/// What a window is laid over.
struct window_extent {
    unsigned h = 1, w = 1, kernel_h = 1, kernel_w = 1;
};

/// A node of an ONNX graph, read strictly: every attribute of it must be one that its reader knows.
class node_reader {
public:
    /// Throws where the node carries an attribute that is not among `known`.
    node_reader(const onnx::NodeProto& node, std::initializer_list<std::string_view> known);

    /// Throws import_error: "node 'conv1' (Conv): " and the sentence.
    [[noreturn]] void fail(const std::string& sentence) const;

    [[nodiscard]] const std::string& op() const;
    /// The node's name; its first output's where it has none.
    [[nodiscard]] const std::string& name() const;
    /// Name of an input, empty where it is left out.
    [[nodiscard]] const std::string& input(unsigned index) const;
    [[nodiscard]] unsigned inputs() const;
    [[nodiscard]] const std::string& output() const;

    [[nodiscard]] std::int64_t integer(std::string_view attribute, std::int64_t otherwise) const;
    [[nodiscard]] float real(std::string_view attribute, float otherwise) const;
    [[nodiscard]] std::string text(std::string_view attribute, std::string_view otherwise) const;
    [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(std::string_view attribute) const;
    /// The attribute must be left out or be this number (each of them, where it is a list).
    void require(std::string_view attribute, std::int64_t value) const;

    /// kernel_shape; throws unless it is two numbers in 1..65535 (or left out, where `otherwise` is given).
    [[nodiscard]] window_extent kernel(unsigned h, unsigned w,
                                       const std::optional<window_extent>& otherwise = {}) const;
    /// strides, pads and auto_pad for this window; throws where they are no two or four numbers in range.
    [[nodiscard]] window_attributes window(const window_extent&) const;

private:
    [[nodiscard]] const onnx::AttributeProto* find(std::string_view attribute) const;
    [[nodiscard]] std::vector<unsigned> sizes(std::string_view attribute, std::size_t count, unsigned low,
                                              unsigned otherwise) const;

    const onnx::NodeProto& node_;
};

}  // namespace eyeriss::compiler
