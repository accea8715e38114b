#define BOOST_TEST_MODULE clint
#include "platform/devices/clint.h"

#include "tests/platform/devices/device_bench.h"

using namespace eyeriss;
using test::tlm_master;

namespace {

struct bench {
    platform::clint clint{"clint"};
    sc_core::sc_signal<bool> software, timer;

    bench() {
        clint.software_interrupt[0].bind(software);
        clint.timer_interrupt[0].bind(timer);
    }
    void run(const std::function<void(tlm_master&)>& scenario) { test::run_scenario(clint, scenario); }
};

constexpr std::uint64_t msip = 0, mtimecmp = 0x4000, mtime = 0xbff8;

}  // namespace

BOOST_AUTO_TEST_CASE(time_runs_at_10_mhz_and_can_be_set) {
    bench b;
    b.run([&](tlm_master& m) {
        test::wait_ns(1299);
        BOOST_TEST(m.read<std::uint32_t>(mtime) == 12U);
        test::wait_ns(1);
        BOOST_TEST(m.read<std::uint32_t>(mtime) == 13U);
        m.write(mtime, 0xffffffffU);
        m.write(mtime + 4, 7U);
        test::wait_ns(100);
        BOOST_TEST(m.read<std::uint32_t>(mtime) == 0U);
        BOOST_TEST(m.read<std::uint32_t>(mtime + 4) == 8U);
    });
}

BOOST_AUTO_TEST_CASE(the_timer_interrupt_rises_at_its_tick_and_falls_when_the_deadline_moves) {
    bench b;
    b.run([&](tlm_master& m) {
        test::settle();
        BOOST_TEST(!b.timer.read());
        m.write(mtimecmp, 25U);
        m.write(mtimecmp + 4, 0U);
        test::wait_ns(2498.5);
        BOOST_TEST(!b.timer.read());  // 2499.5 ns
        test::settle();
        BOOST_TEST(b.timer.read());
        m.write(mtimecmp, 40U);
        test::settle();
        BOOST_TEST(!b.timer.read());
        m.write(mtimecmp, 30U);  // earlier than before: the later wake-up must not be waited for
        test::wait_ns(500);
        BOOST_TEST(b.timer.read());
    });
}

BOOST_AUTO_TEST_CASE(a_deadline_beyond_simulated_time_never_comes_and_asks_for_no_event) {
    bench b;
    b.run([&](tlm_master& m) {
        m.write(mtimecmp + 4, 0xfffffffeU);
        test::settle();
        BOOST_TEST(!b.timer.read());
        BOOST_TEST(sc_core::sc_time_to_pending_activity() > sc_core::sc_time(1e6, sc_core::SC_SEC));
    });
}

BOOST_AUTO_TEST_CASE(software_interrupt_follows_its_bit) {
    bench b;
    b.run([&](tlm_master& m) {
        m.write(msip, 0xffffffffU);
        test::settle();
        BOOST_TEST(b.software.read());
        BOOST_TEST(m.read<std::uint32_t>(msip) == 1U);
        m.write(msip, 0U);
        test::settle();
        BOOST_TEST(!b.software.read());
    });
}

BOOST_AUTO_TEST_CASE(accesses_of_another_width_or_place_are_errors) {
    bench b;
    b.run([&](tlm_master& m) {
        BOOST_TEST(m.write(mtime, std::uint64_t{1}) == tlm::TLM_BURST_ERROR_RESPONSE);
        BOOST_TEST(m.write(msip, std::uint8_t{1}) == tlm::TLM_BURST_ERROR_RESPONSE);
        BOOST_TEST(m.write(msip + 2, std::uint16_t{1}) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        BOOST_TEST(m.write(0x4010, 1U) == tlm::TLM_OK_RESPONSE);  // ignored, as on QEMU's virt
        BOOST_TEST(m.read<std::uint32_t>(0x4010) == 0U);
        BOOST_TEST(m.write(0xc000, 1U) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        std::uint32_t word = 1;
        unsigned char enable = TLM_BYTE_ENABLED;
        const auto enabled = [&](auto& p) {
            p.set_byte_enable_ptr(&enable);
            p.set_byte_enable_length(1);
        };
        BOOST_TEST(m.transact(tlm::TLM_WRITE_COMMAND, msip, &word, 4, enabled).status ==
                   tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        const auto streaming = [](auto& p) { p.set_streaming_width(2); };
        BOOST_TEST(m.transact(tlm::TLM_WRITE_COMMAND, msip, &word, 4, streaming).status ==
                   tlm::TLM_BURST_ERROR_RESPONSE);
        const auto ignored = [](auto& p) { p.set_command(tlm::TLM_IGNORE_COMMAND); };
        BOOST_TEST(m.transact(tlm::TLM_WRITE_COMMAND, msip, &word, 4, ignored).status ==
                   tlm::TLM_OK_RESPONSE);
        BOOST_TEST(m.read<std::uint32_t>(msip) == 0U);
        tlm::tlm_dmi dmi;
        tlm::tlm_generic_payload payload;
        BOOST_TEST(!m.port->get_direct_mem_ptr(payload, dmi));
    });
}
