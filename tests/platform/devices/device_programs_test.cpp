#define BOOST_TEST_MODULE device_programs
#include <boost/test/unit_test.hpp>
#include <set>
#include <vector>

#include "models/abi/watchdog.h"
#include "platform/access_watch.h"
#include "tests/platform/image_bench.h"

using namespace eyeriss;

BOOST_AUTO_TEST_CASE(each_refused_access_is_reported_once_by_name_with_its_pc_and_count) {
    test::image_bench bench("test_refused");
    std::vector<platform::register_access> seen;
    const platform::access_watch watch(bench.soc, [&](const auto& access) { seen.push_back(access); });
    BOOST_TEST_REQUIRE(bench.run(10).exit_code.value_or(-1) == 0);

    struct expectation {
        std::string place, reason;
        std::uint64_t count;
    };
    const std::vector<expectation> expected{{"accelerator.ID", "the register is read-only", 3},
                                            {"accelerator+0xffc", "there is no such register", 1},
                                            {"accelerator.CTRL", "the register takes no access of 1 byte", 1},
                                            {"timer+0x2", "misaligned", 1},
                                            {"0x19000000", "nothing is mapped there", 1},
                                            {"watchdog.VALUE", "the register is read-only", 1},
                                            {"finisher.finish", "the register does not take 0x7777", 1}};
    BOOST_TEST_REQUIRE(watch.refused().size() == expected.size());
    std::set<std::uint32_t> places;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto& refused = watch.refused()[i];
        BOOST_TEST(refused.first.place == expected[i].place);
        BOOST_TEST(refused.reason == expected[i].reason);
        BOOST_TEST(refused.count == expected[i].count);
        BOOST_TEST(refused.first.pc >= 0x80000000U);
        places.insert(refused.first.pc);
    }
    BOOST_TEST(places.size() == expected.size());
    const auto text = to_string(watch.refused()[0]);
    BOOST_TEST(text.starts_with("refused: write of 4 bytes to accelerator.ID at pc 0x8000"), text);
    BOOST_TEST(text.find(": the register is read-only; 3 times, first at ") != std::string::npos, text);
    const auto last = to_string(seen.at(seen.size() - 2));
    BOOST_TEST(last.find("read 0x45595632 from accelerator.ID") != std::string::npos, last);
    for (std::size_t i = 1; i < seen.size(); ++i) {
        BOOST_TEST(seen[i].at_ps > seen[i - 1].at_ps);
    }
}

BOOST_AUTO_TEST_CASE(the_timer_interrupts_firmware_ten_times_in_ten_periods_and_nothing_is_refused) {
    test::image_bench bench("test_timer");
    const platform::access_watch watch(bench.soc);
    BOOST_TEST(bench.run(10).exit_code.value_or(-1) == 0, bench.text);
    BOOST_TEST(watch.refused().empty());
    BOOST_TEST(sc_core::sc_time_stamp() > sc_core::sc_time(250, sc_core::SC_US));
}

BOOST_AUTO_TEST_CASE(a_program_that_hangs_is_ended_by_the_watchdog) {
    test::image_bench bench("test_watchdog_end");
    BOOST_TEST(bench.run(10).exit_code.value_or(-1) == EYERISS_WATCHDOG_EXIT);
    BOOST_TEST(bench.text == "bark\n");
    BOOST_TEST(sc_core::sc_time_stamp() < sc_core::sc_time(25, sc_core::SC_US));
}

BOOST_AUTO_TEST_CASE(a_program_that_hangs_is_restarted_by_the_watchdog_and_can_tell) {
    test::image_bench bench("test_watchdog_restart");
    BOOST_TEST(bench.run(10).exit_code.value_or(-1) == 0);
    BOOST_TEST(bench.text == "bark\nrestarted\n");
}

BOOST_AUTO_TEST_CASE(input_from_outside_interrupts_and_is_echoed) {
    test::image_bench bench("test_echo");
    BOOST_TEST(!bench.run(0.5).exit_code.has_value());
    BOOST_TEST(bench.soc.uart().interrupts_on_input());
    bench.soc.outside().submit("uart", "hello");
    BOOST_TEST(!bench.run(1).exit_code.has_value());
    bench.soc.outside().submit("uart", "!q");
    BOOST_TEST(bench.run(2).exit_code.value_or(-1) == 0);
    BOOST_TEST(bench.text == "echo\nhello!\n");
}
