#define BOOST_TEST_MODULE dram_channel
#include "models/dram/channel.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

#include "tests/models/dram/closed_loop.h"
#include "tests/models/dram/command_checker.h"
#include "tests/models/dram/parts.h"

using namespace eyeriss;
using dram::command;
using dram::controller_parameters;
using test::asked;
using test::closed_loop;

namespace {

controller_parameters mapped(const std::string& mapping) {
    controller_parameters out;
    out.mapping = mapping;
    return out;
}

double peak(const dram::part& p) {
    return static_cast<double>(p.geometry.burst_bytes()) / static_cast<double>(p.burst_clocks());
}

double unrefreshed(const dram::part& p) {
    return 1.0 - static_cast<double>(p.timings.rfc) / static_cast<double>(p.timings.refi);
}

bool near(double value, double expected, double tolerance) {
    return std::abs(value - expected) <= tolerance * expected;
}

}  // namespace

BOOST_AUTO_TEST_CASE(streaming_reaches_the_peak_less_refresh) {
    struct expectation {
        const char *part, *mapping;
        double tolerance;
    };
    for (const auto& e : {expectation{"ddr3-1600k-x8", "roba", 0.015},
                          {"ddr4-2400r-x8", "roco", 0.015},
                          {"lpddr4-3200-x16", "roba", 0.025}}) {
        const auto p = test::part(e.part);
        const auto r = closed_loop(p, mapped(e.mapping), 32, 100'000, test::sequential(p));
        BOOST_TEST(near(r.bytes_per_clock(p), peak(p) * unrefreshed(p), e.tolerance),
                   e.part << " " << r.bytes_per_clock(p));
        BOOST_TEST(r.bytes_per_clock(p) <= peak(p));
    }
}

BOOST_AUTO_TEST_CASE(one_bank_group_streams_at_its_own_column_gap) {
    const auto p = test::part("ddr4-2400r-x8");
    const auto r = closed_loop(p, mapped("group,row,bank,column"), 8, 100'000, test::sequential(p));
    const double bound = 64.0 / static_cast<double>(p.timings.ccd_l);
    BOOST_TEST(r.bytes_per_clock(p) <= bound);
    BOOST_TEST(near(r.bytes_per_clock(p), bound * unrefreshed(p), 0.015), r.bytes_per_clock(p));
}

BOOST_AUTO_TEST_CASE(deep_random_reads_are_bound_by_activates) {
    for (const auto* name : test::part_names) {
        const auto p = test::part(name);
        const auto r = closed_loop(p, mapped("roba"), 32, 100'000, test::uniform(p, 7));
        const double gap =
            std::max<double>(static_cast<double>(p.timings.rrd_s), static_cast<double>(p.timings.faw) / 4);
        const double bound = std::min(peak(p), p.geometry.burst_bytes() / gap) * unrefreshed(p);
        const double tolerance = p.standard == dram::dram_standard::lpddr4 ? 0.08 : 0.05;
        BOOST_TEST(near(r.bytes_per_clock(p), bound, tolerance), name << " " << r.bytes_per_clock(p) / bound);
    }
}

BOOST_AUTO_TEST_CASE(latency_times_bandwidth_is_what_is_outstanding) {
    for (const auto* name : test::part_names) {
        const auto p = test::part(name);
        for (const auto& pattern : {test::sequential(p), test::uniform(p, 3)}) {
            for (const unsigned outstanding : {8U, 32U, 64U}) {
                const auto r = closed_loop(p, mapped("roba"), outstanding, 50'000, pattern);
                const double bytes = r.latency() * r.bytes_per_clock(p);
                BOOST_TEST(near(bytes, outstanding * p.geometry.burst_bytes(), 0.005), name << " " << bytes);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(an_unloaded_read_takes_the_sum_of_its_parts) {
    for (const auto* name : test::part_names) {
        const auto p = test::part(name);
        controller_parameters c;
        c.refresh = dram::refresh_mode::off;
        c.frontend = 3;
        c.phy = 5;
        const dram::address_mapping map("roba", p, 1, 1);
        const auto at = [&](std::uint32_t row, std::uint32_t column) {
            return map.encode({0, 0, 0, 0, row, column});
        };
        const auto latency_of_last = [&](std::vector<std::uint64_t> addresses) {
            const auto run = [&](std::size_t n) {
                return closed_loop(p, c, 1, n, [&](std::uint64_t i) { return asked{addresses[i]}; }).clocks;
            };
            return run(addresses.size()) - (addresses.size() > 1 ? run(addresses.size() - 1) : 0);
        };
        const auto column = 3 + p.timings.cl + p.timings.dqsck + p.burst_clocks() + 5;
        BOOST_TEST(latency_of_last({at(4, 0)}) == column + p.timings.rcd, name);
        BOOST_TEST(latency_of_last({at(4, 0), at(4, 1)}) == column, name);
        // three hits, so that tRAS and tRTP are past
        BOOST_TEST(latency_of_last({at(4, 0), at(4, 1), at(4, 2), at(4, 3), at(9, 0)}) ==
                       column + p.timings.rp + p.timings.rcd,
                   name);
    }
}

BOOST_AUTO_TEST_CASE(energy_is_that_of_the_commands_on_the_bus_and_agrees_with_another_simulator) {
    auto p = test::part("ddr3-1600k-x8");  // 1 Gb: a quarter of the rows, shorter refresh, other currents
    p.geometry.rows /= 4;
    p.timings.rfc = 88;  // 110 ns
    p.supplies = {{"VDD", 1.5, 70, 45, 45, 140, 145, 170}};
    BOOST_REQUIRE(dram::check(p).empty());
    const auto run = [&](const std::function<asked(std::uint64_t)>& pattern) {
        test::command_checker checker(p, 1);
        const auto r = closed_loop(p, mapped("roba"), 32, 20'000, pattern, std::ref(checker));
        BOOST_TEST(checker.fault() == "");
        const double ns = 1.25, volts = 1.5, devices = 8;
        const auto n = [&](command c) { return static_cast<double>(checker.count(c)); };
        double pj = n(command::activate) * (70 - 45) * 28 +
                    static_cast<double>(checker.closings()) * (70 - 45) * 11 +
                    n(command::read) * (140 - 45) * 4 + n(command::refresh_all) * (170 - 45) * 88;
        pj += 45.0 * static_cast<double>(r.counts.clocks);  // IDD2N = IDD3N
        pj *= ns * volts * devices;
        BOOST_TEST(near(r.energy.total(), pj, 0.01), r.energy.total() << " " << pj);
        return r.energy.total() * 1e-6;
    };
    const double streaming = run(test::sequential(p)), random = run(test::uniform(p, 11));
    BOOST_TEST_MESSAGE("streaming " << streaming << " uJ, random " << random << " uJ");
    BOOST_TEST(near(streaming, 177.6, 0.03), streaming);
    BOOST_TEST(near(random, 500.3, 0.03), random);
}

namespace {

/// Random parameters and traffic that starves whom it can: one hot row, writes in floods, single readers.
struct storm {
    dram::part part;
    controller_parameters parameters;
    unsigned outstanding;
    std::function<asked(std::uint64_t)> pattern;
};

storm draw(std::mt19937_64& random) {
    const auto below = [&](std::uint64_t n) { return random() % n; };
    storm s{test::part(test::part_names.at(below(4))), {}, 1U << below(7), {}};
    auto& c = s.parameters;
    c.ranks = 1U << below(2);
    c.order = below(4) == 0 ? dram::scheduler::fcfs : dram::scheduler::frfcfs;
    c.page = static_cast<dram::page_policy>(below(3));
    c.window = 1 + static_cast<unsigned>(below(64));
    c.write_queue = 1 + static_cast<unsigned>(below(64));
    c.write_high = 1 + static_cast<unsigned>(below(c.write_queue));
    c.write_low = static_cast<unsigned>(below(c.write_high));
    c.read_queue = 1 + static_cast<unsigned>(below(64));
    c.starvation = 100 + static_cast<dram::clock_count>(below(3000));
    c.postponed_refreshes = static_cast<unsigned>(below(9));
    c.frontend = static_cast<dram::clock_count>(below(4));
    c.mapping = below(2) == 0 ? "roba" : "roco";
    const bool by_bank = s.part.standard == dram::dram_standard::lpddr4 && below(2) == 0;
    c.refresh = by_bank ? dram::refresh_mode::per_bank : dram::refresh_mode::all_bank;
    if (below(3) == 0 && !by_bank) {  // refresh storm
        s.part.timings.refi = s.part.timings.rfc + s.part.timings.rc_ab + 50;
    }
    const unsigned writes = static_cast<unsigned>(below(3)) * 50, hot = static_cast<unsigned>(below(101));
    const std::uint64_t bursts = s.part.geometry.rank_bytes() * c.ranks / s.part.geometry.burst_bytes();
    s.pattern = [=, burst = s.part.geometry.burst_bytes(),
                 own = std::mt19937_64(random())](std::uint64_t) mutable {
        const std::uint64_t place = own() % 100 < hot ? own() % 64 : own() % bursts;
        return asked{place * burst, own() % 100 < writes, own() % 4 == 0};
    };
    return s;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_request_is_answered_in_any_weather_and_no_rule_is_broken) {
    constexpr unsigned seed = 20260101, storms = 120;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (unsigned i = 0; i < storms; ++i) {
        const auto s = draw(random);
        test::command_checker checker(s.part, s.parameters.ranks);
        const auto r = closed_loop(s.part, s.parameters, s.outstanding, 2'000, s.pattern, std::ref(checker));
        BOOST_TEST_CONTEXT("storm " << i << " on " << s.part.name) {
            BOOST_TEST(checker.fault() == "");
            BOOST_TEST(r.answered == 2'000U);
            const auto& c = r.counts;
            BOOST_TEST(c.data + c.refresh + c.waiting + c.idle == c.clocks);
            BOOST_TEST(c.data <= c.clocks);
            const auto total = c.total();
            BOOST_TEST(total.bursts() == c.read_bursts + c.write_bursts);
            for (unsigned n = 0; n < c.ranks.size(); ++n) {
                const auto& rank = c.ranks[n];
                BOOST_TEST(rank.active + rank.precharged + rank.refreshing == c.clocks);
                BOOST_TEST(rank.precharged >= 0);
                BOOST_TEST(c.rank_total(n).open <= c.clocks * s.part.geometry.banks() + 1000);
            }
            for (std::size_t n = 0; n < dram::command_count; ++n) {
                BOOST_TEST(total.commands[n] == checker.count(static_cast<command>(n)));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(refreshes_come_at_their_rate_postponed_or_not) {
    for (const unsigned postponed : {0U, 8U}) {
        for (const auto mode : {dram::refresh_mode::all_bank, dram::refresh_mode::per_bank}) {
            const auto p = test::part("lpddr4-3200-x16");
            controller_parameters c;
            c.postponed_refreshes = postponed;
            c.refresh = mode;
            const auto r = closed_loop(p, c, 32, 100'000, test::uniform(p, 5));
            const auto interval = mode == dram::refresh_mode::all_bank ? p.timings.refi : p.timings.refi_pb;
            const auto done = static_cast<dram::clock_count>(r.counts.total().count(
                mode == dram::refresh_mode::all_bank ? command::refresh_all : command::refresh_bank));
            const auto due = r.counts.clocks / interval;
            BOOST_TEST(done <= due);
            BOOST_TEST(done + postponed + 1 >= due, done << " of " << due);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_read_of_a_waiting_write_is_answered_from_the_queue) {
    const auto p = test::part("ddr4-2400r-x8");
    dram::channel channel(p, {});
    dram::burst b;
    b.row = 5;
    b.is_write = true;
    channel.push(b);
    b.is_write = false;
    b.owner = 1;
    channel.push(b);
    BOOST_TEST(channel.take_completion().owner == 0U);
    const auto read = channel.take_completion();
    BOOST_TEST(read.owner == 1U);
    BOOST_TEST(read.at == 2);  // the way out only
    while (channel.step(10'000)) {
    }
    BOOST_TEST(!channel.busy());  // and the write reached the DRAM although nobody asked again
    BOOST_TEST(channel.statistics(10'000).write_bursts == 1U);
    BOOST_TEST(channel.statistics(10'000).forwarded_reads == 1U);
}

BOOST_AUTO_TEST_CASE(page_policies_do_what_they_are_for) {
    const auto p = test::part("ddr3-1600k-x8");
    const auto clocks = [&](dram::page_policy page, const std::function<asked(std::uint64_t)>& pattern) {
        controller_parameters c;
        c.page = page;
        return closed_loop(p, c, 1, 5'000, pattern).clocks;
    };
    using enum dram::page_policy;
    BOOST_TEST(clocks(closed, test::uniform(p, 1)) < clocks(open, test::uniform(p, 1)));
    BOOST_TEST(clocks(open, test::sequential(p)) < clocks(closed, test::sequential(p)));
    const auto close_to = [](auto a, auto b) {
        return std::abs(static_cast<double>(a - b)) < 0.03 * static_cast<double>(b);
    };
    BOOST_TEST(close_to(clocks(adaptive, test::uniform(p, 1)), clocks(closed, test::uniform(p, 1))));
    BOOST_TEST(close_to(clocks(adaptive, test::sequential(p)), clocks(open, test::sequential(p))));
}

BOOST_AUTO_TEST_CASE(parameters_without_sense_are_refused_by_name) {
    const auto p = test::part("ddr3-1600k-x8");
    const auto says = [&](auto change, const std::string& text) {
        controller_parameters c;
        change(c);
        const auto wrong = dram::check(c, p);
        BOOST_TEST(wrong.find(text) == 0U, wrong);
        BOOST_CHECK_THROW(dram::channel(p, c), std::invalid_argument);
    };
    says([](auto& c) { c.ranks = 16; }, "ranks is 16; expects 1 to 8");
    says([](auto& c) { c.ranks = 3; }, "channels and ranks are 1 and 3; expects powers of two");
    says([](auto& c) { c.write_low = 48; }, "write_low is 48; expects 0 to 47");
    says([](auto& c) { c.refresh = dram::refresh_mode::per_bank; },
         "refresh is per_bank; expects a part that has it");
    says([](auto& c) { c.window = 0; }, "window is 0");
}
