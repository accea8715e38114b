#define BOOST_TEST_MODULE onnxruntime
#include "tests/oracle/onnxruntime.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>

#include "firmware/compiler/import_onnx.h"
#include "firmware/compiler/reference.h"
#include "tests/firmware/compiler/random_network.h"

using namespace eyeriss;
using namespace eyeriss::compiler;
using test::dims;

namespace {

constexpr std::uint64_t seed = 80601;
constexpr unsigned networks = 30;

// ONNX Runtime's u8 x s8 products saturate at 16 bits without VNNI; weights of 7 bits cannot reach that.
unsigned weight_limit() {
#if defined(__x86_64__)
    const bool exact = __builtin_cpu_supports("avx512vnni") != 0;
#else
    const bool exact = false;
#endif
    BOOST_TEST_MESSAGE("seed " << seed << (exact ? ", 8-bit weights (VNNI)" : ", 7-bit weights (no VNNI)"));
    return exact ? 128 : 64;
}

struct counts {
    std::size_t values = 0, off_by_one = 0, worse = 0;
};

void compare(const tensor& of, const std::vector<std::uint8_t>& mine, const std::vector<std::uint8_t>& theirs,
             counts& into) {
    BOOST_TEST_REQUIRE(mine.size() == theirs.size(), of.name);
    const auto a = test::widen(mine, of.type), b = test::widen(theirs, of.type);
    for (std::size_t i = 0; i < a.size(); ++i) {
        const int distance = std::abs(a[i] - b[i]);
        ++into.values;
        into.off_by_one += distance == 1 ? 1 : 0;
        into.worse += distance > 1 ? 1 : 0;
    }
}

const char* kind(const layer& of) {
    constexpr const char* names[] = {"conv", "pool", "add", "concat", "requant", "softmax", "reshape"};
    const auto* pool = std::get_if<pool_op>(&of.op);
    return pool != nullptr && !pool->max ? "average" : names[of.op.index()];
}

// Every layer on ONNX Runtime's own inputs to it, so that one layer's last bit does not blur the next.
std::map<std::string, counts> compare_layers(const std::vector<test::random_network>& drawn) {
    std::vector<graph> graphs;
    std::vector<oracle::onnxruntime_case> cases;
    for (const test::random_network& each : drawn) {
        graphs.push_back(import_onnx(each.model));
        std::vector<std::string> names;
        for (const tensor& made : graphs.back().tensors) {
            if (made.name != "x") names.push_back(made.name);
        }
        cases.push_back({each.model, each.input_type, each.input_dims, each.input, names});
    }
    auto results = oracle::run_onnxruntime(cases);
    std::map<std::string, counts> found;
    for (std::size_t i = 0; i < graphs.size(); ++i) {
        const graph& net = graphs[i];
        results[i]["x"] = drawn[i].input;
        for (const layer& each : net.layers) {
            std::vector<std::span<const std::uint8_t>> inputs;
            for (const tensor_id id : each.inputs) inputs.emplace_back(results[i].at(net.tensors[id].name));
            const tensor& made = net.tensors[each.output];
            compare(made, run_layer(net, each, inputs), results[i].at(made.name), found[kind(each)]);
        }
        const tensor& last = net.tensors[net.output];
        const auto whole = run_reference(net, drawn[i].input).tensors[net.output];
        compare(last, whole, results[i].at(last.name), found["whole network"]);
    }
    for (const auto& [name, count] : found) {
        BOOST_TEST_MESSAGE(name << ": " << count.values << " values, " << count.off_by_one << " off by one, "
                                << count.worse << " worse");
    }
    return found;
}

template <typename drawer>
std::vector<test::random_network> draw_networks(drawer draw_network) {
    test::generator random(seed);
    const unsigned limit = weight_limit();
    std::vector<test::random_network> drawn;
    for (unsigned i = 0; i < networks; ++i) drawn.push_back(draw_network(random, limit));
    return drawn;
}

}  // namespace

BOOST_AUTO_TEST_CASE(quantised_operators_equal_onnxruntime) {
    const auto found = compare_layers(draw_networks(test::draw_qlinear_network));
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
    const auto found = compare_layers(draw_networks(test::draw_qdq_network));
    BOOST_TEST_REQUIRE(found.contains("conv"));
    for (const auto& [name, count] : found) {
        // A step made early may grow on its way through a network; layer by layer there is none to grow.
        BOOST_TEST((count.worse == 0U || name == "whole network"), name);
        BOOST_TEST(count.off_by_one * 100 <= count.values, name);
    }
}

BOOST_AUTO_TEST_CASE(integer_operators_equal_onnxruntime_word_for_word) {
    test::generator random(seed);
    const unsigned limit = weight_limit();
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
    (void)weight_limit();
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
