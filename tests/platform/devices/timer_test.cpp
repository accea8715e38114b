#define BOOST_TEST_MODULE timer
#include "platform/devices/timer.h"

#include "tests/platform/devices/device_bench.h"
#include "tests/platform/devices/table_access.h"

using namespace eyeriss;
using test::tlm_master;

namespace {

constexpr std::uint32_t enable = EYERISS_TIMER_CTRL_ENABLE, periodic = EYERISS_TIMER_CTRL_PERIODIC,
                        interrupts = EYERISS_TIMER_CTRL_IRQ_ENABLE, expired = EYERISS_TIMER_STATUS_EXPIRED;

struct bench {
    platform::timer timer{"timer"};
    sc_core::sc_signal<bool> interrupt;

    bench() { timer.interrupt.bind(interrupt); }
    void run(const std::function<void(tlm_master&)>& scenario) { test::run_scenario(timer, scenario); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(each_register_of_the_timer_obeys_its_table) {
    bench b;
    b.run([](tlm_master& m) { test::check_table(m, register_map::timer); });
}

BOOST_AUTO_TEST_CASE(a_one_shot_expires_once_at_its_tick_and_disables_itself) {
    bench b;
    b.run([&](tlm_master& m) {
        m.write(EYERISS_TIMER_LOAD, 7U);
        m.write(EYERISS_TIMER_CTRL, enable | interrupts);
        BOOST_TEST(m.read<std::uint32_t>(EYERISS_TIMER_VALUE) == 7U);
        test::wait_ns(101);
        BOOST_TEST(m.read<std::uint32_t>(EYERISS_TIMER_VALUE) == 6U);
        test::wait_ns(598);
        BOOST_TEST(!b.interrupt.read());
        test::wait_ns(2);
        BOOST_TEST(b.interrupt.read());
        BOOST_TEST(m.read<std::uint32_t>(EYERISS_TIMER_CTRL) == interrupts);
        m.write(EYERISS_TIMER_STATUS, expired);
        test::wait_ns(2000);
        BOOST_TEST(!b.interrupt.read());
    });
}

BOOST_AUTO_TEST_CASE(a_periodic_timer_does_not_drift) {
    bench b;
    b.run([&](tlm_master& m) {
        m.write(EYERISS_TIMER_LOAD, 3U);
        m.write(EYERISS_TIMER_CTRL, enable | periodic | interrupts);
        for (unsigned i = 1; i <= 20; ++i) {
            sc_core::wait(b.interrupt.posedge_event());
            BOOST_TEST((sc_core::sc_time_stamp() == sc_core::sc_time(300.0 * i, sc_core::SC_NS)));
            test::wait_ns(10.0 * i);
            m.write(EYERISS_TIMER_STATUS, expired);
        }
        m.write(EYERISS_TIMER_CTRL, 0U);
    });
}

BOOST_AUTO_TEST_CASE(without_its_enable_the_line_stays_low_and_the_status_can_be_polled) {
    bench b;
    b.run([&](tlm_master& m) {
        m.write(EYERISS_TIMER_CTRL, enable);
        test::wait_ns(101);
        BOOST_TEST(m.read<std::uint32_t>(EYERISS_TIMER_STATUS) == expired);
        BOOST_TEST(!b.interrupt.read());
        m.write(EYERISS_TIMER_CTRL, interrupts);
        test::settle();
        BOOST_TEST(b.interrupt.read());
    });
}
