#define BOOST_TEST_MODULE run_control
#include <boost/test/unit_test.hpp>

#include "tests/platform/image_bench.h"

using namespace eyeriss;
using platform::stop_reason;

namespace {

constexpr std::uint32_t jump_to_self = 0x0000006f, wait_for_interrupt = 0x10500073;

}  // namespace

BOOST_AUTO_TEST_CASE(an_instruction_limit_is_exact_and_the_run_goes_on_from_there) {
    test::image_bench bench("test_workload");
    bench.set_word(0x84000000, 1);
    auto result = bench.soc.run({.instructions = 1000});
    BOOST_TEST((result.reason == stop_reason::instruction_limit));
    BOOST_TEST(bench.soc.cpu_statistics().instructions == 1000U);
    BOOST_TEST(sc_core::sc_time_stamp().value() == 5'000'000U);
    result = bench.soc.run({.instructions = 1001});
    BOOST_TEST(bench.soc.cpu_statistics().instructions == 1001U);
    result = bench.soc.run();
    BOOST_TEST((result.reason == stop_reason::finished));
    BOOST_TEST(result.exit_code.value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(an_instruction_limit_counts_the_instructions_of_all_harts) {
    arch::machine m;
    m.core.harts = 2;
    test::image_bench bench("", m);
    bench.set_word(0x80000000, jump_to_self);
    for (const std::uint64_t limit : {1000U, 100'000U}) {
        const auto result = bench.soc.run({.instructions = limit});
        BOOST_TEST((result.reason == stop_reason::instruction_limit));
        // Nothing but plain instructions: at the end both harts may be within their last one.
        BOOST_TEST(bench.soc.instructions() >= limit);
        BOOST_TEST(bench.soc.instructions() <= limit + 1);
        for (unsigned id = 0; id < 2; ++id) {
            BOOST_TEST(bench.soc.cpu(id).statistics().instructions >= limit / 4, "hart " << id);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_limit_is_reached_by_a_hart_that_works_while_the_other_sleeps) {
    arch::machine m;
    m.core.harts = 2;
    test::image_bench bench("", m);
    constexpr std::uint32_t branch_if_hart_0 = 0x00050463, jump_back = 0xffdff06f;  // beqz a0, +8; j -4
    bench.set_word(0x80000000, branch_if_hart_0);
    bench.set_word(0x80000004, jump_to_self);
    bench.set_word(0x80000008, wait_for_interrupt);
    bench.set_word(0x8000000c, jump_back);
    const auto result = bench.soc.run({.instructions = 5000});
    BOOST_TEST((result.reason == stop_reason::instruction_limit));
    BOOST_TEST(bench.soc.cpu(0).statistics().instructions < 100U);
    BOOST_TEST(bench.soc.instructions() >= 5000U);
    BOOST_TEST(bench.soc.instructions() <= 5001U);
}

BOOST_AUTO_TEST_CASE(a_time_limit_is_exact_even_within_a_quantum) {
    test::image_bench bench("");
    bench.set_word(0x80000000, jump_to_self);
    auto result = bench.soc.run({.until = sc_core::sc_time(1001, sc_core::SC_NS)});
    BOOST_TEST((result.reason == stop_reason::time_limit));
    // instructions that start before 1001 ns at 5 ns each
    BOOST_TEST(bench.soc.cpu_statistics().instructions == 201U);
    result = bench.soc.run({.until = sc_core::sc_time(2000, sc_core::SC_NS)});
    BOOST_TEST(bench.soc.cpu_statistics().instructions == 400U);
    BOOST_TEST(sc_core::sc_time_stamp().value() == 2'000'000U);
}

BOOST_AUTO_TEST_CASE(a_hart_that_sleeps_with_nothing_to_come_is_reported_as_idle) {
    test::image_bench bench("");
    bench.set_word(0x80000000, wait_for_interrupt);
    const auto result = bench.run(1000);
    BOOST_TEST((result.reason == stop_reason::idle));
    BOOST_TEST(!result.exit_code);
    BOOST_TEST(bench.soc.cpu_statistics().active_cycles < 20U);
}

BOOST_AUTO_TEST_CASE(an_interrupted_run_stops_at_the_next_slice) {
    test::image_bench bench("");
    bench.set_word(0x80000000, jump_to_self);
    int asked = 0;
    const auto result = bench.soc.run({.interrupted = [&] { return ++asked == 3; }});
    BOOST_TEST((result.reason == stop_reason::interrupted));
    BOOST_TEST(asked == 3);
    BOOST_TEST(sc_core::sc_time_stamp().value() == 300'000'000U);
}

BOOST_AUTO_TEST_CASE(memory_that_is_not_there_is_named) {
    test::image_bench bench("");
    std::uint32_t word = 0;
    BOOST_CHECK_EXCEPTION(
        bench.soc.read_memory(0x40000000, test::bytes_of(word)), std::out_of_range, [](const auto& e) {
            return std::string(e.what()) == "reading 4 bytes at 0x40000000: no memory at 0x40000000";
        });
    BOOST_CHECK_THROW(bench.soc.write_memory(0xbfffffff, test::bytes_of(word)), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(a_users_target_must_find_a_free_range_and_a_free_interrupt) {
    test::image_bench bench("");
    platform::memory extra("extra", 0x1000, dram::memory_rights::read_write);
    sc_core::sc_signal<bool> level;
    BOOST_CHECK_EXCEPTION(
        bench.soc.map("extra", {0x10000080, 0x1000}, extra.socket), std::invalid_argument, [](const auto& e) {
            return std::string(e.what()).find("overlaps uart at 0x10000000..0x100000ff") != std::string::npos;
        });
    BOOST_CHECK_THROW(bench.soc.connect_interrupt(10, level), std::invalid_argument);
    BOOST_CHECK_THROW(bench.soc.connect_interrupt(96, level), std::invalid_argument);
    bench.soc.map("extra", {0x30000000, 0x1000}, extra.socket);
    bench.set_word(0x30000ffc, 77);
    BOOST_TEST(bench.word(0x30000ffc) == 77U);
}
