#define BOOST_TEST_MODULE uart16550
#include "platform/devices/uart16550.h"

#include "tests/platform/devices/device_bench.h"

using namespace eyeriss;
using test::tlm_master;

namespace {

constexpr std::uint64_t data = 0, ier = 1, iir = 2, fcr = 2, lcr = 3, lsr = 5, scr = 7;

struct bench {
    std::string sent;
    platform::uart16550 uart;
    sc_core::sc_signal<bool> interrupt;

    explicit bench(double character_ns = 0)
        : uart(
              "uart", [this](char c) { sent += c; }, sc_core::sc_time(character_ns, sc_core::SC_NS)) {
        uart.interrupt.bind(interrupt);
    }
    void run(const std::function<void(tlm_master&)>& scenario) { test::run_scenario(uart, scenario); }
};

std::uint8_t get(tlm_master& m, std::uint64_t address) {
    return m.read<std::uint8_t>(address);
}
void put(tlm_master& m, std::uint64_t address, unsigned value) {
    BOOST_TEST(m.write(address, static_cast<std::uint8_t>(value)) == tlm::TLM_OK_RESPONSE);
}

}  // namespace

BOOST_AUTO_TEST_CASE(characters_leave_at_once_and_the_transmitter_is_always_empty) {
    bench b;
    b.run([&](tlm_master& m) {
        for (const char c : {'a', '\n', 'b'}) {
            put(m, data, static_cast<unsigned char>(c));
            BOOST_TEST(get(m, lsr) == 0x60);
        }
        BOOST_TEST(b.sent == "a\nb");
    });
}

BOOST_AUTO_TEST_CASE(with_a_character_time_the_fifo_empties_at_that_pace) {
    bench b(1000);
    b.run([&](tlm_master& m) {
        for (unsigned i = 0; i < 17; ++i) {  // the last one finds the FIFO full and is lost
            put(m, data, 'a' + i);
        }
        BOOST_TEST(get(m, lsr) == 0);
        test::wait_ns(3500);
        BOOST_TEST(b.sent == "abc");
        test::wait_ns(12000);
        BOOST_TEST(get(m, lsr) == 0);
        test::wait_ns(1000);
        BOOST_TEST(b.sent == "abcdefghijklmnop");
        BOOST_TEST(get(m, lsr) == 0x60);
    });
}

BOOST_AUTO_TEST_CASE(the_transmitter_interrupt_comes_when_it_is_enabled_and_empty_and_goes_when_it_is_read) {
    bench b(1000);
    b.run([&](tlm_master& m) {
        BOOST_TEST(get(m, iir) == 0x01);
        put(m, ier, 2);
        test::settle();
        BOOST_TEST(b.interrupt.read());
        BOOST_TEST(get(m, iir) == 0x02);
        test::settle();
        BOOST_TEST(!b.interrupt.read());
        BOOST_TEST(get(m, iir) == 0x01);
        put(m, data, 'x');
        test::settle();
        BOOST_TEST(!b.interrupt.read());
        test::wait_ns(1000);
        BOOST_TEST(b.interrupt.read());
        put(m, data, 'y');
        test::settle();
        BOOST_TEST(!b.interrupt.read());
    });
}

BOOST_AUTO_TEST_CASE(received_characters_interrupt_until_the_last_is_read) {
    bench b;
    b.run([&](tlm_master& m) {
        put(m, fcr, 1);
        put(m, ier, 1);
        BOOST_TEST(get(m, lsr) == 0x60);
        b.uart.receive("hi");
        test::settle();
        BOOST_TEST(b.interrupt.read());
        BOOST_TEST(get(m, lsr) == 0x61);
        BOOST_TEST(get(m, iir) == 0xc4);
        BOOST_TEST(get(m, data) == 'h');
        test::settle();
        BOOST_TEST(b.interrupt.read());
        BOOST_TEST(get(m, data) == 'i');
        test::settle();
        BOOST_TEST(!b.interrupt.read());
        BOOST_TEST(get(m, iir) == 0xc1);
        b.uart.receive("lost");
        put(m, fcr, 3);
        BOOST_TEST(get(m, lsr) == 0x60);
    });
}

BOOST_AUTO_TEST_CASE(received_characters_below_the_trigger_level_interrupt_after_four_character_times) {
    bench b(1000);
    b.run([&](tlm_master& m) {
        put(m, ier, 1);
        put(m, fcr, 0x41);  // FIFOs on, level 4
        b.uart.receive("abc");
        test::settle();
        BOOST_TEST(!b.interrupt.read());
        b.uart.receive("d");
        test::settle();
        BOOST_TEST(b.interrupt.read());
        BOOST_TEST(get(m, iir) == 0xc4);
        BOOST_TEST(get(m, data) == 'a');
        test::settle();
        BOOST_TEST(!b.interrupt.read());
        test::wait_ns(3990);
        BOOST_TEST(!b.interrupt.read());
        test::wait_ns(20);
        BOOST_TEST(b.interrupt.read());
        BOOST_TEST(get(m, iir) == 0xcc);
        BOOST_TEST(b.uart.waiting() == 3U);
        for (const char c : {'b', 'c', 'd'}) {
            BOOST_TEST(get(m, data) == c);
        }
        test::settle();
        BOOST_TEST(!b.interrupt.read());
    });
}

BOOST_AUTO_TEST_CASE(a_debugger_reads_registers_without_side_effects_and_no_others) {
    bench b;
    b.run([&](tlm_master& m) {
        b.uart.receive("x");
        const auto peek = [&](std::uint64_t offset) {
            std::uint8_t value = 0;
            tlm::tlm_generic_payload p;
            p.set_command(tlm::TLM_READ_COMMAND);
            p.set_address(offset);
            p.set_data_ptr(&value);
            p.set_data_length(1);
            return std::pair(m.port->transport_dbg(p), value);
        };
        put(m, scr, 0x77);
        BOOST_TEST(peek(scr).first == 1U);
        BOOST_TEST(peek(scr).second == 0x77);
        BOOST_TEST(peek(lsr).second == 0x61);
        BOOST_TEST(peek(data).first == 0U);
        BOOST_TEST(peek(iir).first == 0U);
        BOOST_TEST(get(m, data) == 'x');
        put(m, ier, 0x0f);
        b.uart.receive("y");
        b.uart.reset();
        BOOST_TEST(get(m, ier) == 0);
        BOOST_TEST(get(m, lsr) == 0x60);
    });
}

BOOST_AUTO_TEST_CASE(the_divisor_latch_hides_data_and_interrupt_enable) {
    bench b;
    b.run([&](tlm_master& m) {
        put(m, ier, 0xff);
        BOOST_TEST(get(m, ier) == 0x0f);
        put(m, lcr, 0x83);
        put(m, data, 0x1a);
        put(m, ier, 0x01);
        BOOST_TEST(get(m, data) == 0x1a);
        BOOST_TEST(get(m, ier) == 0x01);
        put(m, lcr, 0x03);
        BOOST_TEST(get(m, ier) == 0x0f);
        BOOST_TEST(b.sent.empty());
        put(m, scr, 0x5a);
        BOOST_TEST(get(m, scr) == 0x5a);
    });
}

BOOST_AUTO_TEST_CASE(wide_accesses_hit_the_register_that_they_begin_at) {
    bench b;
    b.run([&](tlm_master& m) {
        BOOST_TEST(m.write(data, 0x12345641U) == tlm::TLM_OK_RESPONSE);
        BOOST_TEST(b.sent == "A");
        BOOST_TEST(m.write(7, std::uint16_t{0x1299}) == tlm::TLM_OK_RESPONSE);
        BOOST_TEST(m.read<std::uint32_t>(7) == 0x99U);
        BOOST_TEST(m.write(data, std::uint64_t{1}) == tlm::TLM_BURST_ERROR_RESPONSE);
        BOOST_TEST(m.write(8, std::uint8_t{1}) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        BOOST_TEST(b.sent == "A");
    });
}
