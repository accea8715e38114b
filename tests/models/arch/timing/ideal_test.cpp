#define BOOST_TEST_MODULE ideal
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>

#include "models/arch/timing/array_timing.h"
#include "models/arch/timing/bank_fill.h"
#include "tests/models/arch/timing/random_array.h"

// Arrays without one of their limits: arch::ideal_limits.

using namespace eyeriss;
using namespace eyeriss::arch::timing;

namespace {

struct outcome {
    cycle_t end = 0;
    array_timing::ledgers ledgers;
};

outcome evaluate(const test::random_array& a, const arch::ideal_limits& ideal) {
    constexpr cycle_t start = 40;
    constexpr cycle_t configured = 51;
    arch::machine machine = a.machine();
    machine.ideal = ideal;
    array_timing timing(machine);
    timing.begin_layer(start, configured, a.layer_rows());
    outcome out;
    for (std::size_t i = 0; i < a.passes(); ++i) out.end = std::max(out.end, timing.run(a.pass(i)).last_end);
    out.ledgers = timing.end_layer(out.end);
    for (const ledger& pe : out.ledgers.pes) {
        BOOST_REQUIRE(std::accumulate(pe.begin(), pe.end(), cycle_t{0}) == out.end - start);
    }
    return out;
}

constexpr arch::ideal_limits ideal_noc{.noc = true};
constexpr arch::ideal_limits balanced{.sparsity_balance = true};

/// Two PEs side by side, a chain each, one window, columns of so many cycles each; weights of `words` words.
struct two_pes {
    two_pes() {
        machine.noc.cluster_rows = machine.noc.cluster_cols = 1;
        machine.noc.pe_rows = 1;
        machine.noc.pe_cols = 2;
        machine.noc.hop_cycles = 0;
    }
    [[nodiscard]] cycle_t end(const arch::ideal_limits& ideal) {
        machine.ideal = ideal;
        array_timing timing(machine);
        timing.begin_layer(0, 0, 2);
        pass p;
        p.windows = 1;
        p.loads = {{0, words, {{0, 0}, {1, 0}}}};
        p.streams = {{0, 0, words_to, pairs, {{0, 0}, {1, 0}}}};
        p.iacts_filled = filled;
        for (unsigned pe = 0; pe < 2; ++pe) {
            chain c;
            c.pes = {{pe, 0}};
            c.in_port = c.out_port = pe;
            c.rows = 2;
            p.chains.push_back(c);
            pe_job job;
            job.column_cycles = pe == 0 ? std::span<const std::uint16_t>(first) : second;
            job.nonzero = nonzero;
            job.all_iacts = true;
            job.both_lanes = std::accumulate(job.column_cycles.begin(), job.column_cycles.end(), cycle_t{0});
            p.jobs.push_back(job);
        }
        return timing.run(p).last_end;
    }

    arch::machine machine;
    cycle_t words = 1;
    std::vector<std::uint16_t> first{5}, second{5};
    std::vector<std::uint32_t> words_to{1};
    std::vector<std::uint16_t> pairs{1};
    std::vector<std::uint64_t> nonzero{1, 0};
    std::vector<cycle_t> filled{0, 0};
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_array_with_ideal_networks_is_never_slower) {
    constexpr std::uint64_t seed = 20261101;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    unsigned faster = 0;
    for (int i = 0; i < 500; ++i) {
        const test::random_array a(random);
        const auto plain = evaluate(a, {}).end;
        const auto ideal = evaluate(a, ideal_noc).end;
        BOOST_TEST_INFO("array " << i);
        BOOST_REQUIRE(ideal <= plain);
        faster += ideal < plain ? 1 : 0;
    }
    BOOST_TEST(faster > 100U);
}

BOOST_AUTO_TEST_CASE(balanced_pes_have_the_same_work_in_all) {
    constexpr std::uint64_t seed = 20261102;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 300; ++i) {
        const test::random_array a(random);
        const auto sum = [](const outcome& o, cause c) {
            cycle_t all = 0;
            for (const ledger& pe : o.ledgers.pes) all += pe[static_cast<std::size_t>(c)];
            return all;
        };
        const auto plain = evaluate(a, {});
        const auto even = evaluate(a, balanced);
        BOOST_TEST_INFO("array " << i);
        // Whole shares of a PE: each pass loses less than a cycle a PE and kind.
        const cycle_t lost = a.passes() * a.machine().noc.pes();
        for (const cause c : {cause::both_lanes, cause::one_lane, cause::stored_zero}) {
            BOOST_REQUIRE(sum(even, c) <= sum(plain, c));
            BOOST_REQUIRE(sum(even, c) + lost >= sum(plain, c));
        }
    }
}

// Nothing to balance where both do the same: the window's five words in one column, as before.
BOOST_AUTO_TEST_CASE(pes_with_the_same_work_gain_nothing_from_balance) {
    two_pes array;
    BOOST_TEST(array.end(balanced) == array.end({}));
}

// 9 and 3 words become 6 each: three cycles less than the longer one.
BOOST_AUTO_TEST_CASE(balance_takes_the_average_of_the_work) {
    two_pes array;
    array.first = {9};
    array.second = {3};
    const auto uneven = array.end({});
    BOOST_TEST(array.end(balanced) == uneven - 3);
    array.first = array.second = {6};
    BOOST_TEST(array.end({}) == uneven - 3);
}

// Ten words of weights cross a port in ten cycles, an ideal one in one; the iact is there by then.
BOOST_AUTO_TEST_CASE(an_ideal_port_loads_a_weight_tile_in_one_cycle) {
    two_pes array;
    array.words = 10;
    const auto plain = array.end({});
    BOOST_TEST(array.end(ideal_noc) == plain - 9);
    array.words = 1;
    BOOST_TEST(array.end({}) == plain - 9);
}

// Eight words of iacts cross a port in eight cycles, an ideal one in one, as one word does anyway.
BOOST_AUTO_TEST_CASE(an_ideal_port_sends_a_segment_in_one_cycle) {
    two_pes array;
    const auto one_word = array.end({});
    array.words_to = {8};
    array.pairs = {16};
    BOOST_TEST(array.end({}) > one_word);
    BOOST_TEST(array.end(ideal_noc) == one_word);
}

// A load of 100 words takes a bank 100 cycles, and the next but one waits for the half that it leaves.
BOOST_AUTO_TEST_CASE(an_ideal_bank_takes_a_load_as_it_arrives) {
    const std::vector<cycle_t> words{100};
    for (const bool ideal : {false, true}) {
        bank_fill banks(1, ideal);
        banks.begin_layer(0, 10, 2);
        BOOST_TEST(banks.fill(words, 0)[0] == (ideal ? 11U : 110U));
        BOOST_TEST(banks.fill(words, 300)[0] == 301U);
        const std::vector<unsigned> bank{0};
        const std::vector<cycle_t> read{500};
        banks.release(read);
        BOOST_TEST(banks.room(bank) == (ideal ? 10U : 500U));
        BOOST_TEST(banks.fill(words, 0)[0] == (ideal ? 11U : 600U));
    }
}
