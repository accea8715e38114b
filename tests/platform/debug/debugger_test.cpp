#define BOOST_TEST_MODULE debugger
#include <boost/test/unit_test.hpp>
#include <vector>

#include "platform/debug/debugger.h"
#include "platform/debug/replayer.h"
#include "tests/platform/image_bench.h"

using namespace eyeriss;
using platform::debug_resume;
using platform::hart_stop;
using platform::point_kind;

namespace {

constexpr std::uint32_t nop = 0x00000013, jump_to_self = 0x0000006f, wait_for_interrupt = 0x10500073;
constexpr std::uint32_t code = 0x80000000, data = 0x80001000;

/// A SoC that runs words of code from the start of DRAM, with x5 as the address of data.
struct code_bench : test::image_bench {
    explicit code_bench(const std::vector<std::uint32_t>& words) : image_bench("") {
        for (std::size_t i = 0; i < words.size(); ++i) {
            set_word(code + 4 * static_cast<std::uint32_t>(i), words[i]);
        }
        soc.cpu().set_pc(code);
        soc.cpu().set_reg(5, data);
    }
};

struct seen_stop {
    std::uint32_t pc = 0;
    hart_stop::cause why{};
    std::uint64_t at_ps = 0, instructions = 0;
};

/// Notes each stop, and goes on as it is told.
struct stop_log {
    std::vector<seen_stop> stops;
    void add(platform::soc& soc, const hart_stop& stop) {
        stops.push_back(
            {soc.cpu().pc(), stop.why, sc_core::sc_time_stamp().value(), soc.cpu_statistics().instructions});
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_breakpoint_stops_before_its_instruction_each_time_round_a_loop) {
    code_bench bench({nop, nop, 0xff9ff06f});  // two of nothing, back to the start
    stop_log log;
    platform::debugger debugger(bench.soc, [&](unsigned, const hart_stop& stop) {
        log.add(bench.soc, stop);
        return debug_resume{log.stops.size() == 4 ? debug_resume::kind::kill : debug_resume::kind::run};
    });
    debugger.set_point(point_kind::software, code + 4, 4);
    debugger.request_stop(0);
    bench.soc.run({.interrupted = [&] { return debugger.killed(); }});
    BOOST_TEST_REQUIRE(log.stops.size() == 4U);
    BOOST_TEST(log.stops[0].pc == code);
    for (std::uint64_t i = 1; i < 4; ++i) {
        BOOST_TEST(log.stops[i].pc == code + 4);
        BOOST_TEST((log.stops[i].why == hart_stop::cause::breakpoint));
        BOOST_TEST(log.stops[i].instructions == 3 * i - 2);
        BOOST_TEST(log.stops[i].at_ps == (3 * i - 2) * 5000);
    }
}

BOOST_AUTO_TEST_CASE(a_step_executes_one_instruction_and_takes_its_time) {
    code_bench bench({nop, nop, jump_to_self});
    stop_log log;
    platform::debugger debugger(bench.soc, [&](unsigned, const hart_stop& stop) {
        log.add(bench.soc, stop);
        return debug_resume{log.stops.size() == 5 ? debug_resume::kind::kill : debug_resume::kind::step};
    });
    debugger.request_stop(0);
    bench.soc.run({.interrupted = [&] { return debugger.killed(); }});
    BOOST_TEST_REQUIRE(log.stops.size() == 5U);
    const std::vector<std::uint32_t> places{code, code + 4, code + 8, code + 8, code + 8};
    for (std::size_t i = 0; i < places.size(); ++i) {
        BOOST_TEST(log.stops[i].pc == places[i]);
        BOOST_TEST(log.stops[i].instructions == i);
        BOOST_TEST(log.stops[i].at_ps == 5000 * i);
    }
}

BOOST_AUTO_TEST_CASE(watchpoints_see_loads_stores_and_atomics_of_their_bytes_and_no_others) {
    // sw x0,4(x5); sw x0,0(x5); lb x6,1(x5); lw x6,4(x5); amoadd.w x6,x0,(x5); sh x0,-2(x5); j .
    code_bench bench({0x0002a223, 0x0002a023, 0x00128303, 0x0042a303, 0x0002a32f, 0xfe029f23, jump_to_self});
    std::vector<std::pair<std::uint32_t, std::uint32_t>> hits;  // pc behind, address
    platform::debugger debugger(bench.soc, [&](unsigned, const hart_stop& stop) {
        if (stop.why == hart_stop::cause::watchpoint) {
            hits.emplace_back(bench.soc.cpu().pc(), stop.watched->address);
        }
        return debug_resume{};
    });
    debugger.set_point(point_kind::access, data, 4);
    debugger.request_stop(0);
    bench.run(0.01);
    const std::vector<std::pair<std::uint32_t, std::uint32_t>> expected{
        {code + 8, data}, {code + 12, data + 1}, {code + 20, data}};
    BOOST_TEST((hits == expected));
}

BOOST_AUTO_TEST_CASE(a_write_watchpoint_ignores_loads_and_sees_devices_too) {
    // lw x6,0(x5); lui x7,0x10000; sb x0,7(x7) [the UART's scratch register]; j .
    code_bench bench({0x0002a303, 0x100003b7, 0x000383a3, jump_to_self});
    std::vector<std::uint32_t> places;
    platform::debugger debugger(bench.soc, [&](unsigned, const hart_stop& stop) {
        if (stop.why == hart_stop::cause::watchpoint) {
            places.push_back(stop.watched->address);
        }
        return debug_resume{};
    });
    debugger.set_point(point_kind::write, data, 4);
    debugger.set_point(point_kind::write, 0x10000007, 1);
    debugger.request_stop(0);
    bench.run(0.01);
    BOOST_TEST((places == std::vector<std::uint32_t>{0x10000007}));
}

BOOST_AUTO_TEST_CASE(registers_csrs_and_memory_can_be_read_and_changed) {
    code_bench bench({nop, jump_to_self});
    unsigned asked = 0;
    platform::debugger* target = nullptr;
    platform::debugger debugger(bench.soc, [&](unsigned, const hart_stop&) {
        ++asked;
        BOOST_TEST(target->set_register(0, 10, 0x12345678));
        BOOST_TEST(target->register_value(0, 10).value_or(0) == 0x12345678U);
        BOOST_TEST(target->set_register(0, 0, 1));
        BOOST_TEST(target->register_value(0, 0).value_or(1) == 0U);
        BOOST_TEST(target->set_register(0, 65 + 0x340, 0xabc));
        BOOST_TEST(target->register_value(0, 65 + 0x340).value_or(0) == 0xabcU);
        BOOST_TEST(!target->register_value(0, 65 + 0x180));  // satp: no supervisor mode
        BOOST_TEST(!target->register_value(0, 40));
        BOOST_TEST(!target->set_register(0, 65 + 0xf14, 1));
        std::uint32_t word = 77;
        BOOST_TEST(target->write(0x40000000, test::bytes_of(word)) == false);
        BOOST_TEST(target->write(code + 4, test::bytes_of(word)));
        word = nop;
        BOOST_TEST(target->write(code + 4, test::bytes_of(word)));
        word = jump_to_self;
        BOOST_TEST(target->write(code + 8, test::bytes_of(word)));
        BOOST_TEST(target->read(0x18000000, test::bytes_of(word)) == 4U);
        BOOST_TEST(word == EYERISS_ID_VALUE);
        return debug_resume{};
    });
    target = &debugger;
    debugger.request_stop(0);
    bench.run(0.001);
    BOOST_TEST(asked == 1U);
    BOOST_TEST(bench.soc.cpu().pc() == code + 8);  // through the changed code
}

BOOST_AUTO_TEST_CASE(a_program_that_is_looked_at_takes_its_own_time) {
    test::image_bench bench("test_workload");
    bench.set_word(0x84000000, 1);
    unsigned stops = 0;
    platform::debugger debugger(bench.soc, [&](unsigned, const hart_stop&) {
        ++stops;
        return debug_resume{stops % 3 == 0 ? debug_resume::kind::step : debug_resume::kind::run};
    });
    for (std::uint32_t at = 0x80000000; at < 0x80000200; at += 4) {
        debugger.set_point(point_kind::hardware, at, 4);
    }
    debugger.request_stop(0);
    const auto result = bench.soc.run({.instructions = 100'000});
    BOOST_TEST((result.reason == platform::stop_reason::instruction_limit));
    BOOST_TEST(bench.soc.cpu_statistics().instructions == 100'000U);
    BOOST_TEST(stops > 10U);
    const auto end = sc_core::sc_time_stamp().value();
    const auto transactions = bench.soc.cpu_statistics().transactions;
    BOOST_TEST_MESSAGE(stops << " stops, " << end << " ps, " << transactions << " transactions");
    // one cycle an instruction where nothing else takes time
    BOOST_TEST(end == 100'000U * 5000);
}

BOOST_AUTO_TEST_CASE(a_sleeping_hart_stops_where_it_sleeps_and_sleeps_on) {
    code_bench bench({wait_for_interrupt, jump_to_self});
    unsigned stops = 0;
    platform::debugger* target = nullptr;
    platform::debugger debugger(bench.soc, [&](unsigned, const hart_stop&) {
        ++stops;
        BOOST_TEST(target->place(0).asleep == (stops > 1));
        return debug_resume{};
    });
    target = &debugger;
    debugger.request_stop(0);
    unsigned idle = 0;
    const auto result = bench.soc.run({.idle = [&] {
        if (++idle == 3) {
            return false;
        }
        debugger.request_stop(0);
        return true;
    }});
    BOOST_TEST((result.reason == platform::stop_reason::idle));
    BOOST_TEST(stops == 3U);
    BOOST_TEST(bench.soc.cpu_statistics().instructions == 1U);
}

BOOST_AUTO_TEST_CASE(a_reset_starts_the_program_again) {
    test::image_bench bench("debugged");
    platform::debugger* target = nullptr;
    unsigned stops = 0;
    platform::debugger debugger(bench.soc, [&](unsigned, const hart_stop&) {
        if (++stops == 2) {
            BOOST_TEST(target->register_value(0, 32).value_or(0) != 0x1000U);
            target->reset();
            BOOST_TEST(target->register_value(0, 32).value_or(0) == 0x1000U);
            return debug_resume{};
        }
        return debug_resume{};
    });
    target = &debugger;
    debugger.request_stop(0);
    bench.soc.run({.until = sc_core::sc_time(200, sc_core::SC_US)});
    debugger.request_stop(0);
    bench.soc.run({.until = sc_core::sc_time(500, sc_core::SC_US)});
    BOOST_TEST(bench.text == "spinning\nspinning\n");
}
