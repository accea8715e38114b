#define BOOST_TEST_MODULE reference_compare_layers
#include <boost/test/unit_test.hpp>

#include <set>

#include "firmware/compiler/noc_routes.h"
#include "tests/reference/layer_comparison.h"

namespace {

using namespace eyeriss;
using namespace eyeriss::reference;

/// What a layer and its mapping put to the test.
std::set<std::string> aspects(const layer_case& c, const arch::machine& m) {
    const arch::layer_shape& s = c.shape;
    const auto routes = compiler::make_noc_routes(s, c.map, m);
    const auto trips = c.map.trips(s);
    const auto trips_of = [&](arch::loop l) { return trips[static_cast<std::size_t>(l)]; };
    const unsigned reductions = trips_of(arch::loop::c) * trips_of(arch::loop::r) * trips_of(arch::loop::s);
    const std::vector<std::pair<std::string, bool>> all{
        {"depthwise", s.groups > 1 && s.c == 1 && s.m == 1},
        {"fully connected", s.type() == "FC"},
        {"groups", s.groups > 1 && s.c > 1},
        {"batch", s.batch > 1},
        {"strides", s.stride_w > 1},
        {"padding on one side", s.pad_left != s.pad_right},
        {"padding that is not zero", c.pad_value != 0},
        {"odd columns", c.map.m0 % 2 == 1},
        {"last tiles of fewer rows", s.m % c.map.m0 != 0},
        {"raw weights", c.map.weight_dense},
        {"raw iacts", c.map.iact_dense},
        {"whole banks", c.map.iact_single_buffer},
        {"psums that come back", reductions > 1},
        {"chains over clusters", c.map.chain_clusters > 1},
        {"weights that stay", trips_of(arch::loop::n) * trips_of(arch::loop::e) > 1},
        {"iacts that stay", trips_of(arch::loop::m) > 1}};
    std::set<std::string> seen{"iacts " + routes.iact_mode, "weights " + routes.weight_mode};
    for (const auto& [name, is] : all)
        if (is) seen.insert(name);
    return seen;
}

const std::set<std::string> every_aspect{"iacts unicast",
                                         "iacts grouped multicast",
                                         "iacts interleaved multicast",
                                         "iacts broadcast",
                                         "weights unicast",
                                         "weights grouped multicast",
                                         "weights interleaved multicast",
                                         "weights broadcast",
                                         "depthwise",
                                         "fully connected",
                                         "groups",
                                         "batch",
                                         "strides",
                                         "padding on one side",
                                         "padding that is not zero",
                                         "odd columns",
                                         "raw weights",
                                         "last tiles of fewer rows",
                                         "raw iacts",
                                         "whole banks",
                                         "chains over clusters",
                                         "psums that come back",
                                         "weights that stay",
                                         "iacts that stay"};

/// Holds random layers on a machine against the reference: cycles, every PE's causes, every port and bank,
/// and the psums themselves. Returns what they put to the test.
std::set<std::string> compare_layers(std::uint64_t seed, int layers, const arch::machine& m) {
    BOOST_TEST_MESSAGE("seed " << seed);
    BOOST_REQUIRE_EQUAL(arch::check(m), "");
    std::set<std::string> seen;
    std::mt19937_64 random(seed);
    test::play(m, accelerator::timing::timed, [&](test::layer_bench& bench) {
        for (int i = 0; i < layers; ++i) {
            const layer_case c = random_case(random, m);
            seen.merge(aspects(c, m));
            const comparison found = compare(bench, c, m);
            BOOST_REQUIRE_MESSAGE(found.kind == difference::none, "layer " << i << ": " << c.text() << "\n"
                                                                           << found.text);
        }
    });
    return seen;
}

arch::machine array_of(unsigned cluster_rows, unsigned cluster_cols, unsigned pe_rows, unsigned pe_cols) {
    arch::machine m;
    m.noc.cluster_rows = cluster_rows, m.noc.cluster_cols = cluster_cols;
    m.noc.pe_rows = pe_rows, m.noc.pe_cols = pe_cols;
    return m;
}

}  // namespace

BOOST_AUTO_TEST_CASE(three_hundred_layers_on_the_papers_array) {
    const auto seen = compare_layers(20260120, 300, {});
    for (const std::string& aspect : every_aspect) BOOST_TEST(seen.contains(aspect), aspect);
}

BOOST_AUTO_TEST_CASE(layers_on_one_cluster) {
    compare_layers(20260121, 40, array_of(1, 1, 3, 4));
}

BOOST_AUTO_TEST_CASE(layers_on_a_column_of_clusters) {
    compare_layers(20260122, 40, array_of(4, 1, 3, 4));
}

BOOST_AUTO_TEST_CASE(layers_on_clusters_of_four_by_four) {
    compare_layers(20260123, 40, array_of(2, 2, 4, 4));
}

BOOST_AUTO_TEST_CASE(layers_on_flat_clusters_and_three_columns_of_them) {
    compare_layers(20260124, 40, array_of(2, 3, 2, 5));
}

BOOST_AUTO_TEST_CASE(layers_with_no_cycles_between_clusters) {
    arch::machine m = array_of(4, 2, 3, 4);
    m.noc.hop_cycles = 0;
    compare_layers(20260125, 40, m);
}

BOOST_AUTO_TEST_CASE(layers_with_two_cycles_between_clusters) {
    arch::machine m;
    m.noc.hop_cycles = 2;
    compare_layers(20260126, 40, m);
}

BOOST_AUTO_TEST_CASE(layers_on_dense_pes_of_one_mac) {
    arch::machine m;
    m.pe.macs = 1;
    m.pe.sparse = false;
    compare_layers(20260127, 40, m);
}

BOOST_AUTO_TEST_CASE(layers_on_sparse_pes_of_one_mac) {
    arch::machine m;
    m.pe.macs = 1;
    compare_layers(20260128, 40, m);
}

BOOST_AUTO_TEST_CASE(layers_whose_psums_take_no_ports) {
    arch::machine m;
    m.pe.psum_transfer_takes_ports = false;
    m.pe.psum_fifo_windows = 2;
    compare_layers(20260129, 40, m);
}

BOOST_AUTO_TEST_CASE(layers_with_two_weight_spads) {
    arch::machine m;
    m.pe.weight_double_buffer = true;
    compare_layers(20260130, 40, m);
}

BOOST_AUTO_TEST_CASE(layers_whose_sums_saturate) {
    arch::machine m;
    m.pe.overflow = arch::overflow_mode::saturate;
    m.pe.psum_bits = 14;
    m.noc.psum_port_bits = 28;  // two psums, as ever
    compare_layers(20260131, 40, m);
}

BOOST_AUTO_TEST_CASE(layers_whose_outputs_wait_for_one_pass) {
    arch::machine m;
    m.control.output_tiles = 1;
    m.control.config_bits_per_cycle = 8;
    compare_layers(20260132, 40, m);
}
