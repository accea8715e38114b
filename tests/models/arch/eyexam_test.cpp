#define BOOST_TEST_MODULE eyexam
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "models/arch/eyexam.h"

using namespace eyeriss::arch;

namespace {

const auto exact = boost::test_tools::tolerance(1e-12);

/// 4 PEs of one lane that skip nothing: one cluster of 2 x 2.
machine small_dense() {
    machine m;
    m.noc.cluster_rows = m.noc.cluster_cols = 1;
    m.noc.pe_rows = m.noc.pe_cols = 2;
    m.pe.macs = 1;
    m.pe.sparse = false;
    return m;
}

void check_descends(const eyexam_bounds& b) {
    for (std::size_t i = 1; i < b.size(); ++i) BOOST_TEST(b[i] <= b[i - 1], "bound " << i + 1 << " rises");
}

void check_equal(const eyexam_bounds& found, const eyexam_bounds& expected) {
    for (std::size_t i = 0; i < found.size(); ++i) {
        BOOST_TEST_CONTEXT(eyexam_names[i]) {
            BOOST_TEST(found[i] == expected[i], exact);
        }
    }
    check_descends(found);
}

}  // namespace

// CONV, worked by hand. M 3, C 2, 5 x 5 maps, 3 x 3 filter, no padding: E = F = 3, 486 MACs. Row convolutions
// M C E R = 54 of S F = 9 MACs each. Four lanes: 54 / ceil(54 / 4) = 54 / 14. Rows of PEs see M C E R = 54 on
// 2: all busy; columns see M E = 9 on 2: 9 / 5; so 2 x 1.8 = 3.6. The mapping has c1 = 2 on rows and e 2 on
// columns, one m a pass: 2 trips over e, 3 over m, 3 over r; the first PE turns 2 x 3 x 3 x S F = 162 times:
// 486 / 162 = 3. Weights: 54, at one in five cycles: 486 / 270 = 1.8. It took 300 cycles: 1.62.
BOOST_AUTO_TEST_CASE(a_convolution_worked_by_hand) {
    eyexam_case c;
    c.layer = {1, 1, 3, 2, 5, 5, 3, 3};
    c.map.m0 = c.map.c0 = 1;
    c.map.s0 = 3;
    c.map.c1 = 2;
    c.map.horizontal.e = 2;
    c.macs_effectual = 486;
    c.cycles = 300;
    const std::array traffic{data_traffic{75, 1}, data_traffic{54, 0.2}};
    check_equal(eyexam(c, small_dense(), traffic), {486, 54, 54.0 / 14, 3.6, 3, 1.8, 1.62});
}

// A quarter of the MACs are effectual. A machine that takes every zero's turn does a quarter in each bound.
BOOST_AUTO_TEST_CASE(a_machine_that_takes_zeros_turns_scales_with_the_share_of_effectual_work) {
    eyexam_case c;
    c.layer = {1, 1, 4, 1, 4, 4, 1, 1};
    c.map.horizontal.e = 2;
    c.map.vertical.m = 2;
    c.macs_effectual = 16;
    c.cycles = 32;
    // 64 MACs, 16 rows of 4, 4 lanes all busy to the end.
    check_equal(eyexam(c, small_dense(), {}), {16, 4, 1, 1, 1, 1, 0.5});
}

// FC on v2, M 1000, C 1024, 100,000 effectual products: each row convolution is one MAC, so the dataflow
// takes them all at once; 384 lanes take 261 turns; m on 8 rows and 8 columns with a chain of 3 fill all 192
// PEs. The weights are 60,000 words and 48 ports take 24 a cycle in all here: 100,000 x 24 / 60,000 = 40.
BOOST_AUTO_TEST_CASE(a_sparse_fully_connected_layer_is_bound_by_its_weights) {
    eyexam_case c;
    c.layer = {1, 1, 1000, 1024, 1, 1, 1, 1};
    c.map.m0 = 16;
    c.map.c0 = 9;
    c.map.c1 = 3;
    c.map.vertical.m = c.map.horizontal.m = 8;
    c.macs_effectual = 100000;
    c.cycles = 2600;
    const std::array traffic{data_traffic{512, 48}, data_traffic{60000, 24}};
    check_equal(eyexam(c, machine{}, traffic),
                {100000, 100000, 100000.0 / 261, 100000.0 / 261, 100000.0 / 261, 40, 100000.0 / 2600});
}

// Depthwise on v2: one output channel a group, so one lane of two; 64 groups of 8 x 8 with a 3 x 3 filter.
// Row convolutions: G E R = 64 x 8 x 3 = 1536. The mapping has 8 x 2 groups in chains of 3: 48 PEs.
BOOST_AUTO_TEST_CASE(a_depthwise_layer_fills_one_lane_of_two) {
    eyexam_case c;
    c.layer = {64, 1, 1, 1, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1};
    c.map.s0 = 3;
    c.map.r1 = 3;
    c.map.vertical.g = 8;
    c.map.horizontal.g = 2;
    c.macs_effectual = 30000;
    c.cycles = 1500;
    const double lanes = 30000.0 / 79;  // 79 = ceil(30000 / 384)
    check_equal(eyexam(c, machine{}, {}), {30000, 1536, lanes, 192, 48, 48, 20});
}

// As many row convolutions as PEs, one each.
BOOST_AUTO_TEST_CASE(a_mapping_that_fills_the_array_loses_nothing) {
    eyexam_case c;
    c.layer = {1, 1, 2, 1, 2, 1, 1, 1};  // M 2, E 2
    c.map.vertical.e = 2;
    c.map.horizontal.m = 2;
    c.macs_effectual = 4;
    c.cycles = 4;
    check_equal(eyexam(c, small_dense(), {}), {4, 4, 4, 4, 4, 4, 1});
}

BOOST_AUTO_TEST_CASE(a_layer_without_effectual_work_has_bounds_of_zero) {
    eyexam_case c;
    c.layer = {1, 1, 4, 4, 4, 4, 1, 1};
    c.cycles = 100;
    for (const double bound : eyexam(c, machine{}, {})) BOOST_TEST(bound == 0.0);
}

BOOST_AUTO_TEST_CASE(fragments_of_work_leave_lanes_idle_in_the_last_turn) {
    BOOST_TEST(fragmented(8, 8) == 8.0);
    BOOST_TEST(fragmented(9, 8) == 4.5);
    BOOST_TEST(fragmented(3, 8) == 3.0);
    BOOST_TEST(fragmented(0, 8) == 0.0);
}
