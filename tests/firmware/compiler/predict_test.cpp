#define BOOST_TEST_MODULE predict
#include "firmware/compiler/predict.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <tuple>

#include "firmware/compiler/predict_actions.h"
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

// Circuits do not share links. So packets that have as many wires wait for nothing either; fewer wires and
// copies can only delay, and a crossbar only hasten.
BOOST_AUTO_TEST_CASE(the_same_mapping_takes_as_long_on_a_mesh_as_by_circuits_and_no_longer_on_a_crossbar) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    arch::machine mesh, narrow, crossbar;
    mesh.noc.kind = narrow.noc.kind = noc::topology::mesh;
    narrow.noc.packets = noc::multicast::copies;
    narrow.noc.mesh_planes = 1;
    crossbar.noc.kind = noc::topology::crossbar;
    unsigned delayed = 0, hastened = 0;
    for (unsigned i = 0; i < 60; ++i) {
        const auto layer = test::make_random_layer(random, false);
        const auto map = compiler::compile(layer.net, {}).mappings[0].map;
        const auto on = [&](const arch::machine& m) {
            return predict(layer, map, m, ~std::uint64_t{0}).cycles;
        };
        const double circuits = on({});
        BOOST_TEST_CONTEXT("layer " << i << ": " << map.text()) {
            BOOST_TEST(on(mesh) == circuits);
            BOOST_TEST(on(narrow) >= circuits);
            BOOST_TEST(on(crossbar) <= circuits);
        }
        delayed += on(narrow) > circuits ? 1 : 0;
        hastened += on(crossbar) < circuits ? 1 : 0;
    }
    BOOST_TEST(delayed > 0U);
    BOOST_TEST(hastened > 0U);
}

BOOST_AUTO_TEST_CASE(transfers_carry_every_word_that_is_counted_at_a_port) {
    BOOST_TEST_MESSAGE("seed " << seed);
    for (const auto kind : {noc::topology::hierarchical_mesh, noc::topology::mesh}) {
        arch::machine m;
        m.noc.kind = kind;
        std::mt19937_64 random(seed);
        for (unsigned i = 0; i < 20; ++i) {
            const auto layer = test::make_random_layer(random, false);
            const auto map = compiler::compile(layer.net, m).mappings[0].map;
            const compiler::calibration data{layer.input, layer.net.tensors[0].type == compiler::dtype::i8,
                                             layer.problem.pad_value};
            std::uint64_t iacts = 0, weights = 0;
            compiler::predict_traffic(layer.op(), map, m, data, [&](const noc::transfer& t) {
                BOOST_REQUIRE(t.words > 0);
                BOOST_REQUIRE(!t.destinations.empty());
                if (t.network == noc::port_kind::iact) iacts += t.words;
                if (t.network == noc::port_kind::weight) weights += t.words;
            });
            const auto actions = compiler::predict_actions(layer.op(), map, m, data, ~std::uint64_t{0}, {});
            BOOST_TEST_CONTEXT("layer " << i << ": " << map.text()) {
                BOOST_TEST(iacts == actions[energy::action::glb_iact_read]);
                BOOST_TEST(weights + actions[energy::action::glb_iact_write] ==
                           actions[energy::action::port_in]);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_accelerator_sends_what_is_predicted_later_by_its_configuration) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    const arch::machine m;
    using row = std::tuple<noc::cycle_t, noc::port_kind, unsigned, unsigned, std::uint64_t, std::size_t>;
    const auto row_of = [](const noc::transfer& t, noc::cycle_t from) {
        return row{t.cycle - from, t.network, t.cluster, t.port, t.words, t.destinations.size()};
    };
    test::play(m, accelerator::timing::timed, [&](test::layer_bench& bench) {
        std::vector<noc::transfer> sent;
        bench.dut.observe_noc([&](const noc::transfer& t) { sent.push_back(t); });
        for (unsigned i = 0; i < 20; ++i) {
            const auto layer = test::make_random_layer(random, false);
            const auto net = compiler::compile(layer.net, m);
            bench.load(net, layer.input);
            sent.clear();
            const auto report = bench.run();
            const auto first_pass =
                static_cast<noc::cycle_t>(report.start_seconds * m.clock_mhz * 1e6 + 0.5) +
                configuration_cycles(report, m);
            std::vector<row> found, expected;
            for (const auto& t : sent) found.push_back(row_of(t, first_pass));
            compiler::predict_traffic(
                layer.op(), net.mappings[0].map, m,
                {layer.input, layer.net.tensors[0].type == compiler::dtype::i8, layer.problem.pad_value},
                [&](const noc::transfer& t) { expected.push_back(row_of(t, 0)); });
            BOOST_TEST_CONTEXT("layer " << i << ": " << net.mappings[0].map.text()) {
                BOOST_TEST(!found.empty());
                BOOST_TEST((found == expected));
            }
        }
    });
}
