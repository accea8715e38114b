#define BOOST_TEST_MODULE import_qlinear
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

// Scales and zero points that the cases below share.
void declare(onnx_builder& net) {
    net.scalar("xs", 0.5F);
    net.scalar("xz", std::uint8_t{0});
    net.scalar("xz3", std::uint8_t{3});
    net.scalar("ws", 0.25F);
    net.scalar("wz", std::int8_t{0});
    net.scalar("ys", 0.1F);
    net.scalar("yz", std::uint8_t{10});
}

const conv_op& conv_of(const graph& net, std::size_t i = 0) {
    return std::get<conv_op>(net.layers.at(i).op);
}

// QLinearConv of x[1,2,4,5] with weights [3,2,2,3].
onnx_builder conv_net(const std::string& x_zero = "xz") {
    onnx_builder net("conv");
    declare(net);
    net.input("x", "uint8", {-1, 2, 4, 5});
    i8s weights(36);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<std::int8_t>(i) - 10;
    net.constant("w", weights, {3, 2, 2, 3});
    net.constant("b", i32s{5, -6, 7}, {3});
    auto& node = net.node("QLinearConv", {"x", "xs", x_zero, "w", "ws", "wz", "ys", "yz", "b"}, "y");
    set(node, "strides", dims{2, 1});
    set(node, "pads", dims{1, 0, 0, 2});
    net.output("y", "uint8");
    return net;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_convolution_keeps_shape_weights_and_the_order_of_its_scale) {
    const graph net = import_onnx(conv_net().model());
    BOOST_TEST_REQUIRE(net.layers.size() == 1U);
    BOOST_TEST(net.layers[0].name == "y_node");
    const conv_op& conv = conv_of(net);
    const eyeriss::arch::layer_shape expected{
        .m = 3, .c = 2, .h = 4, .w = 5, .r = 2, .s = 3, .stride_h = 2, .pad_top = 1, .pad_right = 2};
    BOOST_TEST((conv.shape == expected));
    BOOST_TEST(conv.weights[0] == -10);
    BOOST_TEST(conv.weights[35] == 25);
    BOOST_TEST(conv.bias == (i32s{5, -6, 7}));
    const float product = 0.5F * 0.25F;
    BOOST_TEST(conv.scale == std::vector<float>(3, product / 0.1F));
    BOOST_TEST(conv.clip_low == 0);
    BOOST_TEST(conv.clip_high == 255);
    BOOST_TEST(net.tensors[net.input].name == "x");
    BOOST_TEST(net.tensors[net.input].n == 1U);
    const tensor& out = net.tensors[net.output];
    BOOST_TEST(out.name == "y");
    BOOST_TEST((out.c == 3U && out.h == 2U && out.w == 5U));
    BOOST_TEST(out.zero_point == 10);
    BOOST_TEST(out.scale == 0.1F);
    BOOST_TEST(net.macs() == conv.shape.macs());
    BOOST_TEST(net.notes.empty());
}

BOOST_AUTO_TEST_CASE(an_input_zero_point_goes_into_the_bias_and_is_remarked) {
    const graph net = import_onnx(conv_net("xz3").model());
    const conv_op& conv = conv_of(net);
    for (std::size_t m = 0; m < 3; ++m) {
        int sum = 0;
        for (std::size_t k = 0; k < 12; ++k) sum += conv.weights[m * 12 + k];
        BOOST_TEST(conv.bias[m] == (i32s{5, -6, 7})[m] - 3 * sum);
    }
    BOOST_TEST(net.tensors[net.input].zero_point == 3);
    BOOST_TEST_REQUIRE(net.notes.size() == 1U);
    BOOST_TEST(net.notes[0] == "y_node: input zero point 3 costs sparsity: only stored zeros are skipped");
    // An input of nothing but its zero point is real zeros: every output is the bias alone.
    const auto result = run_reference(net, bytes(40, 3));
    const auto scale = conv.scale[0];
    for (std::size_t i = 0; i < 30; ++i) {
        BOOST_TEST(result.tensors[net.output][i] ==
                   requantise(0, (i32s{5, -6, 7})[i / 10], scale, 10, 0, 255));
    }
}

BOOST_AUTO_TEST_CASE(same_padding_puts_the_odd_one_where_its_name_says) {
    for (const bool upper : {true, false}) {
        onnx_builder net("same");
        declare(net);
        net.input("x", "uint8", {1, 1, 5, 6});
        net.constant("w", i8s(4 * 4, 1), {1, 1, 4, 4});
        auto& node = net.node("QLinearConv", {"x", "xs", "xz", "w", "ws", "wz", "ys", "yz"}, "y");
        set(node, "auto_pad", std::string(upper ? "SAME_UPPER" : "SAME_LOWER"));
        set(node, "strides", dims{2, 2});
        net.output("y", "uint8");
        const graph imported = import_onnx(net.model());
        const auto& shape = conv_of(imported).shape;
        BOOST_TEST((shape.e() == 3U && shape.f() == 3U));
        BOOST_TEST(shape.pad_top == (upper ? 1U : 2U));
        BOOST_TEST(shape.pad_bottom == (upper ? 2U : 1U));
        BOOST_TEST((shape.pad_left == 1U && shape.pad_right == 1U));
    }
}

BOOST_AUTO_TEST_CASE(depthwise_layers_have_a_group_a_channel_and_a_scale_each) {
    onnx_builder net("dw");
    declare(net);
    net.input("x", "uint8", {1, 3, 4, 4});
    net.constant("w", i8s(27, 1), {3, 1, 3, 3});
    net.constant("wss", std::vector<float>{0.1F, 0.2F, 0.3F}, {3});
    net.constant("wzs", i8s(3, 0), {3});
    set(net.node("QLinearConv", {"x", "xs", "xz", "w", "wss", "wzs", "ys", "yz"}, "y"), "group",
        std::int64_t{3});
    net.output("y", "uint8");
    const graph imported = import_onnx(net.model());
    const auto& conv = conv_of(imported);
    BOOST_TEST((conv.shape.groups == 3U && conv.shape.m == 1U && conv.shape.c == 1U));
    BOOST_TEST(conv.scale[2] == (0.5F * 0.3F) / 0.1F);
    BOOST_TEST(conv.scale[0] == (0.5F * 0.1F) / 0.1F);
}

BOOST_AUTO_TEST_CASE(flatten_and_a_matrix_product_become_a_window_over_the_whole_map) {
    onnx_builder net("fc");
    declare(net);
    net.input("x", "uint8", {1, 2, 2, 3});
    net.node("Flatten", {"x"}, "flat");
    i8s weights(12 * 2);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<std::int8_t>(i);
    net.constant("w", weights, {12, 2});
    net.node("QLinearMatMul", {"flat", "xs", "xz", "w", "ws", "wz", "ys", "yz"}, "y");
    net.output("y", "uint8");
    const graph imported = import_onnx(net.model());
    BOOST_TEST_REQUIRE(imported.layers.size() == 1U);
    const auto& conv = conv_of(imported);
    BOOST_TEST((conv.shape == eyeriss::arch::layer_shape{.m = 2, .c = 2, .h = 2, .w = 3, .r = 2, .s = 3}));
    // Weight of output 1 at c=1, h=0, w=2: flat index 8, so number 8 * 2 + 1.
    BOOST_TEST(conv.weights[12 + 8] == 17);
    const tensor& out = imported.tensors[imported.output];
    BOOST_TEST((out.c == 2U && out.h == 1U && out.w == 1U));
}

BOOST_AUTO_TEST_CASE(a_flattened_map_may_be_longer_than_a_map_has_channels) {
    onnx_builder net("long");
    declare(net);
    net.input("x", "uint8", {1, 20, 80, 50});
    net.node("Flatten", {"x"}, "flat");
    net.constant("w", i8s(80000, 1), {80000, 1});
    net.node("MatMulInteger", {"flat", "w"}, "y");
    net.output("y", "int32");
    const graph imported = import_onnx(net.model());
    BOOST_TEST(
        (conv_of(imported).shape == eyeriss::arch::layer_shape{.c = 20, .h = 80, .w = 50, .r = 80, .s = 50}));
    // 80000 * 2 = 0x27100
    BOOST_TEST(run_reference(imported, bytes(80000, 2)).tensors[imported.output] ==
               (bytes{0x00, 0x71, 0x02, 0x00}));
}

BOOST_AUTO_TEST_CASE(a_flattened_map_that_meets_no_matrix_product_is_reshaped) {
    onnx_builder net("reshape");
    declare(net);
    net.input("x", "uint8", {1, 2, 2, 2});
    net.constant("shape", std::vector<std::int64_t>{0, -1, 1, 1}, {4});
    net.node("Reshape", {"x", "shape"}, "flat");
    net.constant("w", i8s(8, 2), {1, 8, 1, 1});
    net.node("QLinearConv", {"flat", "xs", "xz", "w", "ws", "wz", "ys", "yz"}, "y");
    net.output("y", "uint8");
    const graph imported = import_onnx(net.model());
    BOOST_TEST_REQUIRE(imported.layers.size() == 2U);
    BOOST_TEST(std::holds_alternative<reshape_op>(imported.layers[0].op));
    BOOST_TEST(conv_of(imported, 1).shape.c == 8U);
    // sum = 2 * 36 = 72, scale 1.25: 90 + 10
    BOOST_TEST(run_reference(imported, bytes{1, 2, 3, 4, 5, 6, 7, 8}).tensors[imported.output] ==
               (bytes{100}));
}

BOOST_AUTO_TEST_CASE(integer_convolutions_give_the_sums_themselves) {
    onnx_builder net("integer");
    declare(net);
    net.input("x", "uint8", {1, 1, 1, 3});
    net.constant("w", i8s{1, -2}, {1, 1, 1, 2});
    net.node("ConvInteger", {"x", "w", "xz3"}, "y");
    net.output("y", "int32");
    const graph imported = import_onnx(net.model());
    BOOST_TEST(conv_of(imported).accumulators);
    BOOST_TEST((imported.tensors[imported.output].type == dtype::i32));
    // (5-3) - 2*(3-3) = 2, (3-3) - 2*(0-3) = 6
    const bytes expected{2, 0, 0, 0, 6, 0, 0, 0};
    BOOST_TEST(run_reference(imported, bytes{5, 3, 0}).tensors[imported.output] == expected);
}

BOOST_AUTO_TEST_CASE(unsigned_weights_with_the_middle_as_zero_are_moved_to_signed) {
    onnx_builder net("u8 weights");
    declare(net);
    net.input("x", "uint8", {1, 1, 1, 1});
    net.constant("w", bytes{0, 128, 255}, {3, 1, 1, 1});
    net.scalar("w128", std::uint8_t{128});
    net.node("ConvInteger", {"x", "w", "", "w128"}, "y");
    net.output("y", "int32");
    BOOST_TEST(conv_of(import_onnx(net.model())).weights == (i8s{-128, 0, 127}));
}

BOOST_AUTO_TEST_CASE(a_qgemm_takes_a_transposed_matrix_and_a_bias) {
    onnx_builder net("qgemm");
    declare(net);
    net.input("x", "uint8", {1, 3});
    net.constant("w", i8s{1, 2, 3, 4, 5, 6}, {2, 3});
    net.constant("b", i32s{100, -100}, {2});
    set(net.node("QGemm", {"x", "xs", "xz", "w", "ws", "wz", "b", "ys", "yz"}, "y"), "transB",
        std::int64_t{1});
    net.output("y", "uint8");
    const graph imported = import_onnx(net.model());
    BOOST_TEST(conv_of(imported).weights == (i8s{1, 2, 3, 4, 5, 6}));
    BOOST_TEST(conv_of(imported).bias == (i32s{100, -100}));
}

BOOST_AUTO_TEST_CASE(what_does_not_lead_to_the_output_is_left_out_with_a_remark) {
    onnx_builder net = conv_net();
    auto& node = net.node("MaxPool", {"y"}, "unused");
    set(node, "kernel_shape", dims{2, 2});
    const graph imported = import_onnx(net.model());
    BOOST_TEST(imported.layers.size() == 1U);
    BOOST_TEST(imported.tensors.size() == 2U);
    BOOST_TEST_REQUIRE(imported.notes.size() == 1U);
    BOOST_TEST(imported.notes[0] == "unused_node: left out, it does not lead to the output");
}

BOOST_AUTO_TEST_CASE(equal_names_of_nodes_are_told_apart) {
    onnx_builder net("twins");
    declare(net);
    net.input("x", "uint8", {1, 1, 4, 4});
    for (const auto& [from, to] : {std::pair{"x", "a"}, std::pair{"a", "y"}}) {
        auto& node = net.node("MaxPool", {from}, to);
        node.set_name("pool");
        set(node, "kernel_shape", dims{2, 2});
    }
    net.output("y", "uint8");
    const graph imported = import_onnx(net.model());
    BOOST_TEST(imported.layers[0].name == "pool");
    BOOST_TEST(imported.layers[1].name == "pool_2");
}
