#define BOOST_TEST_MODULE reference_variants
#include <boost/test/unit_test.hpp>

#include "tests/reference/column.h"
#include "tests/reference/plan.h"

// Machines other than the paper's, and a layer with everything around the PEs; the numbers are those of
// doc/reference_cases.md, worked by hand.
namespace {

using namespace eyeriss::reference;

using counts = std::initializer_list<std::pair<cause, cycle>>;

void check_ledger(const ledger& found, counts expected, cycle total) {
    ledger e;
    for (const auto& [c, n] : expected) e.add(c, n);
    for (std::size_t i = 0; i < causes; ++i)
        BOOST_TEST(found[static_cast<cause>(i)] == e[static_cast<cause>(i)], cause_names[i]);
    BOOST_TEST(found.total() == total);
}

void check_windows(const std::vector<window_times>& found, const std::vector<window_times>& expected) {
    BOOST_REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        BOOST_TEST(found[i].accumulated == expected[i].accumulated, "window " << i);
        BOOST_TEST(found[i].moved == expected[i].moved, "window " << i);
    }
}

void check_port(const port_counts& found, const port_counts& expected) {
    BOOST_TEST(found.busy == expected.busy);
    BOOST_TEST(found.stalled == expected.stalled);
    BOOST_TEST(found.idle == expected.idle);
}

/// Weights of one column in `rows` rows of which the first `stored` are not zero.
pe_work one_column(int rows, int stored, int windows) {
    pe_work w{.rows = rows, .weights = std::vector<int>(rows), .iacts = std::vector<int>(windows, 3)};
    for (int i = 0; i < stored; ++i) w.weights[i] = i + 1;
    return w;
}

pe_work two_columns(int first, int second) {
    pe_work w{.rows = 4, .weights = std::vector<int>(8), .iacts = {1, 2, 3, 4, 5, 6}, .segment_values = 2};
    for (int i = 0; i < first; ++i) w.weights[2 * i] = i + 1;
    for (int i = 0; i < second; ++i) w.weights[2 * i + 1] = i + 5;
    return w;
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_mac_takes_a_cycle_for_each_weight_of_a_word) {
    const run_result r = run(chain_of({{one_column(3, 3, 1)}}, {.macs = 1}));
    check_windows(r.windows[0], {{12, 14}});
    check_ledger(
        r.ledgers[0],
        {{cause::loading_weights, 3}, {cause::bubble, 6}, {cause::one_lane, 3}, {cause::psum_ports, 2}}, 14);
}

BOOST_AUTO_TEST_CASE(second_window_is_accumulated_while_the_first_one_moves) {
    const std::vector chain{one_column(8, 1, 4)};
    const run_result r = run(chain_of(chain, {.psum_transfer_takes_ports = false}));
    check_windows(r.windows[0], {{9, 13}, {10, 17}, {14, 21}, {18, 25}});
    check_ledger(r.ledgers[0],
                 {{cause::loading_weights, 2},
                  {cause::bubble, 6},
                  {cause::one_lane, 4},
                  {cause::wait_iact, 1},
                  {cause::psum_ports, 12}},
                 25);
    BOOST_TEST(r.finished[0] == plain_psums(chain));
}

BOOST_AUTO_TEST_CASE(windows_too_large_for_two_wait_as_if_psums_took_the_ports) {
    const std::vector chain{one_column(17, 1, 4)};
    const run_result apart = run(chain_of(chain, {.psum_transfer_takes_ports = false}));
    const run_result shared = run(chain_of(chain));
    BOOST_TEST((apart.windows == shared.windows));
    BOOST_TEST((apart.ledgers == shared.ledgers));
}

BOOST_AUTO_TEST_CASE(next_tile_comes_while_the_pe_works_with_a_second_weight_spad) {
    layer l;
    l.m = 2, l.w = 2;
    machine k;
    k.rows = k.cols = k.pe_rows = k.pe_cols = 1;
    const mapping m;
    const operands o{{1, 2}, {3, 4}};
    const run_result single = run(plan(l, m, k, o).what);
    check_windows(single.windows[0], {{10, 11}, {12, 13}, {22, 23}, {24, 25}});
    k.pe.weight_double_buffer = true;
    const run_result twofold = run(plan(l, m, k, o).what);
    check_windows(twofold.windows[0], {{10, 11}, {12, 13}, {20, 21}, {22, 23}});
    check_ledger(twofold.ledgers[0],
                 {{cause::loading_weights, 2},
                  {cause::wait_iact, 1},
                  {cause::bubble, 12},
                  {cause::one_lane, 4},
                  {cause::psum_ports, 4}},
                 23);
    check_port(twofold.weights[0], {4, 0, 19});
}

BOOST_AUTO_TEST_CASE(two_windows_between_neighbours_hide_the_slow_top_from_the_bottom) {
    const std::vector chain{two_columns(2, 0), two_columns(2, 2), two_columns(4, 4)};
    program p = chain_of(chain);
    for (std::size_t link = 0; link < 2; ++link) p.links[link].capacity_words *= 2;
    const run_result r = run(p);
    check_windows(r.windows[0], {{9, 11}, {12, 14}, {15, 17}});
    check_windows(r.windows[1], {{11, 13}, {15, 17}, {19, 21}});
    check_windows(r.windows[2], {{15, 17}, {21, 23}, {27, 29}});
    check_ledger(r.ledgers[1],
                 {{cause::loading_weights, 3},
                  {cause::bubble, 6},
                  {cause::two_lanes, 6},
                  {cause::psum_ports, 6},
                  {cause::finished_early, 8}},
                 29);
}

BOOST_AUTO_TEST_CASE(sums_saturate_in_the_order_of_columns_and_then_with_the_psum_from_below) {
    const pe_work w{.rows = 1, .weights = {100, 100, -100}, .iacts = {1, 1, 1}, .segment_values = 3};
    const std::vector chain{w, w};
    pe_parameters p{.psum_bits = 8};
    BOOST_TEST(run(chain_of({{w}}, p)).finished[0][0] == 100);
    p.saturates = true;
    BOOST_TEST(run(chain_of({{w}}, p)).finished[0][0] == 27);
    BOOST_TEST(run(chain_of(chain, p)).finished[0][0] == 54);
    p.psum_bits = 6;
    BOOST_TEST(run(chain_of(chain, p)).finished[0][0] == -32);
}

BOOST_AUTO_TEST_CASE(layer_fills_its_banks_and_waits_for_the_output_queue) {
    layer l;
    l.groups = 2, l.batch = 4, l.m = 16, l.c = 4;
    machine k;
    k.rows = k.cols = k.pe_rows = 1;
    k.pe_cols = 2;
    k.configuration = 5;
    k.output_passes = 1;
    mapping m;
    m.m0 = 16, m.c0 = 4;
    m.horizontal.g = 2;
    operands o{std::vector<int>(32, 1), std::vector<int>(128, 1)};
    for (std::size_t i = 1; i < 64; ++i) o.weights[i] = 0;
    const run_result r = run(plan(l, m, k, o).what);
    BOOST_TEST(r.total == 226U);
    check_windows(r.windows[0], {{24, 32}, {42, 50}, {60, 96}, {106, 142}});
    check_windows(r.windows[1], {{80, 88}, {126, 134}, {172, 180}, {218, 226}});
    check_ledger(r.ledgers[0],
                 {{cause::configuration, 5},
                  {cause::loading_weights, 3},
                  {cause::wait_dram, 3},
                  {cause::wait_iact, 3},
                  {cause::bubble, 36},
                  {cause::one_lane, 4},
                  {cause::psum_ports, 32},
                  {cause::wait_psum_out, 56},
                  {cause::finished_early, 84}},
                 226);
    check_ledger(r.ledgers[1],
                 {{cause::configuration, 5},
                  {cause::wait_weight, 3},
                  {cause::loading_weights, 34},
                  {cause::bubble, 24},
                  {cause::two_lanes, 128},
                  {cause::psum_ports, 32}},
                 226);
    check_port(r.iacts[0], {24, 102, 100});
    check_port(r.banks[0], {24, 0, 202});
    check_port(r.weights[0], {37, 0, 189});
    check_port(r.psums_out[0], {32, 56, 138});
    check_port(r.psums_out[1], {32, 0, 194});
    check_port(r.psums_in[0], {0, 0, 226});
}
