#define BOOST_TEST_MODULE soc_reset
#include <tlm_utils/simple_initiator_socket.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

#include "models/abi/counters.h"
#include "models/abi/register_table.h"
#include "models/abi/timer.h"
#include "models/abi/watchdog.h"
#include "platform/memory_map.h"
#include "tests/platform/image_bench.h"

using namespace eyeriss;

namespace {

constexpr std::uint32_t jump_to_self = 0x0000006f;
constexpr std::uint32_t clint = 0x02000000, plic = 0x0c000000, uart = 0x10000000, watchdog = 0x10010000,
                        timer = 0x10020000;

/// The SoC and a bus master that does what firmware or a debugger would; all at one simulated time.
struct bench : sc_core::sc_module {
    test::image_bench image;
    tlm_utils::simple_initiator_socket<bench> socket{"socket"};

    explicit bench(sc_core::sc_module_name name, const arch::machine& m = {})
        : sc_module(name), image("", m) {
        image.soc.add_initiator(socket);
        image.set_word(0x80000000, jump_to_self);
    }
    std::uint32_t access(tlm::tlm_command command, std::uint32_t address, std::uint32_t value,
                         unsigned bytes) {
        tlm::tlm_generic_payload t;
        t.set_command(command);
        t.set_address(address);
        t.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        t.set_data_length(bytes);
        t.set_streaming_width(bytes);
        sc_core::sc_time delay;
        socket->b_transport(t, delay);
        BOOST_TEST(t.is_response_ok(), "at " << std::hex << address);
        return value;
    }
    std::uint32_t read(std::uint32_t address, unsigned bytes = 4) {
        return access(tlm::TLM_READ_COMMAND, address, 0, bytes);
    }
    void write(std::uint32_t address, std::uint32_t value, unsigned bytes = 4) {
        access(tlm::TLM_WRITE_COMMAND, address, value, bytes);
    }
    void run_to(double microseconds) {
        image.soc.run({.until = sc_core::sc_time(microseconds, sc_core::SC_US)});
    }

    /// All that software can see of the devices, without what counts time.
    std::map<std::string, std::uint32_t> state() {
        std::map<std::string, std::uint32_t> out;
        for (const auto& r : register_map::registers) {
            if (r.mode != register_map::access::wo) {
                out[std::string("accelerator.") + std::string(r.name)] = read(EYERISS_REG_BASE + r.offset);
            }
        }
        for (std::uint32_t i = 0; i < EYERISS_COUNTER_COUNT; ++i) {
            write(EYERISS_REG_BASE + EYERISS_REG_PERF_SELECT, i);
            out["counter " + std::to_string(i)] = read(EYERISS_REG_BASE + EYERISS_REG_PERF_LO);
            out["threshold " + std::to_string(i)] = read(EYERISS_REG_BASE + EYERISS_REG_PERF_THRESHOLD_LO);
        }
        write(EYERISS_REG_BASE + EYERISS_REG_PERF_SELECT, 0);
        for (const std::uint32_t offset : {0U, 0x4000U, 0x4004U}) {
            out["clint+" + std::to_string(offset)] = read(clint + offset);
        }
        for (const std::uint32_t offset : {4U * 10, 4U * 32, 0x1000U, 0x2000U, 0x2004U, 0x200000U}) {
            out["plic+" + std::to_string(offset)] = read(plic + offset);
        }
        for (const std::uint32_t offset : {1U, 2U, 3U, 4U, 5U, 7U}) {
            out["uart+" + std::to_string(offset)] = read(uart + offset, 1);
        }
        for (const auto offset : {EYERISS_TIMER_CTRL, EYERISS_TIMER_LOAD, EYERISS_TIMER_STATUS}) {
            out["timer+" + std::to_string(offset)] = read(timer + static_cast<std::uint32_t>(offset));
        }
        for (const auto offset : {EYERISS_WATCHDOG_CTRL, EYERISS_WATCHDOG_LOAD, EYERISS_WATCHDOG_STATUS}) {
            out["watchdog+" + std::to_string(offset)] = read(watchdog + static_cast<std::uint32_t>(offset));
        }
        return out;
    }
    /// Changes whatever can be changed.
    void disturb() {
        const std::uint32_t a = EYERISS_REG_BASE;
        write(a + EYERISS_REG_PERF_SELECT, 3);
        write(a + EYERISS_REG_PERF_THRESHOLD_LO, 77);
        write(a + EYERISS_REG_IMAGE_BASE, 0x84000000);
        write(a + EYERISS_REG_DESC_OFFSET, 64);
        write(a + EYERISS_REG_WATCHDOG, 1000);
        write(a + EYERISS_REG_LAYER, 5);
        write(a + EYERISS_REG_CTRL,
              EYERISS_CTRL_START | EYERISS_CTRL_IRQ_ENABLE_ERROR);  // no descriptor there
        write(clint, 1);
        write(clint + 0x4000, 500);
        write(clint + 0x4004, 0);
        write(plic + 4 * 10, 3);
        write(plic + 4 * 33, 2);
        write(plic + 0x2000, 1U << 10);
        write(plic + 0x2004, 2);
        write(plic + 0x200000, 1);
        write(uart + 3, 0x03, 1);
        write(uart + 1, 0x03, 1);
        write(uart + 4, 0x0b, 1);
        write(uart + 7, 0x5a, 1);
        image.soc.outside().submit("uart", "typed");
        write(timer + EYERISS_TIMER_LOAD, 10);
        write(timer + EYERISS_TIMER_CTRL, EYERISS_TIMER_CTRL_ENABLE);
    }
};

void expect_equal(const std::map<std::string, std::uint32_t>& found,
                  const std::map<std::string, std::uint32_t>& expected) {
    for (const auto& [name, value] : expected) BOOST_TEST(found.at(name) == value, name);
}

}  // namespace

BOOST_AUTO_TEST_CASE(after_a_reset_devices_and_accelerator_are_as_after_power_on) {
    bench b("bench");
    b.run_to(1);
    const auto fresh = b.state();
    b.disturb();
    b.write(watchdog + EYERISS_WATCHDOG_LOAD, 100000);
    b.write(watchdog + EYERISS_WATCHDOG_CTRL, EYERISS_WATCHDOG_CTRL_ENABLE);
    b.run_to(100);
    const auto disturbed = b.state();
    BOOST_TEST(disturbed.at("accelerator.STATUS") != fresh.at("accelerator.STATUS"));
    BOOST_TEST(disturbed.at("accelerator.ERROR_CODE") != 0U);
    BOOST_TEST(disturbed.at("timer+" + std::to_string(EYERISS_TIMER_STATUS)) != 0U);
    b.image.soc.reset();
    b.run_to(101);
    expect_equal(b.state(), fresh);
    BOOST_TEST(b.image.word(0x80000000) == jump_to_self);  // memory stays
}

BOOST_AUTO_TEST_CASE(the_watchdogs_restart_leaves_nothing_but_its_own_status) {
    bench b("bench");
    b.run_to(1);
    auto expected = b.state();
    b.disturb();
    b.write(watchdog + EYERISS_WATCHDOG_LOAD, 100);
    b.write(watchdog + EYERISS_WATCHDOG_CTRL, EYERISS_WATCHDOG_CTRL_ENABLE | EYERISS_WATCHDOG_CTRL_RESTART);
    b.run_to(1000);
    expected["watchdog+" + std::to_string(EYERISS_WATCHDOG_STATUS)] = EYERISS_WATCHDOG_STATUS_RESTARTED;
    expect_equal(b.state(), expected);
}

BOOST_AUTO_TEST_CASE(a_reset_mends_nothing_that_is_broken) {
    arch::machine m;
    m.dram.ecc = true;
    bench b("bench", m);
    b.run_to(1);
    b.image.soc.faults().inject_text("dram-flip,address=0x84000000,bit=3");
    b.image.soc.faults().inject_text("dram-flip,address=0x84000000,bit=4");
    b.image.soc.reset();
    b.run_to(2);
    tlm::tlm_generic_payload t;
    std::uint32_t value = 0;
    t.set_command(tlm::TLM_READ_COMMAND);
    t.set_address(0x84000000);
    t.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    t.set_data_length(sizeof value);
    t.set_streaming_width(sizeof value);
    sc_core::sc_time delay;
    b.socket->b_transport(t, delay);
    BOOST_TEST(!t.is_response_ok());
}
