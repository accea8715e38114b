#define BOOST_TEST_MODULE energy_actions
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>

#include "models/energy/pe_actions.h"
#include "tests/models/accelerator/layer_bench.h"
#include "tests/models/accelerator/random_layer.h"

using namespace eyeriss;
using energy::action;
using energy::action_counts;

namespace {

/// A PE's operands: iacts by value, weights column by column.
struct operands {
    pe::iact_operands iacts;
    std::vector<csc::weight_tile::column> columns;
    pe::weight_operands tile;
    action_counts counts;

    operands(const std::vector<std::int16_t>& values, unsigned segment_values,
             const std::vector<std::vector<std::int8_t>>& weights, bool raw_iacts, bool raw_weights,
             unsigned macs) {
        iacts.segments = static_cast<unsigned>(values.size()) / segment_values;
        iacts.segment_values = segment_values;
        iacts.dense = raw_iacts;
        iacts.inside_end = static_cast<unsigned>(values.size());
        iacts.index(values, 24);
        for (const auto& column : weights) columns.push_back(csc::count_column(column, raw_weights));
        tile.index(columns, macs);
    }
    void count(const energy::row_of_windows& row) {
        iacts.count_hits(row.windows, row.columns);
        energy::count_row(iacts, tile, pe::sum_row(iacts, tile), row, counts);
    }
};

/// The same counts from a walk over every window and iact.
action_counts walk(const operands& o, const std::vector<std::int16_t>& values,
                   const energy::row_of_windows& row) {
    action_counts out;
    for (unsigned f = 0; f < row.windows; ++f) {
        for (unsigned k = 0; k < row.columns; ++k) {
            const auto& column = o.columns[k];
            const bool zero = values[std::size_t{f} * row.step + k] == 0;
            if (zero && !o.iacts.dense) continue;
            ++out[action::iact_data_read];
            const unsigned lanes = o.tile.macs == 1 ? column.stored : 2U * column.words();
            out[action::mac_gated] += zero ? lanes : lanes - column.stored;
            if (zero) continue;
            if (!row.weights_raw) out[action::weight_address_read] += 2;
            out[action::weight_data_read] += column.words();
            out[action::mac] += column.stored;
        }
        if (!o.iacts.dense) out[action::iact_address_read] += (row.columns + row.step - 1) / row.step;
    }
    const std::uint64_t psums = std::uint64_t{row.windows} * row.rows;
    out[action::psum_spad_read] = out[action::psum_spad_write] = out[action::mac] + psums;
    for (const auto pairs : o.iacts.pairs) out[action::iact_data_write] += pairs;
    if (!o.iacts.dense) out[action::iact_address_write] = o.iacts.segments;
    return out;
}

void check_equal(const action_counts& found, const action_counts& expected) {
    energy::for_each_action([&](action a) {
        BOOST_TEST(found[a] == expected[a],
                   energy::info(a).key << ": " << found[a] << " against " << expected[a]);
    });
}

}  // namespace

// C0 = 2, S = 2, U = 1, M0 = 3, F = 2: iacts (1 0)(2 3)(0 0), columns s0c0 (1 0 2), s0c1 (0 0 0), s1c0 (4 5
// 6), s1c1 (0 7 0). Window 0 has iacts 1, 2, 3 and window 1 has 2, 3: look-ups of columns 0, 2, 3 and 0, 1.
BOOST_AUTO_TEST_CASE(a_row_of_two_windows_worked_by_hand) {
    operands o({1, 0, 2, 3, 0, 0}, 2, {{1, 0, 2}, {0, 0, 0}, {4, 5, 6}, {0, 7, 0}}, false, false, 2);
    o.count({2, 2, 4, 3, false});
    energy::count_weight_fill(o.tile, false, o.counts);
    action_counts expected;
    expected[action::iact_data_read] = 5;
    expected[action::iact_address_read] = 4;   // two windows of two segments
    expected[action::iact_data_write] = 3;     // pairs
    expected[action::iact_address_write] = 3;  // segments
    expected[action::weight_address_read] = 10;
    expected[action::weight_data_read] = 1 + 2 + 1 + 1 + 0;
    expected[action::weight_data_write] = 1 + 0 + 2 + 1;
    expected[action::weight_address_write] = 4;
    expected[action::mac] = 2 + 3 + 1 + 2 + 0;
    expected[action::mac_gated] = 2;  // the pads behind 6 and 7
    expected[action::psum_spad_read] = expected[action::psum_spad_write] = 8 + 2 * 3;
    check_equal(o.counts, expected);
}

// The same in raw form on a PE of one MAC: every iact takes its turn, a zero one gates what follows.
BOOST_AUTO_TEST_CASE(raw_zeros_are_read_and_gate_what_lies_behind) {
    operands o({1, 0, 2, 3, 0, 0}, 2, {{1, 0, 2}, {0, 0, 0}, {4, 5, 6}, {0, 7, 0}}, true, true, 1);
    o.count({2, 2, 4, 3, true});
    action_counts expected;
    expected[action::iact_data_read] = 8;
    expected[action::iact_data_write] = 6;
    expected[action::weight_data_read] = 5 * 2;
    expected[action::mac] = 5 * 3;
    expected[action::mac_gated] = 3 * 3;
    expected[action::psum_spad_read] = expected[action::psum_spad_write] = 15 + 6;
    check_equal(o.counts, expected);
}

BOOST_AUTO_TEST_CASE(counts_by_column_equal_a_walk_over_every_window) {
    constexpr std::uint64_t seed = 20261121;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    const auto draw = [&](unsigned low, unsigned high) {
        return std::uniform_int_distribution<unsigned>(low, high)(random);
    };
    for (unsigned i = 0; i < 500; ++i) {
        const unsigned c0 = draw(1, 8), stride = draw(1, 2), s = draw(1, 4), rows = draw(1, 32);
        const unsigned windows = draw(1, 40), step = c0 * stride, columns = c0 * s;
        const unsigned segments = windows + (s + stride - 1) / stride - 1;
        const unsigned percent = draw(0, 100);
        std::vector<std::int16_t> values(std::size_t{segments} * step);
        for (auto& v : values) v = draw(0, 99) < percent ? 1 : 0;
        std::vector<std::vector<std::int8_t>> weights(columns, std::vector<std::int8_t>(rows));
        for (auto& column : weights)
            for (auto& w : column) w = draw(0, 99) < percent ? 1 : 0;
        const bool raw_iacts = draw(0, 1) != 0, raw_weights = draw(0, 1) != 0;
        operands o(values, step, weights, raw_iacts, raw_weights, draw(1, 2));
        const energy::row_of_windows row{windows, step, columns, rows, raw_weights};
        o.count(row);
        BOOST_TEST_CONTEXT("row " << i) {
            check_equal(o.counts, walk(o, values, row));
        }
    }
}

namespace {

/// What must hold between the counts of any layer.
void check_relations(const accelerator::layer_report& r, const arch::machine& m) {
    const auto& n = r.actions;
    const auto outputs = std::uint64_t{r.shape.batch} * r.shape.channels_out() * r.shape.e() * r.shape.f();
    BOOST_TEST(n[action::requantise] == outputs);
    BOOST_TEST(n[action::mac] >= r.macs_effectual);
    BOOST_TEST(n[action::mac] <= 2 * n[action::weight_data_read]);
    if (!r.map.iact_dense) {
        // Every word that is read gives its two lanes something to do or a pad.
        BOOST_TEST(n[action::mac] + n[action::mac_gated] == 2 * n[action::weight_data_read]);
    }
    BOOST_TEST(n[action::psum_spad_read] == n[action::psum_spad_write]);
    BOOST_TEST(n[action::psum_spad_read] > n[action::mac]);
    if (!r.map.weight_dense && !r.map.iact_dense) {
        BOOST_TEST(n[action::weight_address_read] == 2 * n[action::iact_data_read]);
    }
    BOOST_TEST(n[action::glb_iact_read] >= n[action::glb_iact_write]);
    BOOST_TEST(n[action::glb_psum_read] == n[action::glb_psum_write]);
    BOOST_TEST(n[action::iact_local_link] >= n[action::glb_iact_read]);
    BOOST_TEST(n[action::port_in] >= n[action::glb_iact_write]);
    BOOST_TEST(n[action::weight_local_link] >= n[action::port_in] - n[action::glb_iact_write]);
    BOOST_TEST(n[action::iact_router] == n[action::iact_mesh_link] + n[action::iact_local_link]);
    BOOST_TEST(n[action::dram_read] == r.dram_read_bytes);
    BOOST_TEST(n[action::dram_write] == r.dram_write_bytes);
    BOOST_TEST(n[action::pe_clock] + n[action::pe_clock_gated] == n[action::leakage]);
    BOOST_TEST(n[action::leakage] == r.cycles * m.noc.pes());
}

/// Actions of random layers, one after the other.
std::vector<action_counts> count_layers(accelerator::timing mode) {
    constexpr std::uint64_t seed = 20261122;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    const arch::machine m;
    std::vector<action_counts> all;
    test::play(m, mode, [&](test::layer_bench& bench) {
        for (unsigned i = 0; i < 40; ++i) {
            const auto layer = test::make_random_layer(random, false);
            const auto net = compiler::compile(layer.net, m);
            bench.load(net, layer.input);
            const auto report = bench.run();
            BOOST_TEST_CONTEXT("layer " << i << ": " << net.mappings[0].map.text()) {
                BOOST_REQUIRE_MESSAGE(report.error == 0, bench.dut.last_error());
                check_relations(report, m);
            }
            all.push_back(report.actions);
        }
    });
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(counts_of_random_layers_relate_with_times) {
    for (const auto& n : count_layers(accelerator::timing::timed)) BOOST_TEST(n[action::pe_clock] > 0U);
}

BOOST_AUTO_TEST_CASE(counts_of_random_layers_relate_untimed) {
    for (const auto& n : count_layers(accelerator::timing::functional)) BOOST_TEST(n[action::leakage] == 0U);
}

namespace {

/// One 1x1 layer: C 2, M 4, H 1, W 3, all iacts and weights 1, on one PE.
compiler::graph one_tile_network() {
    compiler::graph g;
    g.name = "one_tile";
    g.tensors = {{"x", 1, 2, 1, 3, compiler::dtype::u8, 1.0F, 0},
                 {"y", 1, 4, 1, 3, compiler::dtype::i32, 1.0F, 0}};
    compiler::conv_op op;
    op.shape = {1, 1, 4, 2, 1, 3, 1, 1};
    op.weights.assign(8, 1);
    op.bias.assign(4, 0);
    op.scale.assign(4, 1.0F);
    op.accumulators = true;
    g.layers.push_back({"conv", {0}, 1, op});
    g.input = 0;
    g.output = 1;
    return g;
}

}  // namespace

// One PE at the bottom of a column of three: 24 products; weights 2 columns of 2 words with one address word;
// iacts three segments of 4 + 2 x 12 bits in 4 words of 24; the psums of 12 outputs climb two PEs in 6 words.
BOOST_AUTO_TEST_CASE(a_layer_of_one_tile_has_the_counts_of_its_closed_form) {
    const arch::machine m;
    compiler::compile_options options;
    arch::mapping map;
    map.m0 = 4;
    map.c0 = 2;
    options.mappings["conv"] = map;
    const auto net = compiler::compile(one_tile_network(), m, options);
    test::play(m, accelerator::timing::functional, [&](test::layer_bench& bench) {
        bench.load(net, std::vector<std::uint8_t>(6, 1));
        const auto report = bench.run();
        BOOST_REQUIRE_MESSAGE(report.error == 0, bench.dut.last_error());
        action_counts expected;
        expected[action::mac] = 24;
        expected[action::iact_address_write] = expected[action::iact_address_read] = 3;
        expected[action::iact_data_write] = expected[action::iact_data_read] = 6;
        expected[action::weight_address_write] = 2;
        expected[action::weight_address_read] = 2 * 6;
        expected[action::weight_data_write] = 4;
        expected[action::weight_data_read] = 6 * 2;
        expected[action::psum_spad_read] = expected[action::psum_spad_write] = 24 + 12;
        expected[action::glb_iact_read] = expected[action::glb_iact_write] = 4;
        expected[action::iact_router] = expected[action::iact_local_link] = 4;
        expected[action::weight_router] = expected[action::weight_local_link] = 5;
        expected[action::port_in] = 4 + 5;
        expected[action::psum_hop] = 2 * 6;
        expected[action::psum_router] = expected[action::psum_local_link] = 6;
        expected[action::requantise] = 12;
        expected[action::dram_read] = report.dram_read_bytes;
        expected[action::dram_write] = expected[action::port_out] = report.dram_write_bytes;
        check_equal(report.actions, expected);
    });
}
