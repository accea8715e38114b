#define BOOST_TEST_MODULE import_qdq
#include <boost/test/unit_test.hpp>

#include "firmware/compiler/import_onnx.h"
#include "firmware/compiler/reference.h"
#include "tests/support/onnx_builder.h"

using namespace eyeriss::compiler;
using eyeriss::test::dims;
using eyeriss::test::onnx_builder;
using eyeriss::test::set;

namespace {

using i8s = std::vector<std::int8_t>;
using i32s = std::vector<std::int32_t>;
using bytes = std::vector<std::uint8_t>;
using floats = std::vector<float>;

// A network whose float input x is quantised (0.5, 0) and dequantised to xr.
onnx_builder quantised_input(const dims& shape, int opset = 13) {
    onnx_builder net("qdq", opset);
    net.input("x", "float", shape);
    net.scalar("xs", 0.5F);
    net.scalar("xz", std::uint8_t{0});
    net.scalar("ys", 0.25F);
    net.scalar("yz", std::uint8_t{4});
    net.node("QuantizeLinear", {"x", "xs", "xz"}, "xq");
    net.node("DequantizeLinear", {"xq", "xs", "xz"}, "xr");
    return net;
}

// Quantises `real` to y (0.25, 4) and ends the network there, in floating point.
graph finish(onnx_builder& net, const std::string& real) {
    net.node("QuantizeLinear", {real, "ys", "yz"}, "y");
    net.node("DequantizeLinear", {"y", "ys", "yz"}, "out");
    net.output("out", "float");
    return import_onnx(net.model());
}

void add_weights(onnx_builder& net, const i8s& values, const dims& shape, const floats& scale,
                 std::int64_t axis = 0) {
    const dims scale_dims = scale.size() == 1 ? dims{} : dims{static_cast<std::int64_t>(scale.size())};
    net.constant("w", values, shape);
    net.constant("ws", scale, scale_dims);
    net.constant("wz", i8s(scale.size(), 0), scale_dims);
    set(net.node("DequantizeLinear", {"w", "ws", "wz"}, "wr"), "axis", axis);
}

bytes output_of(const graph& net, const bytes& input) {
    return run_reference(net, input).tensors[net.output];
}

const conv_op& conv_of(const graph& net, std::size_t i = 0) {
    return std::get<conv_op>(net.layers.at(i).op);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_convolution_between_dequantise_and_quantise_is_one_layer) {
    onnx_builder net = quantised_input({1, 1, 1, 2});
    add_weights(net, {1, 2, -3, 4}, {2, 1, 1, 2}, {0.1F, 0.2F});
    net.constant("b", i32s{8, -9}, {2});
    net.constant("bs", floats{0.5F * 0.1F, 0.5F * 0.2F}, {2});
    set(net.node("DequantizeLinear", {"b", "bs"}, "br"), "axis", std::int64_t{0});
    net.node("Conv", {"xr", "wr", "br"}, "c");
    net.node("Relu", {"c"}, "r");
    const graph imported = finish(net, "r");
    BOOST_TEST_REQUIRE(imported.layers.size() == 1U);
    const conv_op& conv = conv_of(imported);
    BOOST_TEST(imported.layers[0].name == "c_node");
    BOOST_TEST(conv.bias == (i32s{8, -9}));
    BOOST_TEST(conv.scale == (floats{0.5F * 0.1F / 0.25F, 0.5F * 0.2F / 0.25F}));
    BOOST_TEST(conv.clip_low == 4);
    BOOST_TEST(conv.clip_high == 255);
    BOOST_TEST(imported.tensors[imported.input].name == "xq");
    BOOST_TEST(imported.tensors[imported.output].name == "y");
    // (10 + 40 + 8) * 0.2 + 4 = 15.6; (-30 + 80 - 9) * 0.4 + 4 = 20.4
    BOOST_TEST(output_of(imported, {10, 20}) == (bytes{16, 20}));
}

BOOST_AUTO_TEST_CASE(clip_bounds_become_output_bounds) {
    onnx_builder net = quantised_input({1, 1, 1, 1});
    add_weights(net, {1}, {1, 1, 1, 1}, {1.0F});
    net.node("Conv", {"xr", "wr"}, "c");
    net.scalar("low", -0.5F);
    net.scalar("high", 6.0F);
    net.node("Clip", {"c", "low", "high"}, "r");
    const graph imported = finish(net, "r");
    BOOST_TEST(conv_of(imported).clip_low == 2);
    BOOST_TEST(conv_of(imported).clip_high == 28);
}

BOOST_AUTO_TEST_CASE(a_matrix_product_takes_its_bias_from_the_addition_behind_it) {
    onnx_builder net = quantised_input({1, 2, 1, 2});
    net.node("Flatten", {"xr"}, "flat");
    add_weights(net, {1, 2, 3, 4, 5, 6, 7, 8}, {4, 2}, {0.5F}, 1);
    net.node("MatMul", {"flat", "wr"}, "mm");
    net.constant("b", floats{10.1F, -3.0F}, {2});
    net.node("Add", {"b", "mm"}, "s");
    const graph imported = finish(net, "s");
    BOOST_TEST_REQUIRE(imported.layers.size() == 1U);
    BOOST_TEST(conv_of(imported).weights == (i8s{1, 3, 5, 7, 2, 4, 6, 8}));
    BOOST_TEST(conv_of(imported).shape.s == 2U);
    BOOST_TEST(conv_of(imported).bias == (i32s{40, -12}));
}

BOOST_AUTO_TEST_CASE(weights_quantised_by_the_network_itself_are_folded) {
    onnx_builder net = quantised_input({1, 1, 1, 1});
    net.constant("wf", floats{0.26F, -1.0F}, {2, 1, 1, 1});
    net.scalar("ws", 0.1F);
    net.scalar("wz", std::int8_t{0});
    net.node("QuantizeLinear", {"wf", "ws", "wz"}, "w");
    net.node("DequantizeLinear", {"w", "ws", "wz"}, "wr");
    net.node("Conv", {"xr", "wr"}, "c");
    BOOST_TEST(conv_of(finish(net, "c")).weights == (i8s{3, -10}));
}

BOOST_AUTO_TEST_CASE(pooling_add_and_concat_between_quantisations) {
    onnx_builder net = quantised_input({1, 1, 2, 2});
    set(net.node("MaxPool", {"xr"}, "m"), "kernel_shape", dims{2, 2});
    net.node("QuantizeLinear", {"m", "xs", "xz"}, "mq");
    net.node("DequantizeLinear", {"mq", "xs", "xz"}, "mr");
    net.node("GlobalAveragePool", {"xr"}, "g");
    net.node("QuantizeLinear", {"g", "ys", "yz"}, "gq");
    net.node("DequantizeLinear", {"gq", "ys", "yz"}, "gr");
    net.node("Add", {"mr", "gr"}, "a");
    net.node("QuantizeLinear", {"a", "ys", "yz"}, "aq");
    net.node("DequantizeLinear", {"aq", "ys", "yz"}, "ar");
    set(net.node("Concat", {"mr", "ar"}, "cat"), "axis", std::int64_t{1});
    const graph imported = finish(net, "cat");
    BOOST_TEST_REQUIRE(imported.layers.size() == 4U);
    const auto& concat = std::get<concat_op>(imported.layers[3].op);
    BOOST_TEST(concat.tables[0].size() == 256U);
    BOOST_TEST(concat.tables[1].empty());
    // x = .5 1 1.5 4 -> max 4 = 16 steps + 4; mean 1.75 = 7 + 4; sum 5.75 = 23 + 4
    BOOST_TEST(output_of(imported, {1, 2, 3, 8}) == (bytes{20, 27}));
}

BOOST_AUTO_TEST_CASE(an_average_counts_padding_only_when_told) {
    for (const bool count : {false, true}) {
        onnx_builder net = quantised_input({1, 1, 1, 2});
        auto& node = net.node("AveragePool", {"xr"}, "a");
        set(node, "kernel_shape", dims{1, 2});
        set(node, "pads", dims{0, 1, 0, 0});
        set(node, "count_include_pad", std::int64_t{count});
        // x = 5, 10; windows {pad, 5} and {5, 10}; steps of 0.25 above 4
        BOOST_TEST(output_of(finish(net, "a"), {10, 20}) == (count ? bytes{14, 34} : bytes{24, 34}));
    }
}

BOOST_AUTO_TEST_CASE(a_mean_over_both_image_axes_is_a_global_average) {
    onnx_builder net = quantised_input({1, 2, 2, 1});
    auto& node = net.node("ReduceMean", {"xr"}, "mean");
    set(node, "axes", dims{-1, 2});
    set(node, "keepdims", std::int64_t{0});
    const graph imported = finish(net, "mean");
    BOOST_TEST_REQUIRE(imported.layers.size() == 1U);
    BOOST_TEST(output_of(imported, {2, 6, 0, 4}) == (bytes{12, 8}));
}

BOOST_AUTO_TEST_CASE(rescaling_and_activations_alone_are_tables) {
    onnx_builder net = quantised_input({1, 1, 1, 3});
    net.scalar("low", 2.0F);
    net.scalar("high", 3.0F);
    net.node("Clip", {"xr", "low", "high"}, "c");
    const graph imported = finish(net, "c");
    BOOST_TEST_REQUIRE(imported.layers.size() == 1U);
    BOOST_TEST(std::get<requant_op>(imported.layers[0].op).table.size() == 256U);
    BOOST_TEST(output_of(imported, {0, 5, 200}) == (bytes{12, 14, 16}));
}

BOOST_AUTO_TEST_CASE(a_softmax_that_nothing_quantises_gets_256_steps) {
    onnx_builder net = quantised_input({1, 3, 1, 1});
    net.node("Flatten", {"xr"}, "f");
    net.node("Softmax", {"f"}, "y");
    net.output("y", "float");
    const graph imported = import_onnx(net.model());
    const tensor& out = imported.tensors[imported.output];
    BOOST_TEST(out.scale == 1.0F / 256);
    BOOST_TEST(out.zero_point == 0);
    // exp(0), exp(-1), exp(-2): .665 .245 .090
    BOOST_TEST(output_of(imported, {4, 2, 0}) == (bytes{170, 63, 23}));
}

BOOST_AUTO_TEST_CASE(shapes_are_looked_through) {
    onnx_builder net = quantised_input({1, 2, 1, 1});
    net.constant("axes", std::vector<std::int64_t>{2, 3}, {2});
    net.node("Squeeze", {"xr", "axes"}, "a");
    net.node("Unsqueeze", {"a", "axes"}, "b");
    net.node("Identity", {"b"}, "c");
    net.node("Dropout", {"c"}, "d");
    net.constant("shape", std::vector<std::int64_t>{1, -1}, {2});
    net.node("Reshape", {"d", "shape"}, "e");
    add_weights(net, {1, 1}, {2, 1}, {1.0F}, 1);
    net.node("Gemm", {"e", "wr"}, "f");
    const graph imported = finish(net, "f");
    BOOST_TEST_REQUIRE(imported.layers.size() == 1U);
    BOOST_TEST(output_of(imported, {1, 3}) == (bytes{12}));
}

BOOST_AUTO_TEST_CASE(ceil_mode_adds_a_window_behind_the_map) {
    onnx_builder net = quantised_input({1, 1, 1, 4});
    auto& node = net.node("MaxPool", {"xr"}, "m");
    set(node, "kernel_shape", dims{1, 3});
    set(node, "strides", dims{1, 2});
    set(node, "ceil_mode", std::int64_t{1});
    net.node("QuantizeLinear", {"m", "xs", "xz"}, "y");
    net.output("y", "uint8");
    BOOST_TEST(output_of(import_onnx(net.model()), {9, 1, 2, 3}) == (bytes{9, 3}));
}
