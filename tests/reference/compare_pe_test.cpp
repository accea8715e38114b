#define BOOST_TEST_MODULE reference_compare_pe
#include <boost/test/unit_test.hpp>

#include "tests/reference/model_pe.h"
#include "tests/reference/random_tile.h"

namespace {

using namespace eyeriss;
using namespace eyeriss::reference;

constexpr tile_limits all_that_fit{
    .fewest_rows = 1, .empty_columns = true, .always_ahead = false, .raw_weights = true, .raw_iacts = true};

/// Holds the cycles in which every window of every PE is accumulated and moved and the count of every cause
/// against the reference.
void require_equal(const model_answer& model, const run_result& reference) {
    for (std::size_t pe = 0; pe < reference.windows.size(); ++pe) {
        BOOST_TEST_CONTEXT("PE " << pe) {
            BOOST_REQUIRE((model.windows[pe] == reference.windows[pe]));
            for (std::size_t c = 0; c < causes; ++c) {
                const auto which = static_cast<cause>(c);
                BOOST_REQUIRE_MESSAGE(model.counts[pe][which] == reference.ledgers[pe][which],
                                      cause_names[c] << ": model " << model.counts[pe][which]
                                                     << ", reference " << reference.ledgers[pe][which]);
            }
        }
    }
}

void compare_chains(unsigned seed, int chains, int length, const arch::machine& m = {}) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    for (int i = 0; i < chains; ++i) {
        const auto works = random_chain(random, all_that_fit, length);
        BOOST_TEST_CONTEXT("chain " << i)
        require_equal(ask_model(works, m), run(reference_chain(works, m)));
    }
}

/// PEs that share one row of iacts.
std::vector<pe_work> random_group(std::mt19937& random, int length) {
    auto works = random_chain(random, all_that_fit, length);
    for (pe_work& w : works) {
        w.iacts = works[0].iacts;
        w.raw_iacts = works[0].raw_iacts;
    }
    return works;
}

/// Four rows, two columns with the given numbers of non-zero weights, three windows of two iacts.
pe_work two_columns(int first, int second) {
    pe_work w{.rows = 4, .weights = std::vector<int>(8), .iacts = {1, 2, 3, 4, 5, 6}, .segment_values = 2};
    for (int i = 0; i < first; ++i) w.weights[2 * i] = i + 1;
    for (int i = 0; i < second; ++i) w.weights[2 * i + 1] = i + 5;
    return w;
}

pe_work one_column(int rows, int stored, int windows) {
    pe_work w{.rows = rows, .weights = std::vector<int>(rows), .iacts = std::vector<int>(windows, 3)};
    for (int i = 0; i < stored; ++i) w.weights[i] = i + 1;
    return w;
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_tiles_take_the_references_cycles_and_causes) {
    compare_chains(20260103, 10'000, 1);
}

BOOST_AUTO_TEST_CASE(random_chains_of_three_take_the_references_cycles_and_causes) {
    compare_chains(20260104, 2'000, 3);
}

BOOST_AUTO_TEST_CASE(random_multicast_groups_take_the_references_cycles_and_causes) {
    constexpr unsigned seed = 20260105;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 1'000; ++i) {
        const auto works = random_group(random, 3);
        BOOST_TEST_CONTEXT("group " << i)
        require_equal(ask_model_multicast(works), run(reference_multicast(works, {})));
    }
}

// The model on the cases of doc/reference_cases.md on whose numbers pe_test.cpp holds the reference.
BOOST_AUTO_TEST_CASE(models_agree_on_the_cases_worked_by_hand) {
    const pe_work example{.rows = 4,
                          .weights = {0, 3, 0, 0, 0, 0, 0, 10,  //
                                      1, 4, 0, 0, 0, 8, 0, 11,  //
                                      2, 0, 6, 0, 0, 0, 0, 12,  //
                                      0, 5, 0, 0, 7, 9, 0, 0},
                          .iacts = {1, 2, 3, 4, 5, 6, 7, 8},
                          .segment_values = 8};
    const pe_work empty{
        .rows = 8, .weights = std::vector<int>(32), .iacts = {1, 2, 3, 4, 5, 6, 7, 8}, .segment_values = 4};
    const pe_work smallest{.rows = 1, .weights = {9}, .iacts = {5, 0, 7}};
    pe_work run_of_zeros = one_column(32, 1, 1);
    run_of_zeros.weights[31] = 7;
    const std::vector<std::vector<pe_work>> chains{{example},
                                                   {empty},
                                                   {smallest},
                                                   {one_column(32, 32, 1)},
                                                   {run_of_zeros},
                                                   {two_columns(4, 4), two_columns(2, 0), two_columns(2, 2)},
                                                   {two_columns(2, 0), two_columns(2, 2), two_columns(4, 4)}};
    for (const auto& chain : chains) require_equal(ask_model(chain), run(reference_chain(chain, {})));
    const std::vector group{one_column(8, 1, 16), one_column(8, 8, 16)};
    require_equal(ask_model_multicast(group), run(reference_multicast(group, {})));
}

BOOST_AUTO_TEST_CASE(pes_with_one_mac_agree) {
    arch::machine m;
    m.pe.macs = 1;
    compare_chains(20260106, 1'000, 3, m);
}

BOOST_AUTO_TEST_CASE(pes_whose_psums_take_no_ports_agree) {
    arch::machine m;
    m.pe.psum_transfer_takes_ports = false;
    compare_chains(20260107, 1'000, 3, m);
}

BOOST_AUTO_TEST_CASE(chains_with_two_windows_between_neighbours_agree) {
    arch::machine m;
    m.pe.psum_fifo_windows = 2;
    compare_chains(20260108, 1'000, 3, m);
}

BOOST_AUTO_TEST_CASE(pes_with_other_queues_and_spads_agree) {
    for (const unsigned columns : {1U, 3U, 5U}) {
        arch::machine m;
        m.pe.drop_queue_columns = columns;
        m.pe.iact_entries = 16 + 4 * columns;
        m.pe.iact_address_entries = 9 + columns;
        compare_chains(20260109 + columns, 500, 2, m);
    }
}
