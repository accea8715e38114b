#define BOOST_TEST_MODULE traps
#include <boost/test/unit_test.hpp>
#include <vector>

#include "tests/platform/image_bench.h"

using namespace eyeriss;

namespace {

constexpr std::uint32_t records_at = 0x84000000, any = 0x12345678;

struct trap {
    std::uint32_t cause, value, previous_mode;
};

// As tests/platform/cpu/programs/traps.c provokes them. Modes: 3 machine, 0 user.
const std::vector<trap> expected{
    {2, 0xffffffff, 3}, {2, 0, 3},          {2, any, 3},        {2, any, 3},        {2, any, 3},
    {3, any, 3},        {3, any, 3},        {11, 0, 3},         {5, 0x0200bffa, 3}, {5, 0x0200bff9, 3},
    {7, 0x02000001, 3}, {7, 0x02000003, 3}, {5, 0x40000000, 3}, {5, 0x40000005, 3}, {7, 0x40000000, 3},
    {7, 0x00001000, 3}, {1, 0x40000000, 3}, {5, 0x40000000, 3}, {7, 0x40000000, 3}, {7, 0x40000000, 3},
    {6, 0x80000002, 3}, {4, 0x80000001, 3}, {5, 0x0200bff8, 3}, {7, 0x00100000, 3}, {1, any, 0},
    {8, 0, 0},          {5, 0x40000000, 0}, {2, any, 0},        {2, any, 0},        {2, 0x30200073, 0},
    {2, 0x10500073, 0}, {2, any, 0},
};
constexpr std::size_t fetch_fault = 16, behind_li = 26, behind_csr = 31;

}  // namespace

BOOST_AUTO_TEST_CASE(each_trap_reports_cause_value_place_and_previous_mode) {
    test::image_bench bench("test_traps");
    BOOST_TEST_REQUIRE(bench.run(10).exit_code.value_or(-1) == 0);
    BOOST_TEST_REQUIRE(bench.word(records_at) == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto at = records_at + 4 + static_cast<std::uint32_t>(16 * i);
        BOOST_TEST(bench.word(at) == expected[i].cause, "cause of trap " << i);
        if (expected[i].value != any) {
            BOOST_TEST(bench.word(at + 4) == expected[i].value, "value of trap " << i);
        }
        const std::uint32_t distance = bench.word(at + 8);
        if (i == behind_li || i == behind_csr) {
            BOOST_TEST(distance == 4U);
        } else if (i != fetch_fault) {
            BOOST_TEST(distance == 0U, "mepc of trap " << i);
        }
        BOOST_TEST((bench.word(at + 12) >> 11 & 3U) == expected[i].previous_mode, "mode of trap " << i);
    }
}

BOOST_AUTO_TEST_CASE(csrs_counters_interrupts_code_changes_and_atomics_behave) {
    test::image_bench bench("test_csr");
    BOOST_TEST(bench.run(10).exit_code.value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(a_trap_that_nobody_handles_is_printed_and_is_a_failure) {
    test::image_bench bench("test_crash");
    BOOST_TEST(bench.run(10).exit_code.value_or(-1) == 110);
    BOOST_TEST(bench.text.find("trap: store access fault (mcause 0x00000007) at pc 0x8000") !=
               std::string::npos);
    BOOST_TEST(bench.text.find("mtval 0x40000010") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_trap_loop_without_a_handler_does_not_stop_time) {
    test::image_bench bench("");
    bench.set_word(0x80000000, 0);  // illegal, with mtvec 0, where there is no memory either
    const auto result = bench.run(0.1);
    BOOST_TEST((result.reason == platform::stop_reason::time_limit));
    BOOST_TEST(bench.soc.cpu_statistics().cycles == 20000U);
}
