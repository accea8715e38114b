#define BOOST_TEST_MODULE topologies
#include <boost/test/unit_test.hpp>
#include <numeric>

#include "tests/models/accelerator/layer_bench.h"
#include "tests/models/accelerator/random_layer.h"

// The same layers on machines of other networks and sizes: every one gives what the oracle gives, and so what
// the hierarchical mesh of Eyeriss v2 gives.

using namespace eyeriss;

namespace {

constexpr std::uint64_t seed = 20260701;

arch::machine dense_machine() {
    arch::machine m;
    m.pe.sparse = false;
    m.pe.macs = 1;
    return m;
}

/// 192 dense PEs on broadcast buses: 24 PE rows of 8.
arch::machine bus_machine() {
    arch::machine m = dense_machine();
    m.noc.kind = noc::topology::bus;
    m.noc.cluster_rows = 24;
    m.noc.cluster_cols = 1;
    m.noc.pe_rows = 1;
    m.noc.pe_cols = 8;
    return m;
}

arch::machine clusters_of(unsigned rows, unsigned cols, unsigned pe_rows, unsigned pe_cols) {
    arch::machine m;
    m.noc.cluster_rows = rows;
    m.noc.cluster_cols = cols;
    m.noc.pe_rows = pe_rows;
    m.noc.pe_cols = pe_cols;
    return m;
}

arch::machine v2_on(noc::topology kind) {
    arch::machine m;
    m.noc.kind = kind;
    return m;
}

void check_links(const accelerator::link_summary& links, std::uint64_t cycles) {
    BOOST_TEST(links.driven <= links.links);
    BOOST_TEST(links.all.total() == cycles * links.links);
    BOOST_TEST(links.busiest <= cycles);
}

void run_layers(const arch::machine& m, accelerator::timing mode, unsigned count) {
    BOOST_TEST_MESSAGE("seed " << seed);
    BOOST_REQUIRE(arch::check(m) == "");
    std::mt19937_64 random(seed);
    test::play(m, mode, [&](test::layer_bench& bench) {
        for (unsigned i = 0; i < count; ++i) {
            const auto layer = test::make_random_layer(random, false);
            const auto net = compiler::compile(layer.net, m);
            bench.load(net, layer.input);
            const auto report = bench.run();
            BOOST_TEST_CONTEXT("layer " << i << ": " << net.mappings[0].map.text()) {
                BOOST_REQUIRE_MESSAGE(report.error == 0, bench.dut.last_error());
                BOOST_REQUIRE(bench.output() == layer.expected(static_cast<int>(m.pe.psum_bits)));
                BOOST_TEST(report.macs_nominal == layer.op().shape.macs());
                const auto charged =
                    std::accumulate(report.pe_cycles.begin(), report.pe_cycles.end(), std::uint64_t{0});
                BOOST_TEST(charged == report.cycles * m.noc.pes());
                if (mode == accelerator::timing::functional) continue;
                for (const auto* links : {&report.iact_links, &report.weight_links, &report.psum_links})
                    check_links(*links, report.cycles);
                if (m.noc.is_bus()) continue;
                // Bursts that crossed links, and cycles in which ports were busy, are counted apart.
                // The wires of a crossbar are one link each, however long.
                const bool wires = m.noc.kind == noc::topology::crossbar;
                BOOST_TEST(report.iact_links.all.busy == report.iact.local + (wires ? 0 : report.iact.mesh));
                BOOST_TEST(report.weight_links.all.busy ==
                           report.weight.local + (wires ? 0 : report.weight.mesh));
            }
        }
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(layers_on_broadcast_buses_equal_the_oracle_with_times) {
    run_layers(bus_machine(), accelerator::timing::timed, 60);
}

BOOST_AUTO_TEST_CASE(layers_on_broadcast_buses_of_odd_widths_equal_the_oracle) {
    auto m = bus_machine();
    m.noc.iact_port_bits = 17;
    m.noc.weight_port_bits = 100;
    m.noc.psum_port_bits = 50;
    m.pe.operand_bits = 16;
    run_layers(m, accelerator::timing::timed, 30);
}

BOOST_AUTO_TEST_CASE(layers_of_sparse_pes_on_broadcast_buses_equal_the_oracle_with_times) {
    auto m = bus_machine();
    m.pe.sparse = true;
    m.pe.macs = 2;
    run_layers(m, accelerator::timing::timed, 60);
}

BOOST_AUTO_TEST_CASE(layers_of_sparse_pes_on_broadcast_buses_of_odd_widths_equal_the_oracle) {
    auto m = bus_machine();
    m.pe.sparse = true;
    m.pe.macs = 2;
    m.noc.iact_port_bits = 17;
    m.noc.weight_port_bits = 100;
    m.noc.psum_port_bits = 50;
    run_layers(m, accelerator::timing::timed, 30);
}

BOOST_AUTO_TEST_CASE(layers_on_a_dense_mesh_equal_the_oracle) {
    run_layers(dense_machine(), accelerator::timing::timed, 60);
}

BOOST_AUTO_TEST_CASE(layers_on_clusters_of_four_by_four_in_four_columns_equal_the_oracle) {
    run_layers(clusters_of(4, 4, 4, 4), accelerator::timing::timed, 60);
}

BOOST_AUTO_TEST_CASE(layers_on_a_single_cluster_of_odd_size_equal_the_oracle) {
    run_layers(clusters_of(1, 1, 5, 3), accelerator::timing::timed, 40);
}

BOOST_AUTO_TEST_CASE(layers_on_three_rows_of_five_clusters_equal_the_oracle) {
    run_layers(clusters_of(3, 5, 2, 2), accelerator::timing::functional, 60);
}

BOOST_AUTO_TEST_CASE(layers_on_a_crossbar_equal_the_oracle_with_times) {
    run_layers(v2_on(noc::topology::crossbar), accelerator::timing::timed, 60);
}

BOOST_AUTO_TEST_CASE(layers_on_a_mesh_of_packets_equal_the_oracle_with_times) {
    run_layers(v2_on(noc::topology::mesh), accelerator::timing::timed, 60);
}

BOOST_AUTO_TEST_CASE(layers_on_one_mesh_a_data_type_with_copied_packets_equal_the_oracle) {
    auto m = v2_on(noc::topology::mesh);
    m.noc.packets = noc::multicast::copies;
    m.noc.mesh_planes = 1;
    m.noc.mesh_packet_words = 3;
    m.noc.hop_cycles = 3;
    run_layers(m, accelerator::timing::timed, 60);
}

BOOST_AUTO_TEST_CASE(layers_on_five_by_three_clusters_of_a_crossbar_equal_the_oracle) {
    auto m = clusters_of(5, 3, 2, 3);
    m.noc.kind = noc::topology::crossbar;
    run_layers(m, accelerator::timing::functional, 60);
}
