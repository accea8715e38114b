#define BOOST_TEST_MODULE dram
#include "models/dram/dram.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "tests/platform/tlm_master.h"

using namespace eyeriss;
using test::tlm_master;

namespace {

constexpr std::uint64_t mib = 1024 * 1024;

arch::dram_parameters bandwidth(unsigned limit_mbps, unsigned latency_ns) {
    return {arch::dram_model::bandwidth, 1, limit_mbps, latency_ns};
}

void run(const arch::dram_parameters& parameters,
         const std::function<void(tlm_master&, dram::dram&)>& scenario) {
    dram::dram memory("memory", parameters);
    tlm_master master("master");
    master.port.bind(memory.socket);
    bool done = false;
    master.scenario = [&](tlm_master& m) {
        scenario(m, memory);
        done = true;
    };
    sc_core::sc_start();
    BOOST_TEST(done);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_written_is_read_and_counted_by_direction) {
    run({arch::dram_model::ideal, 1, 100, 30}, [](tlm_master& m, dram::dram& memory) {
        std::array<std::uint8_t, 5> data{1, 2, 3, 4, 5}, back{};
        auto answer = m.transact(tlm::TLM_WRITE_COMMAND, mib - 5, data.data(), 5);
        BOOST_TEST(answer.status == tlm::TLM_OK_RESPONSE);
        BOOST_TEST(answer.delay.value() == 30'000U);
        answer = m.transact(tlm::TLM_READ_COMMAND, mib - 5, back.data(), 5);
        BOOST_TEST(answer.delay.value() == 30'000U);
        BOOST_TEST(back == data, boost::test_tools::per_element());
        BOOST_TEST(m.read<std::uint32_t>(0) == 0U);
        BOOST_TEST(memory.statistics().write_bytes == 5U);
        BOOST_TEST(memory.statistics().read_bytes == 9U);
        BOOST_TEST(memory.statistics().reads == 2U);
    });
}

BOOST_AUTO_TEST_CASE(errors_are_answered_and_neither_counted_nor_timed) {
    run(bandwidth(1000, 10), [](tlm_master& m, dram::dram& memory) {
        std::array<std::uint8_t, 8> data{};
        const auto status = [&](std::uint64_t address, unsigned bytes,
                                const std::function<void(tlm::tlm_generic_payload&)>& adapt = {}) {
            const auto answer = m.transact(tlm::TLM_WRITE_COMMAND, address, data.data(), bytes, adapt);
            BOOST_TEST(answer.delay.value() == 0U);
            return answer.status;
        };
        BOOST_TEST(status(mib, 1) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        BOOST_TEST(status(mib - 3, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        BOOST_TEST(status(~std::uint64_t{0}, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        BOOST_TEST(status(0, 0) == tlm::TLM_BURST_ERROR_RESPONSE);
        BOOST_TEST(status(0, 4, [](auto& p) { p.set_streaming_width(0); }) == tlm::TLM_BURST_ERROR_RESPONSE);
        unsigned char enable = TLM_BYTE_ENABLED;
        BOOST_TEST(status(0, 4, [&](auto& p) {
                       p.set_byte_enable_ptr(&enable);
                       p.set_byte_enable_length(0);
                   }) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        BOOST_TEST(status(mib, 4, [](auto& p) { p.set_command(tlm::TLM_IGNORE_COMMAND); }) ==
                   tlm::TLM_OK_RESPONSE);
        BOOST_TEST(memory.statistics().writes == 0U);
        BOOST_TEST(memory.statistics().write_bytes == 0U);
    });
}

BOOST_AUTO_TEST_CASE(byte_enables_and_streaming_move_the_bytes_that_the_standard_says) {
    run({}, [](tlm_master& m, dram::dram& memory) {
        std::array<std::uint8_t, 8> data{1, 2, 3, 4, 5, 6, 7, 8};
        std::array<unsigned char, 2> enables{TLM_BYTE_ENABLED, TLM_BYTE_DISABLED};
        const auto with_enables = [&](auto& p) {
            p.set_byte_enable_ptr(enables.data());
            p.set_byte_enable_length(2);
        };
        m.transact(tlm::TLM_WRITE_COMMAND, 0, data.data(), 8, with_enables);
        BOOST_TEST(m.read<std::uint64_t>(0) == 0x0007000500030001U);
        std::array<std::uint8_t, 4> back{9, 9, 9, 9};
        m.transact(tlm::TLM_READ_COMMAND, 0, back.data(), 4, with_enables);
        BOOST_TEST(back == (std::array<std::uint8_t, 4>{1, 9, 3, 9}), boost::test_tools::per_element());
        // streaming: the last of the words that go to the same place stays
        m.transact(tlm::TLM_WRITE_COMMAND, 16, data.data(), 8, [](auto& p) { p.set_streaming_width(4); });
        BOOST_TEST(m.read<std::uint32_t>(16) == 0x08070605U);
        BOOST_TEST(m.read<std::uint32_t>(20) == 0U);
        // streaming at the very end needs no more memory than its width
        const auto answer = m.transact(tlm::TLM_READ_COMMAND, memory.capacity_bytes() - 4, data.data(), 8,
                                       [](auto& p) { p.set_streaming_width(4); });
        BOOST_TEST(answer.status == tlm::TLM_OK_RESPONSE);
    });
}

BOOST_AUTO_TEST_CASE(a_stream_of_accesses_takes_its_bytes_over_the_limit_exactly) {
    // 64 bytes at 3000 MB/s take 21333.33 ps: nothing may be lost or gained over many of them
    run(bandwidth(3000, 0), [](tlm_master& m, dram::dram&) {
        std::array<std::uint8_t, 64> data{};
        sc_core::sc_time last;
        for (unsigned i = 0; i < 3000; ++i) {
            const auto command = i % 2 == 0 ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
            last = m.transact(command, 64 * i, data.data(), 64).delay;
        }
        BOOST_TEST(last.value() == 64'000'000U);
    });
}

BOOST_AUTO_TEST_CASE(accesses_queue_for_the_bus_and_latency_does_not_hold_it) {
    run(bandwidth(1000, 100), [](tlm_master& m, dram::dram& memory) {
        std::array<std::uint8_t, 32> data{};
        const auto read = [&] { return m.transact(tlm::TLM_READ_COMMAND, 0, data.data(), 32).delay.value(); };
        BOOST_TEST(read() == 132'000U);  // 32 ns on the bus, 100 ns latency
        BOOST_TEST(read() == 164'000U);
        sc_core::wait(sc_core::sc_time(40, sc_core::SC_NS));
        BOOST_TEST(read() == 156'000U);  // waits 24 ns for the second
        sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
        BOOST_TEST(read() == 132'000U);  // idle time is not saved up
        BOOST_TEST(memory.statistics().busy.value() == 128'000U);
    });
}

BOOST_AUTO_TEST_CASE(debug_and_direct_access_reach_all_of_the_memory_without_being_counted) {
    run({arch::dram_model::ideal, 1, 100, 30}, [](tlm_master& m, dram::dram& memory) {
        tlm::tlm_dmi dmi;
        tlm::tlm_generic_payload payload;
        payload.set_read();
        BOOST_TEST(m.port->get_direct_mem_ptr(payload, dmi));
        BOOST_TEST(dmi.is_read_write_allowed());
        BOOST_TEST(dmi.get_start_address() == 0U);
        BOOST_TEST(dmi.get_end_address() == mib - 1);
        dmi.get_dmi_ptr()[mib - 1] = 42;
        std::array<std::uint8_t, 4> data{};
        payload.set_address(mib - 1);
        payload.set_data_ptr(data.data());
        payload.set_data_length(4);
        BOOST_TEST(m.port->transport_dbg(payload) == 1U);
        BOOST_TEST(data[0] == 42);
        payload.set_address(mib);
        BOOST_TEST(m.port->transport_dbg(payload) == 0U);
        BOOST_TEST(memory.statistics().read_bytes == 0U);
    });
}

BOOST_AUTO_TEST_CASE(capacity_costs_address_space_and_no_memory) {
    const auto resident_pages = [] {
        std::ifstream statm("/proc/self/statm");
        std::uint64_t size = 0, resident = 0;
        statm >> size >> resident;
        return resident;
    };
    const auto before = resident_pages();
    dram::dram memory("memory", {arch::dram_model::ideal, 2048, 100, 0});
    memory.bytes()[2048 * mib - 1] = 1;
    BOOST_TEST(memory.capacity_bytes() == 2048 * mib);
    BOOST_TEST(resident_pages() < before + 1000);
}

BOOST_AUTO_TEST_CASE(parameters_without_sense_are_refused_by_name) {
    const auto says = [](const char* text) {
        return [=](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(dram::dram("memory", {arch::dram_model::ideal, 0, 100, 0}), std::invalid_argument,
                          says("dram.capacity_mib"));
}
