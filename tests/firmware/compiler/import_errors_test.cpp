#define BOOST_TEST_MODULE import_errors
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "firmware/compiler/import_onnx.h"
#include "firmware/compiler/reference.h"
#include "tests/firmware/compiler/random_network.h"
#include "tests/support/onnx_builder.h"

using namespace eyeriss;
using namespace eyeriss::compiler;
using test::dims;
using test::onnx_builder;
using test::set;

namespace {

namespace fs = std::filesystem;

// What the importer says of a model; empty where it takes it.
std::string complaint(const onnx::ModelProto& model) {
    try {
        (void)import_onnx(model);
    } catch (const import_error& wrong) {
        return wrong.what();
    }
    return {};
}

void check_complaint(onnx_builder& net, const std::string& expected) {
    BOOST_TEST(complaint(net.model()) == expected);
}

onnx_builder basic(int opset = 13) {
    onnx_builder net("bad", opset);
    net.input("x", "uint8", {1, 2, 4, 4});
    net.scalar("xs", 0.5F);
    net.scalar("xz", std::uint8_t{0});
    net.scalar("ws", 0.25F);
    net.scalar("wz", std::int8_t{0});
    net.constant("w", std::vector<std::int8_t>(2 * 2 * 9, 1), {2, 2, 3, 3});
    net.output("y", "uint8");
    return net;
}

onnx::NodeProto& conv(onnx_builder& net, const std::string& scale = "ws", const std::string& zero = "wz") {
    return net.node("QLinearConv", {"x", "xs", "xz", "w", scale, zero, "xs", "xz"}, "y");
}

class scratch_file {
public:
    explicit scratch_file(const std::string& content) : path_(fs::temp_directory_path() / unique()) {
        std::ofstream(path_, std::ios::binary) << content;
    }
    ~scratch_file() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    scratch_file(const scratch_file&) = delete;
    scratch_file& operator=(const scratch_file&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    static std::string unique() {
        return "eyeriss-import-" + std::to_string(std::random_device{}()) + ".onnx";
    }
    fs::path path_;
};

std::string complaint_of_file(const std::string& content) {
    const scratch_file file(content);
    try {
        (void)import_onnx(file.path());
    } catch (const import_error& wrong) {
        std::string what = wrong.what();
        const std::string prefix = file.path().string() + ": ";
        BOOST_TEST(what.rfind(prefix, 0) == 0U, what);
        return what.substr(prefix.size());
    }
    return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_unknown_operator_is_named_with_what_is_supported) {
    onnx_builder net = basic();
    net.node("LRN", {"x"}, "y");
    const std::string said = complaint(net.model());
    BOOST_TEST(
        said.rfind("node 'y_node': operator LRN is not supported; supported are Add, AveragePool,", 0) == 0U,
        said);
}

BOOST_AUTO_TEST_CASE(dilations_are_refused_by_value) {
    onnx_builder net = basic();
    set(conv(net), "dilations", dims{2, 2});
    check_complaint(net, "node 'y_node' (QLinearConv): dilations is 2,2; only 1 is supported");
}

BOOST_AUTO_TEST_CASE(an_unknown_attribute_is_refused) {
    onnx_builder net = basic();
    set(conv(net), "activation", std::string("Relu"));
    check_complaint(
        net,
        "node 'y_node' (QLinearConv): attribute 'activation' is not supported; supported are auto_pad, "
        "channels_last, dilations, group, kernel_shape, pads, strides");
}

BOOST_AUTO_TEST_CASE(a_weight_zero_point_is_refused) {
    onnx_builder net = basic();
    net.scalar("one", std::int8_t{1});
    conv(net, "ws", "one");
    check_complaint(
        net,
        "node 'y_node' (QLinearConv): weights 'w' are int8 with zero point 1; int8 with zero point 0 and "
        "uint8 with zero point 128 are supported");
}

BOOST_AUTO_TEST_CASE(the_wrong_number_of_scales_is_refused) {
    onnx_builder net = basic();
    net.constant("three", std::vector<float>(3, 1.0F), {3});
    conv(net, "three");
    check_complaint(
        net,
        "node 'y_node' (QLinearConv): 3 weight scales for 2 output channels; one, or one a channel is "
        "supported");
}

BOOST_AUTO_TEST_CASE(scales_must_be_positive) {
    onnx_builder net = basic();
    net.scalar("minus", -1.0F);
    conv(net, "minus");
    check_complaint(net, "node 'y_node' (QLinearConv): scale 'minus' holds -1; scales must be positive");
}

BOOST_AUTO_TEST_CASE(groups_that_do_not_divide_are_refused) {
    onnx_builder net = basic();
    set(conv(net), "group", std::int64_t{2});
    check_complaint(
        net, "node 'y_node' (QLinearConv): weights 2x2x3x3 in 2 groups do not fit an input of 2 channels");
}

BOOST_AUTO_TEST_CASE(one_dimensional_strides_are_refused) {
    onnx_builder net = basic();
    set(conv(net), "strides", dims{1});
    check_complaint(
        net,
        "node 'y_node' (QLinearConv): strides is [1]; 2 numbers in 1..65535 are supported (two image axes)");
}

BOOST_AUTO_TEST_CASE(a_kernel_larger_than_its_padded_map_is_refused) {
    onnx_builder net = basic();
    net.constant("big", std::vector<std::int8_t>(2 * 2 * 81, 1), {2, 2, 9, 9});
    net.node("QLinearConv", {"x", "xs", "xz", "big", "ws", "wz", "xs", "xz"}, "y");
    BOOST_TEST(complaint(net.model()).rfind("node 'y_node' (QLinearConv): ", 0) == 0U);
}

BOOST_AUTO_TEST_CASE(zero_points_must_agree_between_writer_and_reader) {
    onnx_builder net = basic();
    net.scalar("nine", std::uint8_t{9});
    net.node("QLinearConv", {"x", "xs", "xz", "w", "ws", "wz", "xs", "nine"}, "a");
    auto& second = net.node("QLinearGlobalAveragePool", {"a", "xs", "xz", "xs", "xz"}, "y");
    set(second, "channels_last", std::int64_t{0});
    check_complaint(
        net,
        "node 'y_node' (QLinearGlobalAveragePool): input 'a' is uint8 with zero point 9, the node takes it "
        "for uint8 with zero point 0");
}

BOOST_AUTO_TEST_CASE(a_floating_point_result_must_be_quantised_before_it_is_used) {
    onnx_builder net = basic();
    net.node("DequantizeLinear", {"x", "xs", "xz"}, "xr");
    set(net.node("DequantizeLinear", {"w", "ws", "wz"}, "wr"), "axis", std::int64_t{0});
    net.node("Conv", {"xr", "wr"}, "a");
    net.node("GlobalAveragePool", {"a"}, "y");
    check_complaint(
        net,
        "node 'y_node' (GlobalAveragePool): input 'a' is a floating-point result that nothing has "
        "quantised yet; it must come from DequantizeLinear");
    net.model().mutable_graph()->mutable_output(0)->set_name("a");
    net.model().mutable_graph()->mutable_node()->RemoveLast();
    check_complaint(
        net,
        "output 'a' is a floating-point result that nothing has quantised yet; it must be quantised, "
        "dequantised, or a Softmax");
}

BOOST_AUTO_TEST_CASE(floating_point_weights_are_refused) {
    onnx_builder net = basic();
    net.node("DequantizeLinear", {"x", "xs", "xz"}, "xr");
    net.constant("wf", std::vector<float>(36, 1.0F), {2, 2, 3, 3});
    net.node("Conv", {"xr", "wf"}, "y");
    check_complaint(
        net, "node 'y_node' (Conv): weights 'wf' must come from DequantizeLinear of an int8 initialiser");
}

BOOST_AUTO_TEST_CASE(sums_may_only_leave_the_network) {
    onnx_builder net = basic();
    net.node("ConvInteger", {"x", "w"}, "a");
    set(net.node("MaxPool", {"a"}, "y"), "kernel_shape", dims{1, 1});
    check_complaint(
        net,
        "node 'y_node' (MaxPool): input 'a' holds 32-bit sums; they are supported only as the network's "
        "output");
}

BOOST_AUTO_TEST_CASE(zero_points_of_dequantised_constants_are_counted) {
    onnx_builder net = basic();
    net.constant("many", std::vector<std::int8_t>(3, 0), {3});
    net.node("DequantizeLinear", {"w", "ws", "many"}, "y");
    check_complaint(
        net, "node 'y_node' (DequantizeLinear): 3 integer zero points for 1 scales; as many are needed");
}

BOOST_AUTO_TEST_CASE(maps_larger_than_memory_are_refused) {
    onnx_builder net = basic();
    set(conv(net), "pads", dims{60000, 60000, 0, 0});
    check_complaint(
        net,
        "node 'y_node' (QLinearConv): the padded input is 2x60004x60004; 268435456 elements are supported");
    onnx_builder large("large");
    large.input("x", "uint8", {1, 65535, 65535, 65535});
    large.node("Identity", {"x"}, "y");
    large.output("y", "uint8");
    check_complaint(
        large, "map 'x' is 1x65535x65535x65535; dimensions up to 65535 and 268435456 elements are supported");
}

BOOST_AUTO_TEST_CASE(opsets_are_checked) {
    onnx_builder newer = basic(18);
    conv(newer);
    check_complaint(newer, "opset 18 is not supported; 10..17 are");
    onnx_builder older = basic(9);
    conv(older);
    check_complaint(older, "opset 9 is not supported; 10..17 are");
}

BOOST_AUTO_TEST_CASE(inputs_and_outputs_are_counted_and_measured) {
    onnx_builder two = basic();
    two.input("x2", "uint8", {1, 1, 1, 1});
    conv(two);
    check_complaint(two, "2 inputs (x, x2); one is supported");
    onnx_builder open("open");
    open.input("x", "uint8", {1, -1, 4, 4});
    open.node("Identity", {"x"}, "y");
    open.output("y", "uint8");
    check_complaint(open, "input 'x': dimension 1 is left open; 1..65535 is supported");
    onnx_builder outputs = basic();
    conv(outputs);
    outputs.output("x", "uint8");
    check_complaint(outputs, "2 outputs; one is supported");
}

BOOST_AUTO_TEST_CASE(an_input_that_no_node_makes_is_named) {
    onnx_builder net = basic();
    net.node("Identity", {"nowhere"}, "y");
    check_complaint(net, "node 'y_node' (Identity): input 'nowhere' is made by no node before it");
}

BOOST_AUTO_TEST_CASE(a_tensor_with_too_few_bytes_is_named) {
    onnx_builder net = basic();
    conv(net);
    for (auto& tensor : *net.model().mutable_graph()->mutable_initializer()) {
        if (tensor.name() == "w") tensor.mutable_raw_data()->resize(30);
    }
    check_complaint(net, "tensor 'w': 30 bytes of data, its dimensions need 36; is the file truncated?");
}

BOOST_AUTO_TEST_CASE(files_that_are_no_models_are_refused) {
    BOOST_TEST(complaint_of_file("") == "holds no ONNX graph");
    BOOST_TEST(complaint_of_file("hello, I am a text file") == "not an ONNX model, or truncated");
    try {
        (void)import_onnx(fs::temp_directory_path() / "eyeriss-there-is-no-such-file.onnx");
        BOOST_TEST(false);
    } catch (const import_error& wrong) {
        BOOST_TEST(std::string(wrong.what()).find("eyeriss-there-is-no-such-file.onnx: cannot be read") !=
                   std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(every_truncation_of_a_model_is_refused) {
    test::generator random(5);
    const std::string whole = test::draw_qlinear_network(random, 64).model.SerializeAsString();
    BOOST_TEST(complaint_of_file(whole).empty());
    const std::size_t step = whole.size() / 150 + 1;
    for (std::size_t size = 0; size + 40 < whole.size(); size += step) {
        BOOST_TEST(!complaint_of_file(whole.substr(0, size)).empty(),
                   size << " of " << whole.size() << " bytes");
    }
}

BOOST_AUTO_TEST_CASE(a_model_with_any_bytes_changed_is_imported_or_refused) {
    constexpr std::uint64_t seed = 77;
    BOOST_TEST_MESSAGE("seed " << seed);
    test::generator random(seed);
    unsigned refused = 0;
    for (unsigned trial = 0; trial < 3000; ++trial) {
        if (trial % 100 == 0) random.seed(seed + trial);
        const auto drawn =
            trial % 2 == 0 ? test::draw_qlinear_network(random, 64) : test::draw_qdq_network(random, 64);
        std::string file = drawn.model.SerializeAsString();
        for (unsigned i = 0; i < 3; ++i) {
            file[test::draw(random, 0, static_cast<unsigned>(file.size() - 1))] =
                static_cast<char>(test::draw(random, 0, 255));
        }
        onnx::ModelProto model;
        if (!model.ParseFromString(file)) continue;
        try {
            (void)import_onnx(model);
        } catch (const import_error&) {
            ++refused;
        }
    }
    BOOST_TEST(refused > 0U);
}
