#define BOOST_TEST_MODULE dram_constraints
#include "models/dram/constraints.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "models/dram/bank_engine.h"
#include "tests/models/dram/parts.h"

using namespace eyeriss;
using dram::bank_engine;
using dram::clock_count;
using dram::command;
using dram::level;

namespace {

constexpr clock_count start = 1'000'000;
constexpr unsigned ranks = 2;

/// Banks that stand in each relation to bank 0, most distant first in the levels that they are bound by.
struct relation {
    const char* name;
    unsigned bank;
    std::set<level> bound_by;
};

std::vector<relation> relations(const dram::part& p) {
    const auto& g = p.geometry;
    std::vector<relation> out{{"same bank", 0, {level::bank, level::bank_group, level::rank, level::channel}},
                              {"same group", 1, {level::bank_group, level::rank, level::channel}},
                              {"other rank", g.banks(), {level::other_ranks, level::channel}}};
    if (g.bank_groups > 1) {
        out.push_back({"other group", g.banks_per_group, {level::rank, level::channel}});
    }
    return out;
}

/// What the table says about `after` at a place that the levels bind, `n` equal commands before apart by 0.
std::optional<clock_count> bound(const std::vector<dram::constraint>& table, command before, command after,
                                 const std::set<level>& levels) {
    std::optional<clock_count> out;
    for (const auto& rule : table) {
        if (rule.window == 1 && rule.before == before && rule.after == after &&
            levels.count(rule.where) != 0) {
            out = std::max(out.value_or(rule.clocks), rule.clocks);
        }
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_pair_of_commands_is_refused_one_clock_early_and_passes_on_time) {
    for (const auto* name : test::part_names) {
        const auto part = test::part(name);
        const auto table = dram::constraint_table(part);
        std::set<std::tuple<level, command, command>> seen;
        for (const auto& place : relations(part)) {
            for (std::size_t b = 0; b < dram::command_count; ++b) {
                for (std::size_t a = 0; a < dram::command_count; ++a) {
                    const auto before = static_cast<command>(b), after = static_cast<command>(a);
                    const auto expected = bound(table, before, after, place.bound_by);
                    bank_engine engine(part, ranks, table);
                    engine.issue(before, 0, 7, start);
                    const auto earliest = engine.earliest(after, place.bank);
                    BOOST_TEST_CONTEXT(name << ": " << to_string(before) << " to " << to_string(after) << ", "
                                            << place.name) {
                        if (expected) {
                            BOOST_TEST(earliest > start + *expected - 1);  // one clock early
                            BOOST_TEST(earliest <= start + *expected);     // on time
                        } else {
                            BOOST_TEST(earliest <= start);
                        }
                    }
                    for (const auto l : place.bound_by) {
                        seen.emplace(l, before, after);
                    }
                }
            }
        }
        for (const auto& rule : table) {  // no rule escaped
            BOOST_TEST(seen.count({rule.where, rule.before, rule.after}) == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(each_rule_alone_binds_exactly_its_level) {
    for (const auto* name : test::part_names) {
        const auto part = test::part(name);
        for (auto rule : dram::constraint_table(part)) {
            if (rule.window > 1 || is_column(rule.after)) {
                continue;  // columns come as twins, which a table must not part
            }
            for (const auto& place : relations(part)) {
                bank_engine engine(part, ranks, {rule});
                engine.issue(rule.before, 0, 7, start);
                const bool bound = place.bound_by.count(rule.where) != 0;
                BOOST_TEST((engine.earliest(rule.after, place.bank) == start + rule.clocks) == bound,
                           name << ": " << rule.rule << ", " << place.name);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_fifth_activate_waits_for_the_window_and_a_fourth_does_not) {
    for (const auto* name : test::part_names) {
        const auto part = test::part(name);
        const auto& t = part.timings;
        bank_engine engine(part, 1, dram::constraint_table(part));
        clock_count at = start;
        for (unsigned i = 0; i < 4; ++i) {
            const unsigned bank =
                i * part.geometry.banks_per_group % part.geometry.banks() + i / part.geometry.bank_groups;
            BOOST_TEST(engine.earliest(command::activate, bank) <= at, name);
            engine.issue(command::activate, bank, 1, at);
            at += i < 3 ? t.rrd_l : t.rrd_s;
        }
        const unsigned fifth = part.geometry.banks() - 1;
        BOOST_TEST(engine.earliest(command::activate, fifth) ==
                       std::max(start + t.faw,
                                start + 3 * t.rrd_l + (part.geometry.bank_groups > 1 ? t.rrd_l : t.rrd_s)),
                   name);
        BOOST_TEST(engine.earliest(command::activate, fifth) > start + t.faw - 1, name);
    }
}

BOOST_AUTO_TEST_CASE(the_parts_hold_the_values_of_their_standards) {
    const auto p3 = test::part("ddr3-1600k-x8"), p4 = test::part("ddr4-2400r-x8"),
               lp = test::part("lpddr4-3200-x16");
    BOOST_TEST(p3.timings.rfc == 208);
    BOOST_TEST(p3.timings.refi == 6240);
    BOOST_TEST(p3.peak_bytes_per_second() == 12.8e9);
    BOOST_TEST(p3.geometry.rank_bytes() == std::uint64_t{4} << 30U);
    BOOST_TEST(test::part("ddr3-1600k-x16").geometry.rank_bytes() == std::uint64_t{2} << 30U);
    BOOST_TEST(p4.timings.rfc == 313);
    BOOST_TEST(p4.geometry.rank_bytes() == std::uint64_t{4} << 30U);
    BOOST_TEST(lp.timings.rfc == 448);
    BOOST_TEST(lp.timings.rfc_pb == 224);
    BOOST_TEST(lp.timings.refi_pb == 780);
    BOOST_TEST(lp.peak_bytes_per_second() == 6.4e9);
    BOOST_TEST(lp.geometry.rank_bytes() == std::uint64_t{1} << 30U);
    BOOST_TEST(lp.geometry.burst_bytes() == 32U);
    // the sums of the data sheets, by hand
    const auto rule = [](const dram::part& p, level l, command before, command after) {
        const auto b = bound(dram::constraint_table(p), before, after, {l});
        return b.value_or(-1);
    };
    BOOST_TEST(rule(p3, level::rank, command::read, command::write) == 11 + 4 + 2 - 8);
    BOOST_TEST(rule(p3, level::rank, command::write, command::read) == 8 + 4 + 6);
    BOOST_TEST(rule(p4, level::bank_group, command::write, command::read) == 12 + 4 + 9);
    BOOST_TEST(rule(p4, level::rank, command::write, command::read) == 12 + 4 + 3);
    BOOST_TEST(rule(p4, level::bank, command::write, command::precharge) == 12 + 4 + 18);
    BOOST_TEST(rule(lp, level::bank, command::write, command::precharge) == 14 + 1 + 8 + 29);
    BOOST_TEST(rule(lp, level::rank, command::read, command::write) == 28 + 6 + 8 + 2 - 14);
    BOOST_TEST(rule(lp, level::bank, command::write, command::masked_write) == 32);
    BOOST_TEST(rule(lp, level::rank, command::precharge_all, command::refresh_all) == 34);
    BOOST_TEST(rule(p3, level::other_ranks, command::read, command::read) == 6);
}

BOOST_AUTO_TEST_CASE(rows_open_and_close_as_commanded) {
    const auto part = test::part("ddr4-2400r-x8");
    bank_engine engine(part, 2, dram::constraint_table(part));
    BOOST_TEST(!engine.rows_allow(command::read, 3));
    BOOST_TEST(engine.rows_allow(command::activate, 3));
    engine.issue(command::activate, 3, 17, start);
    BOOST_TEST(engine.open_row(3) == 17);
    BOOST_TEST(!engine.rows_allow(command::activate, 3));
    BOOST_TEST(!engine.rows_allow(command::refresh_all, 0));
    BOOST_TEST(engine.rows_allow(command::refresh_all, 16));
    BOOST_TEST(engine.rows_allow(command::refresh_bank, 4));
    engine.issue(command::read_auto, 3, 17, start + 100);
    BOOST_TEST(engine.open_row(3) == bank_engine::no_row);
    engine.issue(command::activate, 3, 1, start + 200);
    engine.issue(command::activate, 9, 1, start + 300);
    BOOST_TEST(engine.open_banks(0) == 2U);
    engine.issue(command::precharge_all, 0, 0, start + 400);
    BOOST_TEST(engine.open_banks(0) == 0U);
    BOOST_CHECK_THROW(bank_engine(part, 5, dram::constraint_table(part)), std::invalid_argument);
}
