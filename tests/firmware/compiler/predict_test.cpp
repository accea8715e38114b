#define BOOST_TEST_MODULE predict
#include "firmware/compiler/predict.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "models/abi/descriptor.h"
#include "tests/models/accelerator/layer_bench.h"
#include "tests/models/accelerator/random_layer.h"

// The compiler's predictions against the accelerator itself, with an ideal memory.

using namespace eyeriss;

namespace {

constexpr std::uint64_t seed = 20260301;

/// Cycles that the accelerator spends before its first pass.
std::uint64_t configuration_cycles(const accelerator::layer_report& report, const arch::machine& m) {
    const std::uint64_t bits = report.config_bits + sizeof(eyeriss_descriptor) * 8;
    return (bits + m.control.config_bits_per_cycle - 1) / m.control.config_bits_per_cycle;
}

compiler::prediction predict(const test::random_layer& layer, const arch::mapping& map,
                             const arch::machine& m, std::uint64_t most_passes) {
    return compiler::predict(
        layer.op(), map, m,
        {layer.input, layer.net.tensors[0].type == compiler::dtype::i8, layer.problem.pad_value},
        most_passes);
}

}  // namespace

namespace {

void check_predictions(const arch::machine& m, unsigned layers) {
    std::mt19937_64 random(seed);
    test::play(m, accelerator::timing::timed, [&](test::layer_bench& bench) {
        for (unsigned i = 0; i < layers; ++i) {
            const auto layer = test::make_random_layer(random, false);
            const auto net = compiler::compile(layer.net, m);
            bench.load(net, layer.input);
            const auto report = bench.run();
            const auto predicted = predict(layer, net.mappings[0].map, m, ~std::uint64_t{0});
            BOOST_TEST_CONTEXT("layer " << i << ": " << net.mappings[0].map.text() << ", " << report.passes
                                        << " passes") {
                BOOST_TEST(predicted.cycles + static_cast<double>(configuration_cycles(report, m)) ==
                           static_cast<double>(report.cycles));
            }
        }
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_prediction_of_all_passes_equals_the_accelerator) {
    check_predictions({}, 150);
}

BOOST_AUTO_TEST_CASE(a_prediction_on_a_crossbar_equals_the_accelerator) {
    arch::machine m;
    m.noc.kind = noc::topology::crossbar;
    check_predictions(m, 60);
}

BOOST_AUTO_TEST_CASE(a_prediction_on_a_mesh_whose_packets_wait_for_links_equals_the_accelerator) {
    arch::machine m;
    m.noc.kind = noc::topology::mesh;
    m.noc.packets = noc::multicast::copies;
    m.noc.mesh_planes = 1;
    check_predictions(m, 60);
}
