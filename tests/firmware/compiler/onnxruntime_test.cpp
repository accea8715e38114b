#define BOOST_TEST_MODULE onnxruntime
#include "tests/oracle/onnxruntime.h"

#include <boost/test/unit_test.hpp>

#include "firmware/compiler/import_onnx.h"
#include "firmware/compiler/reference.h"
#include "tests/firmware/compiler/layer_comparison.h"
#include "tests/firmware/compiler/random_network.h"

using namespace eyeriss;
using namespace eyeriss::compiler;
using test::dims;

namespace {

constexpr std::uint64_t seed = 80601;
constexpr unsigned networks = 30;

template <typename drawer>
std::vector<test::compared_network> draw_networks(drawer draw_network) {
    BOOST_TEST_MESSAGE("seed " << seed);
    test::generator random(seed);
    const unsigned limit = test::onnxruntime_weight_limit();
    std::vector<test::compared_network> drawn;
    for (unsigned i = 0; i < networks; ++i) {
        const test::random_network each = draw_network(random, limit);
        drawn.push_back({each.model, "x", each.input_type, each.input_dims, each.input});
    }
    return drawn;
}

}  // namespace

BOOST_AUTO_TEST_CASE(quantised_operators_equal_onnxruntime) {
    const auto found = test::compare_with_onnxruntime(draw_networks(test::draw_qlinear_network));
    BOOST_TEST_REQUIRE(found.contains("conv"));
    for (const char* exact : {"conv", "pool", "concat"}) {
        BOOST_TEST(found.at(exact).off_by_one == 0U, exact);
        BOOST_TEST(found.at(exact).worse == 0U, exact);
    }
    for (const auto& [name, count] : found) {
        BOOST_TEST(count.worse == 0U, name);
        BOOST_TEST(count.off_by_one * 1000 <= count.values, name);
    }
}

BOOST_AUTO_TEST_CASE(qdq_layers_are_within_one_step_of_onnxruntime) {
    const auto found = test::compare_with_onnxruntime(draw_networks(test::draw_qdq_network));
    BOOST_TEST_REQUIRE(found.contains("conv"));
    for (const auto& [name, count] : found) {
        // A step made early may grow on its way through a network; layer by layer there is none to grow.
        BOOST_TEST((count.worse == 0U || name == "whole network"), name);
        BOOST_TEST(count.off_by_one * 100 <= count.values, name);
    }
}

BOOST_AUTO_TEST_CASE(integer_operators_equal_onnxruntime_word_for_word) {
    test::generator random(seed);
    BOOST_TEST_MESSAGE("seed " << seed);
    const unsigned limit = test::onnxruntime_weight_limit();
    std::vector<oracle::onnxruntime_case> cases;
    std::vector<std::vector<std::uint8_t>> mine;
    for (int trial = 0; trial < 20; ++trial) {
        test::random_conv conv = test::draw_conv(random, limit);
        conv.type = dtype::u8;
        conv.zero_point = static_cast<std::int32_t>(test::draw(random, 0, 255));
        const auto& s = conv.shape;
        test::onnx_builder net("integer");
        const dims in{s.batch, s.channels_in(), s.h, s.w};
        net.input("x", "uint8", in);
        // ONNX Runtime's ConvInteger takes unsigned weights only.
        std::vector<std::uint8_t> weights;
        for (const std::int8_t each : conv.weights) weights.push_back(static_cast<std::uint8_t>(each + 128));
        net.constant("w", weights, {s.channels_out(), s.c, s.r, s.s});
        net.scalar("w_zero", std::uint8_t{128});
        net.scalar("zero", static_cast<std::uint8_t>(conv.zero_point));
        auto& node = net.node("ConvInteger", {"x", "w", "zero", "w_zero"}, "y");
        test::set(node, "strides", dims{s.stride_h, s.stride_w});
        test::set(node, "pads", dims{s.pad_top, s.pad_left, s.pad_bottom, s.pad_right});
        test::set(node, "group", std::int64_t{s.groups});
        net.output("y", "int32");
        const graph imported = import_onnx(net.model());
        mine.push_back(run_reference(imported, conv.x).tensors[imported.output]);
        cases.push_back({net.model(), "uint8", in, conv.x, {"y"}});
    }
    const auto theirs = oracle::run_onnxruntime(cases);
    for (std::size_t i = 0; i < mine.size(); ++i) BOOST_TEST(mine[i] == theirs[i].at("y"), "trial " << i);
}

BOOST_AUTO_TEST_CASE(a_matrix_product_of_integers_equals_onnxruntime) {
    test::generator random(seed);
    test::onnx_builder net("matmul");
    std::vector<std::int8_t> weights(40 * 7);
    for (auto& each : weights)
        each = static_cast<std::int8_t>(static_cast<int>(test::draw(random, 0, 127)) - 64);
    net.input("x", "uint8", {3, 40});
    net.constant("w", weights, {40, 7});
    net.scalar("zero", std::uint8_t{77});
    net.node("MatMulInteger", {"x", "w", "zero"}, "y");
    net.output("y", "int32");
    const auto x = test::draw_bytes(random, 120, 0.8);
    const graph imported = import_onnx(net.model());
    const oracle::onnxruntime_case one{net.model(), "uint8", {3, 40}, x, {"y"}};
    const auto theirs = oracle::run_onnxruntime(std::span(&one, 1));
    BOOST_TEST(run_reference(imported, x).tensors[imported.output] == theirs[0].at("y"));
}

BOOST_AUTO_TEST_CASE(pools_with_uneven_pads_and_ceil_mode_equal_onnxruntime) {
    test::generator random(seed);
    std::vector<oracle::onnxruntime_case> cases;
    std::vector<std::vector<std::uint8_t>> mine;
    for (const std::int64_t ceil_mode : {0, 1}) {
        for (const char* padding : {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"}) {
            if (ceil_mode == 1 && std::string(padding) != "NOTSET") continue;
            test::onnx_builder net("pool");
            net.input("x", "uint8", {1, 3, 11, 10});
            auto& node = net.node("MaxPool", {"x"}, "y");
            test::set(node, "kernel_shape", dims{3, 2});
            test::set(node, "strides", dims{2, 3});
            test::set(node, "ceil_mode", ceil_mode);
            test::set(node, "auto_pad", std::string(padding));
            if (std::string(padding) == "NOTSET") test::set(node, "pads", dims{0, 1, 1, 0});
            net.output("y", "uint8");
            const auto x = test::draw_bytes(random, 330, 0.9);
            const graph imported = import_onnx(net.model());
            mine.push_back(run_reference(imported, x).tensors[imported.output]);
            cases.push_back({net.model(), "uint8", {1, 3, 11, 10}, x, {"y"}});
        }
    }
    const auto theirs = oracle::run_onnxruntime(cases);
    for (std::size_t i = 0; i < mine.size(); ++i) BOOST_TEST(mine[i] == theirs[i].at("y"), "case " << i);
}
