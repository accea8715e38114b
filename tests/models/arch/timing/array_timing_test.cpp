#define BOOST_TEST_MODULE array_timing
#include "models/arch/timing/array_timing.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>

#include "tests/models/arch/timing/random_array.h"

// The recurrences by themselves. tests/reference holds them to the machine that is stepped cycle by cycle.

using namespace eyeriss;
using namespace eyeriss::arch::timing;

namespace {

constexpr cycle_t layer_start = 40, configured = 51;

struct outcome {
    std::vector<cycle_t> pass_ends;
    cycle_t end = 0;
    array_timing::ledgers ledgers;
};

/// Runs all passes; `change` may alter each before.
template <typename Change>
outcome evaluate(array_timing& timing, const test::random_array& a, Change change) {
    timing.begin_layer(layer_start, configured, a.layer_rows());
    outcome out;
    for (std::size_t i = 0; i < a.passes(); ++i) {
        pass p = a.pass(i);
        change(p);
        const auto times = timing.run(p);
        out.pass_ends.push_back(times.last_end);
        out.end = std::max(out.end, times.last_end);
    }
    out.ledgers = timing.end_layer(out.end);
    return out;
}

template <typename Change>
outcome evaluate(const test::random_array& a, Change change) {
    array_timing timing(a.machine());
    return evaluate(timing, a, change);
}

/// A null kernel: one chain after the other.
outcome evaluate_with(lane_kernel kernel, const test::random_array& a) {
    array_timing timing(a.machine());
    timing.evaluate_with(kernel);
    return evaluate(timing, a, [](pass&) {});
}

std::vector<std::array<cycle_t, 3>> rows_of(const std::vector<port_ledger>& ports) {
    std::vector<std::array<cycle_t, 3>> rows;
    rows.reserve(ports.size());
    for (const auto& p : ports) rows.push_back({p.busy, p.stalled, p.idle});
    return rows;
}

void require_same(const outcome& found, const outcome& expected) {
    BOOST_REQUIRE(found.pass_ends == expected.pass_ends);
    BOOST_REQUIRE(found.ledgers.pes == expected.ledgers.pes);
    BOOST_REQUIRE(rows_of(found.ledgers.iact) == rows_of(expected.ledgers.iact));
    BOOST_REQUIRE(rows_of(found.ledgers.weight) == rows_of(expected.ledgers.weight));
    BOOST_REQUIRE(rows_of(found.ledgers.psum_in) == rows_of(expected.ledgers.psum_in));
    BOOST_REQUIRE(rows_of(found.ledgers.psum_out) == rows_of(expected.ledgers.psum_out));
}

/// Shuffles items; those with the same key keep their order among themselves.
template <typename Item, typename Key>
void shuffle_kinds(std::vector<Item>& items, std::mt19937_64& random, Key key) {
    std::vector<std::uint32_t> keys;
    keys.reserve(items.size());
    for (const Item& item : items) keys.push_back(key(item));
    std::shuffle(keys.begin(), keys.end(), random);
    std::vector<Item> shuffled;
    std::vector<bool> taken(items.size());
    for (const std::uint32_t wanted : keys) {
        std::size_t i = 0;
        while (taken[i] || key(items[i]) != wanted) ++i;
        taken[i] = true;
        shuffled.push_back(std::move(items[i]));
    }
    items = std::move(shuffled);
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_order_of_evaluation_changes_a_cycle_or_a_cause) {
    constexpr std::uint64_t seed = 20260601;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 300; ++i) {
        const test::random_array a(random);
        const outcome expected = evaluate(a, [](pass&) {});
        const outcome found = evaluate(a, [&](pass& p) {
            shuffle_kinds(p.streams, random, [](const stream& s) { return s.port; });
            shuffle_kinds(p.loads, random, [](const load& l) { return l.port; });
            std::shuffle(p.chains.begin(), p.chains.end(), random);
            for (auto& s : p.streams) std::shuffle(s.sinks.begin(), s.sinks.end(), random);
        });
        BOOST_TEST_INFO("array " << i);
        require_same(found, expected);
    }
}

BOOST_AUTO_TEST_CASE(chains_side_by_side_take_the_cycles_that_they_take_one_by_one) {
    constexpr std::uint64_t seed = 20261121;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 3000; ++i) {
        const test::random_array a(random);
        const outcome expected = evaluate_with(nullptr, a);
        for (const lane_kernel kernel : lane_kernels()) {
            const outcome found = evaluate_with(kernel, a);
            BOOST_TEST_INFO("array " << i);
            require_same(found, expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_numbering_of_pes_changes_a_cycle_or_a_cause) {
    constexpr std::uint64_t seed = 20260602;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 300; ++i) {
        const test::random_array a(random);
        std::vector<std::uint32_t> number(a.machine().noc.pes());
        std::iota(number.begin(), number.end(), 0U);
        std::shuffle(number.begin(), number.end(), random);
        const outcome expected = evaluate(a, [](pass&) {});
        const outcome found = evaluate(a, [&](pass& p) {
            for (auto& s : p.streams) {
                for (auto& sink : s.sinks) sink.pe = number[sink.pe];
            }
            for (auto& l : p.loads) {
                for (auto& sink : l.sinks) sink.pe = number[sink.pe];
            }
            for (auto& c : p.chains) {
                for (auto& link : c.pes) link.pe = number[link.pe];
            }
            auto jobs = p.jobs;
            for (std::size_t pe = 0; pe < jobs.size(); ++pe) p.jobs[number[pe]] = jobs[pe];
        });
        BOOST_TEST_INFO("array " << i);
        BOOST_REQUIRE(found.pass_ends == expected.pass_ends);
        for (std::size_t pe = 0; pe < number.size(); ++pe) {
            BOOST_REQUIRE(found.ledgers.pes[number[pe]] == expected.ledgers.pes[pe]);
        }
    }
}

BOOST_AUTO_TEST_CASE(causes_and_ports_add_up_to_the_layer) {
    constexpr std::uint64_t seed = 20260603;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 500; ++i) {
        const test::random_array a(random);
        const outcome found = evaluate(a, [](pass&) {});
        BOOST_TEST_INFO("array " << i);
        for (const ledger& pe : found.ledgers.pes) {
            BOOST_REQUIRE(std::accumulate(pe.begin(), pe.end(), cycle_t{0}) == found.end - layer_start);
        }
        for (const auto* ports :
             {&found.ledgers.iact, &found.ledgers.weight, &found.ledgers.psum_in, &found.ledgers.psum_out}) {
            for (const port_ledger& port : *ports) BOOST_REQUIRE(port.total() == found.end - layer_start);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_pe_without_work_is_not_mapped_from_the_first_cycle) {
    arch::machine m;
    m.noc.cluster_rows = m.noc.cluster_cols = 1;
    array_timing timing(m);
    timing.begin_layer(layer_start, configured, 1);
    const auto ledgers = timing.end_layer(100);
    for (const ledger& pe : ledgers.pes) {
        BOOST_TEST(pe[static_cast<std::size_t>(cause::not_mapped)] == 60U);
    }
    BOOST_TEST(ledgers.sum()[static_cast<std::size_t>(cause::not_mapped)] == 60U * m.noc.pes());
}

BOOST_AUTO_TEST_CASE(another_depth_of_the_pipeline_moves_a_pass_s_first_iact_alone) {
    constexpr std::uint64_t seed = 20260604;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 50; ++i) {
        const test::random_array a(random);
        arch::machine deeper = a.machine();
        pe_pipeline seven(deeper.pe.drop_queue_columns, 7);
        pe_pipeline nine(deeper.pe.drop_queue_columns, 9);
        const pass p = a.pass(0);
        ledger first{};
        ledger second{};
        for (auto* pipeline : {&seven, &nine}) {
            pipeline->reset(configured);
            pipeline->begin_pass(configured + 1);
        }
        const auto at_seven = seven.run(p.jobs[0], 0, {configured, 0}, first);
        const auto at_nine = nine.run(p.jobs[0], 0, {configured, 0}, second);
        BOOST_TEST(at_nine.accumulated == at_seven.accumulated + 2);
        constexpr auto bubble = static_cast<std::size_t>(cause::bubble);
        BOOST_TEST(second[bubble] == first[bubble] + 2);
    }
}
