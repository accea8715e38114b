#define BOOST_TEST_MODULE predict_actions
#include "firmware/compiler/predict_actions.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "models/abi/descriptor.h"
#include "tests/models/accelerator/layer_bench.h"
#include "tests/models/accelerator/random_layer.h"

// The compiler's predictions of actions against what the accelerator counts.

using namespace eyeriss;
using energy::action;

namespace {

constexpr std::uint64_t seed = 20261121;
constexpr std::uint64_t all_passes = ~std::uint64_t{0};

compiler::calibration calibration_of(const test::random_layer& layer) {
    return {layer.input, layer.net.tensors[0].type == compiler::dtype::i8, layer.problem.pad_value};
}

energy::action_counts predict(const test::random_layer& layer, const arch::mapping& map,
                              const arch::machine& m, std::uint64_t most_passes) {
    const auto data = calibration_of(layer);
    return compiler::predict_actions(layer.op(), map, m, data, most_passes,
                                     compiler::predict(layer.op(), map, m, data, most_passes));
}

/// PE-cycles that pass before the first pass, which the prediction leaves out.
std::uint64_t configuration_cycles(const accelerator::layer_report& report, const arch::machine& m) {
    const std::uint64_t bits = report.config_bits + sizeof(eyeriss_descriptor) * 8;
    return (bits + m.control.config_bits_per_cycle - 1) / m.control.config_bits_per_cycle * m.noc.pes();
}

void check_layers(const arch::machine& m, unsigned count) {
    BOOST_TEST_MESSAGE("seed " << seed);
    BOOST_REQUIRE(arch::check(m) == "");
    std::mt19937_64 random(seed);
    const bool writes_are_known = m.control.feature_maps == arch::compression::raw;
    test::play(m, accelerator::timing::timed, [&](test::layer_bench& bench) {
        for (unsigned i = 0; i < count; ++i) {
            const auto layer = test::make_random_layer(random, i % 5 == 0);
            const auto net = compiler::compile(layer.net, m);
            const auto& map = net.mappings[0].map;
            bench.load(net, layer.input);
            const auto report = bench.run();
            auto expected = report.actions;
            const auto before = configuration_cycles(report, m);
            expected[action::pe_clock_gated] -= before;
            expected[action::leakage] -= before;
            const auto predicted = predict(layer, map, m, all_passes);
            energy::for_each_action([&](action a) {
                const bool written = a == action::port_out || a == action::dram_write;
                if (written && !writes_are_known && !layer.op().accumulators) return;
                BOOST_TEST(predicted[a] == expected[a],
                           "layer " << i << ", " << map.text() << ": " << energy::info(a).key << " "
                                    << predicted[a] << " predicted, " << expected[a] << " counted");
            });
        }
    });
}

arch::machine on_buses() {
    arch::machine m;
    m.noc.kind = noc::topology::bus;
    m.noc.cluster_rows = 24;
    m.noc.cluster_cols = 1;
    m.noc.pe_rows = 1;
    m.noc.pe_cols = 8;
    return m;
}

}  // namespace

BOOST_AUTO_TEST_CASE(actions_predicted_from_all_passes_equal_those_of_the_accelerator) {
    check_layers({}, 100);
}

BOOST_AUTO_TEST_CASE(with_raw_maps_and_dense_pes_the_bytes_written_are_predicted_too) {
    arch::machine m;
    m.control.feature_maps = arch::compression::raw;
    m.pe.sparse = false;
    m.pe.macs = 1;
    check_layers(m, 40);
}

BOOST_AUTO_TEST_CASE(actions_on_buses_are_predicted_exactly) {
    auto m = on_buses();
    m.pe.sparse = false;
    m.pe.macs = 1;
    check_layers(m, 40);
}

BOOST_AUTO_TEST_CASE(actions_of_sparse_pes_on_buses_are_predicted_exactly) {
    check_layers(on_buses(), 40);
}

BOOST_AUTO_TEST_CASE(actions_on_a_crossbar_are_predicted_exactly) {
    arch::machine m;
    m.noc.kind = noc::topology::crossbar;
    check_layers(m, 40);
}

BOOST_AUTO_TEST_CASE(actions_on_a_mesh_of_packets_are_predicted_exactly) {
    arch::machine m;
    m.noc.kind = noc::topology::mesh;
    check_layers(m, 40);
}

BOOST_AUTO_TEST_CASE(actions_on_a_mesh_that_copies_packets_are_predicted_exactly) {
    arch::machine m;
    m.noc.kind = noc::topology::mesh;
    m.noc.packets = noc::multicast::copies;
    check_layers(m, 40);
}
