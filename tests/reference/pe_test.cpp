#define BOOST_TEST_MODULE reference_pe
#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/reference/column.h"

// The numbers here are those of doc/reference_cases.md, worked by hand.
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

/// Weights of one column in `rows` rows of which the first `stored` are not zero.
pe_work one_column(int rows, int stored, int windows) {
    pe_work w{.rows = rows, .weights = std::vector<int>(rows), .iacts = std::vector<int>(windows, 3)};
    for (int i = 0; i < stored; ++i) w.weights[i] = i + 1;
    return w;
}

/// Four rows, two columns with the given numbers of non-zero weights, three windows of two iacts.
pe_work two_columns(int first, int second) {
    pe_work w{.rows = 4, .weights = std::vector<int>(8), .iacts = {1, 2, 3, 4, 5, 6}, .segment_values = 2};
    for (int i = 0; i < first; ++i) w.weights[2 * i] = i + 1;
    for (int i = 0; i < second; ++i) w.weights[2 * i + 1] = i + 5;
    return w;
}

}  // namespace

BOOST_AUTO_TEST_CASE(example_of_the_paper_takes_eight_words_and_one_bubble) {
    const pe_work w{.rows = 4,
                    .weights = {0, 3, 0, 0, 0, 0, 0, 10,  //
                                1, 4, 0, 0, 0, 8, 0, 11,  //
                                2, 0, 6, 0, 0, 0, 0, 12,  //
                                0, 5, 0, 0, 7, 9, 0, 0},
                    .iacts = {1, 2, 3, 4, 5, 6, 7, 8},
                    .segment_values = 8};
    const std::vector chain{w};
    const run_result r = run(chain_of(chain));
    check_windows(r.windows[0], {{26, 28}});
    check_ledger(r.ledgers[0],
                 {{cause::loading_weights, 11},
                  {cause::bubble, 7},
                  {cause::two_lanes, 4},
                  {cause::one_lane, 4},
                  {cause::psum_ports, 2}},
                 28);
    BOOST_TEST(r.finished[0] == plain_psums(chain));
}

BOOST_AUTO_TEST_CASE(empty_tile_drops_every_iact_at_the_look_up) {
    const pe_work w{
        .rows = 8, .weights = std::vector<int>(32), .iacts = {1, 2, 3, 4, 5, 6, 7, 8}, .segment_values = 4};
    const run_result r = run(chain_of({{w}}));
    check_windows(r.windows[0], {{13, 17}, {18, 22}});
    check_ledger(
        r.ledgers[0],
        {{cause::loading_weights, 2}, {cause::wait_iact, 1}, {cause::bubble, 11}, {cause::psum_ports, 8}},
        22);
}

BOOST_AUTO_TEST_CASE(smallest_window_takes_one_cycle_and_its_psum) {
    const pe_work w{.rows = 1, .weights = {9}, .iacts = {5, 0, 7}};
    const run_result r = run(chain_of({{w}}));
    check_windows(r.windows[0], {{9, 10}, {11, 12}, {13, 14}});
    check_ledger(
        r.ledgers[0],
        {{cause::loading_weights, 2}, {cause::bubble, 7}, {cause::one_lane, 2}, {cause::psum_ports, 3}}, 14);
    BOOST_TEST(r.finished[0] == (std::vector<std::int64_t>{45, 0, 0, 0, 63, 0}));
}

BOOST_AUTO_TEST_CASE(one_iact_against_thirty_two_rows_fills_both_lanes) {
    const run_result r = run(chain_of({{one_column(32, 32, 1)}}));
    check_windows(r.windows[0], {{39, 55}});
    check_ledger(
        r.ledgers[0],
        {{cause::loading_weights, 17}, {cause::bubble, 6}, {cause::two_lanes, 16}, {cause::psum_ports, 16}},
        55);
}

BOOST_AUTO_TEST_CASE(run_of_thirty_zeros_costs_a_stored_zero) {
    pe_work w = one_column(32, 1, 1);
    w.weights[31] = 7;
    const std::vector chain{w};
    const run_result r = run(chain_of(chain));
    check_windows(r.windows[0], {{11, 27}});
    check_ledger(r.ledgers[0],
                 {{cause::loading_weights, 3},
                  {cause::bubble, 6},
                  {cause::stored_zero, 1},
                  {cause::one_lane, 1},
                  {cause::psum_ports, 16}},
                 27);
    BOOST_TEST(r.finished[0] == plain_psums(chain));
}

BOOST_AUTO_TEST_CASE(slow_pe_of_a_multicast_group_starves_the_fast_one_at_last) {
    const run_result r = run(multicast_to({{one_column(8, 1, 16), one_column(8, 8, 16)}}));
    std::vector<window_times> fast, slow;
    for (cycle k = 0; k < 16; ++k) {
        const cycle done = k < 13 ? 9 + 5 * k : 8 * k - 27;
        fast.push_back({done, done + 4});
        slow.push_back({15 + 8 * k, 19 + 8 * k});
    }
    check_windows(r.windows[0], fast);
    check_windows(r.windows[1], slow);
    check_ledger(r.ledgers[0],
                 {{cause::loading_weights, 2},
                  {cause::bubble, 6},
                  {cause::one_lane, 16},
                  {cause::psum_ports, 64},
                  {cause::wait_iact, 9},
                  {cause::finished_early, 42}},
                 139);
    check_ledger(
        r.ledgers[1],
        {{cause::loading_weights, 5}, {cause::bubble, 6}, {cause::two_lanes, 64}, {cause::psum_ports, 64}},
        139);
}

BOOST_AUTO_TEST_CASE(chain_waits_for_its_slow_bottom) {
    const std::vector chain{two_columns(4, 4), two_columns(2, 0), two_columns(2, 2)};
    const run_result r = run(chain_of(chain));
    check_windows(r.windows[0], {{15, 17}, {21, 23}, {27, 29}});
    check_windows(r.windows[1], {{9, 18}, {19, 24}, {25, 30}});
    check_windows(r.windows[2], {{11, 19}, {21, 25}, {27, 31}});
    check_ledger(r.ledgers[0],
                 {{cause::loading_weights, 5},
                  {cause::bubble, 6},
                  {cause::two_lanes, 12},
                  {cause::psum_ports, 6},
                  {cause::finished_early, 2}},
                 31);
    check_ledger(r.ledgers[1],
                 {{cause::loading_weights, 2},
                  {cause::bubble, 6},
                  {cause::two_lanes, 3},
                  {cause::wait_psum_in, 13},
                  {cause::psum_ports, 6},
                  {cause::finished_early, 1}},
                 31);
    check_ledger(r.ledgers[2],
                 {{cause::loading_weights, 3},
                  {cause::bubble, 6},
                  {cause::two_lanes, 6},
                  {cause::wait_psum_in, 10},
                  {cause::psum_ports, 6}},
                 31);
    BOOST_TEST(r.finished[0] == plain_psums(chain));
}

BOOST_AUTO_TEST_CASE(chain_is_held_up_by_its_slow_top) {
    const std::vector chain{two_columns(2, 0), two_columns(2, 2), two_columns(4, 4)};
    const run_result r = run(chain_of(chain));
    check_windows(r.windows[0], {{9, 11}, {12, 14}, {15, 19}});
    check_windows(r.windows[1], {{11, 13}, {15, 18}, {20, 24}});
    check_windows(r.windows[2], {{15, 17}, {21, 23}, {27, 29}});
    check_ledger(r.ledgers[0],
                 {{cause::loading_weights, 2},
                  {cause::bubble, 6},
                  {cause::two_lanes, 3},
                  {cause::wait_psum_out, 2},
                  {cause::psum_ports, 6},
                  {cause::finished_early, 10}},
                 29);
    check_ledger(r.ledgers[1],
                 {{cause::loading_weights, 3},
                  {cause::bubble, 6},
                  {cause::two_lanes, 6},
                  {cause::wait_psum_out, 3},
                  {cause::psum_ports, 6},
                  {cause::finished_early, 5}},
                 29);
    BOOST_TEST(r.finished[0] == plain_psums(chain));
}

BOOST_AUTO_TEST_CASE(random_chains_sum_right_and_account_for_every_cycle) {
    constexpr unsigned seed = 20260101;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const auto upto = [&](int low, int high) { return std::uniform_int_distribution(low, high)(random); };
    for (int trial = 0; trial < 300; ++trial) {
        const int rows = upto(1, 32), stride = upto(1, 2), filter = upto(1, 3), length = upto(1, 3);
        const int segments = (filter + stride - 1) / stride;
        const int channels = upto(1, 16 / (stride * segments)), windows = upto(1, 20);
        std::vector<pe_work> chain;
        for (int i = 0; i < length; ++i) {
            pe_work w{.rows = rows,
                      .weights = {},
                      .iacts = {},
                      .segment_values = channels * stride,
                      .window_segments = segments};
            w.raw_iacts = upto(0, 4) == 0;
            const int weight_percent = upto(0, 100), iact_percent = upto(0, 100);
            for (int k = 0; k < rows * channels * filter; ++k)
                w.weights.push_back(upto(1, 100) <= weight_percent ? upto(1, 127) : 0);
            for (int k = 0; k < (windows + segments - 1) * w.segment_values; ++k)
                w.iacts.push_back(upto(1, 100) <= iact_percent ? upto(1, 255) : 0);
            chain.push_back(w);
        }
        const run_result r = run(chain_of(chain));
        BOOST_REQUIRE(r.finished[0] == plain_psums(chain));
        for (const ledger& l : r.ledgers) BOOST_REQUIRE(l.total() == r.total);
    }
}
