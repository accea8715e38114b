#define BOOST_TEST_MODULE imported_run
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "firmware/compiler/import_onnx.h"
#include "sims/inputs/prepare.h"
#include "tests/firmware/compiler/layer_comparison.h"
#include "tests/firmware/compiler/random_network.h"
#include "tests/sims/network_runs/comparison.h"
#include "tests/sims/network_runs/network_checks.h"
#include "tests/sims/network_runs/residual_network.h"

using namespace eyeriss;

namespace {

constexpr std::uint64_t seed = 20260704;

test::soc_outcome run(const compiler::graph& net, const std::vector<std::uint8_t>& input,
                      const arch::machine& machine = {}) {
    return test::run_on_soc(sims::compile_graph(net, machine, input).bytes, input, machine);
}

std::size_t distinct(std::vector<std::uint8_t> values) {
    std::sort(values.begin(), values.end());
    return static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
}

void check_random_network(const std::string& input_type) {
    BOOST_TEST_MESSAGE("seed " << seed);
    test::generator random(seed);
    const unsigned limit = test::onnxruntime_weight_limit();
    auto drawn = test::draw_qlinear_network(random, limit);
    while (drawn.input_type != input_type) {
        drawn = test::draw_qlinear_network(random, limit);
    }
    const auto net = compiler::import_onnx(drawn.model);
    arch::machine machine;
    machine.pe.psum_bits = 32;  // nobody calibrated this network for 20
    const auto done = run(net, drawn.input, machine);
    test::check_books(net, done);
    test::check_onnxruntime(drawn.model, net, done);
    test::check_plain(net, done, machine.pe.psum_bits);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_qdq_network_with_a_residual_runs_on_the_soc) {
    BOOST_TEST_MESSAGE("seed " << seed);
    const auto made = test::make_residual_network(seed);
    const auto net = compiler::import_onnx(made.model);
    BOOST_TEST_REQUIRE(net.layers.size() == 8U);
    const auto done = run(net, made.input);
    test::check_books(net, done);
    test::check_plain(net, done);
    // A value that falls on the other side of a half early may move later ones by more than its own step.
    const auto theirs = test::run_onnxruntime(made.model, net, made.input);
    for (const auto& layer : net.layers) {
        const auto& mine = done.tensors[layer.output];
        const auto found = test::compare_values(mine, theirs[layer.output], net.tensors[layer.output].type);
        BOOST_TEST_MESSAGE(layer.name << ": " << found.differing << " of " << found.values
                                      << " differ, by at most " << found.largest << "; " << distinct(mine)
                                      << " values");
        BOOST_TEST(found.largest <= 1, layer.name);
        BOOST_TEST(found.differing * 100 <= found.values, layer.name);
        BOOST_TEST(distinct(mine) > 3U, layer.name);
    }
}

BOOST_AUTO_TEST_CASE(the_residual_networks_layers_are_within_one_step_each) {
    const auto made = test::make_residual_network(seed);
    const auto found =
        test::compare_with_onnxruntime({{made.model, "x", "int8", {1, 8, 14, 14}, made.input}});
    for (const auto& [kind, count] : found) {
        BOOST_TEST(count.worse == 0U, kind);
    }
}

BOOST_AUTO_TEST_CASE(a_random_qlinear_network_runs_on_the_soc) {
    check_random_network("uint8");
}

BOOST_AUTO_TEST_CASE(a_random_qlinear_network_of_int8_maps_runs_on_the_soc) {
    check_random_network("int8");
}

BOOST_AUTO_TEST_CASE(a_network_of_7_bit_weights_runs_on_the_soc) {
    // What the tests of generated networks do on processors on which ONNX Runtime needs it.
    const auto made = test::make_case("lenet5", 28, 64);
    for (const auto& layer : made.graph.layers) {
        if (const auto* conv = std::get_if<compiler::conv_op>(&layer.op)) {
            const auto [low, high] = std::ranges::minmax(conv->weights);
            BOOST_TEST(low >= -64);
            BOOST_TEST(high <= 63);
        }
    }
    const auto done = test::run_on_soc(made.image, made.input);
    test::check_books(made.graph, done);
    test::check_onnxruntime(made.model, made.graph, done);
    test::check_plain(made.graph, done);
}
