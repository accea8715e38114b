#define BOOST_TEST_MODULE watchdog
#include "platform/devices/watchdog.h"

#include "tests/platform/devices/device_bench.h"
#include "tests/platform/devices/table_access.h"

using namespace eyeriss;
using test::tlm_master;

namespace {

constexpr std::uint32_t enable = EYERISS_WATCHDOG_CTRL_ENABLE, restart = EYERISS_WATCHDOG_CTRL_RESTART;

struct bench {
    unsigned restarts = 0, ends = 0;
    sc_core::sc_time last;
    platform::watchdog watchdog{"watchdog", {[this] { note(restarts); }, [this] { note(ends); }}};
    sc_core::sc_signal<bool> interrupt;

    bench() { watchdog.interrupt.bind(interrupt); }
    void note(unsigned& count) {
        ++count;
        last = sc_core::sc_time_stamp();
    }
    void run(const std::function<void(tlm_master&)>& scenario) { test::run_scenario(watchdog, scenario); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(each_register_of_the_watchdog_obeys_its_table) {
    bench b;
    b.run([](tlm_master& m) { test::check_table(m, register_map::watchdog); });
}

BOOST_AUTO_TEST_CASE(the_first_stage_interrupts_and_the_second_ends_the_run) {
    bench b;
    b.run([&](tlm_master& m) {
        m.write(EYERISS_WATCHDOG_LOAD, 10U);
        m.write(EYERISS_WATCHDOG_CTRL, enable);
        test::wait_ns(950);
        BOOST_TEST(m.read<std::uint32_t>(EYERISS_WATCHDOG_VALUE) == 1U);
        BOOST_TEST(!b.interrupt.read());
        test::wait_ns(51);
        BOOST_TEST(b.interrupt.read());
        BOOST_TEST(b.ends == 0U);
        m.write(EYERISS_WATCHDOG_STATUS, static_cast<std::uint32_t>(EYERISS_WATCHDOG_STATUS_EXPIRED));
        test::wait_ns(998);
        BOOST_TEST(!b.interrupt.read());  // clearing the status alone does not hold the second stage up
        BOOST_TEST(b.ends == 0U);
        test::wait_ns(2);
        BOOST_TEST(b.ends == 1U);
        BOOST_TEST(b.restarts == 0U);
        BOOST_TEST((b.last == sc_core::sc_time(2, sc_core::SC_US)));
    });
}

BOOST_AUTO_TEST_CASE(a_kick_in_either_stage_begins_the_first_anew) {
    bench b;
    b.run([&](tlm_master& m) {
        m.write(EYERISS_WATCHDOG_LOAD, 10U);
        m.write(EYERISS_WATCHDOG_CTRL, enable);
        for (unsigned i = 0; i < 5; ++i) {
            test::wait_ns(900);
            m.write(EYERISS_WATCHDOG_KICK, 0U);
        }
        test::settle();
        BOOST_TEST(!b.interrupt.read());
        test::wait_ns(1500);
        BOOST_TEST(b.interrupt.read());
        m.write(EYERISS_WATCHDOG_KICK, 0U);
        test::settle();
        BOOST_TEST(!b.interrupt.read());
        test::wait_ns(900);
        BOOST_TEST(m.read<std::uint32_t>(EYERISS_WATCHDOG_STATUS) == 0U);
        m.write(EYERISS_WATCHDOG_CTRL, 0U);
        test::wait_ns(5000);
        BOOST_TEST(b.ends == 0U);
        BOOST_TEST(m.read<std::uint32_t>(EYERISS_WATCHDOG_VALUE) == 0U);
    });
}

BOOST_AUTO_TEST_CASE(a_restart_leaves_the_watchdog_disabled_and_says_so) {
    bench b;
    b.run([&](tlm_master& m) {
        m.write(EYERISS_WATCHDOG_CTRL, enable | restart);  // LOAD 0 counts as one tick
        test::wait_ns(201);
        BOOST_TEST(b.restarts == 1U);
        BOOST_TEST(b.ends == 0U);
        BOOST_TEST(m.read<std::uint32_t>(EYERISS_WATCHDOG_CTRL) == 0U);
        BOOST_TEST(m.read<std::uint32_t>(EYERISS_WATCHDOG_STATUS) ==
                   static_cast<std::uint32_t>(EYERISS_WATCHDOG_STATUS_RESTARTED));
        BOOST_TEST(!b.interrupt.read());
        test::wait_ns(1000);
        BOOST_TEST(b.restarts == 1U);
    });
}
