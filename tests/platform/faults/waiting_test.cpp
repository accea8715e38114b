#define BOOST_TEST_MODULE waiting
#include <boost/test/unit_test.hpp>

#include "models/abi/registers.h"
#include "tests/platform/image_bench.h"

using namespace eyeriss;

BOOST_AUTO_TEST_CASE(a_run_that_ends_as_idle_says_which_hart_sleeps_where) {
    arch::machine m;
    m.core.harts = 2;
    test::image_bench bench("", m);
    constexpr std::uint32_t nop = 0x00000013, wait_for_interrupt = 0x10500073, jump_back = 0xffdff06f;
    bench.set_word(0x80000000, nop);
    bench.set_word(0x80000004, wait_for_interrupt);
    bench.set_word(0x80000008, jump_back);
    const auto result = bench.run(1000);
    BOOST_TEST((result.reason == platform::stop_reason::idle));
    const std::vector<std::string> expected{
        "hart0 sleeps in wfi at pc 0x80000008 and waits for an interrupt",
        "hart1 sleeps in wfi at pc 0x80000008 and waits for an interrupt"};
    BOOST_TEST(bench.soc.waiting_report() == expected, boost::test_tools::per_element());
}
