#define BOOST_TEST_MODULE interconnect
#include "platform/bus/interconnect.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "platform/devices/memory.h"
#include "tests/platform/tlm_master.h"

using namespace eyeriss;
using platform::address_map;
using platform::target_index;

namespace {

struct bench {
    platform::interconnect bus{"bus"};
    platform::memory low{"low", 0x1000, dram::memory_rights::read_write};
    platform::memory rom{"rom", 0x100, dram::memory_rights::read_only};
    platform::memory large{"large", 0x10000, dram::memory_rights::read_write};
    test::tlm_master first{"first"}, second{"second"};

    bench() {
        bus.map("low", {0x1000, 0x1000}, low.socket);
        bus.map("rom", {0x2000, 0x100}, rom.socket);
        bus.map("window", {0x80000000, 0x800}, large.socket);  // smaller than what is behind it
        first.port.bind(bus.initiators);
        second.port.bind(bus.initiators);
    }
};

auto message_has(const char* text) {
    return
        [=](const std::invalid_argument& e) { return std::string(e.what()).find(text) != std::string::npos; };
}

}  // namespace

BOOST_AUTO_TEST_CASE(targets_see_addresses_of_their_own_and_masters_get_theirs_back) {
    bench b;
    b.first.scenario = [&](auto& m) {
        BOOST_TEST(m.write(0x1ffc, 0x11223344U) == tlm::TLM_OK_RESPONSE);
        BOOST_TEST(b.low.bytes()[0xffc] == 0x44);
        std::uint32_t word = 0;
        m.transact(tlm::TLM_READ_COMMAND, 0x1ffc, &word, 4,
                   [&](auto& p) { BOOST_TEST(p.get_address() == 0x1ffcU); });
        BOOST_TEST(word == 0x11223344U);
    };
    b.second.scenario = [&](auto& m) {
        sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS));
        BOOST_TEST(m.template read<std::uint32_t>(0x1ffc) == 0x11223344U);
    };
    sc_core::sc_start();
}

BOOST_AUTO_TEST_CASE(what_hits_nothing_or_leaves_its_target_is_an_address_error) {
    bench b;
    b.first.scenario = [&](auto& m) {
        const std::uint32_t word = 0;
        for (const std::uint64_t address : {0x0ULL, 0xffcULL, 0x2100ULL, 0x7fffffffULL, 0x80000800ULL,
                                            0x800007feULL, 0x20fdULL, 0x180000000ULL}) {
            BOOST_TEST(m.write(address, word) == tlm::TLM_ADDRESS_ERROR_RESPONSE, "address " << address);
        }
        BOOST_TEST(m.write(0x2000, word) == tlm::TLM_COMMAND_ERROR_RESPONSE);
        BOOST_TEST(m.write(0x800007fc, word) == tlm::TLM_OK_RESPONSE);
    };
    sc_core::sc_start();
}

BOOST_AUTO_TEST_CASE(direct_access_is_granted_at_bus_addresses_and_within_the_window) {
    bench b;
    b.first.scenario = [&](auto& m) {
        tlm::tlm_dmi dmi;
        tlm::tlm_generic_payload payload;
        payload.set_address(0x80000010);
        BOOST_TEST(m.port->get_direct_mem_ptr(payload, dmi));
        BOOST_TEST(dmi.get_start_address() == 0x80000000U);
        BOOST_TEST(dmi.get_end_address() == 0x800007ffU);
        BOOST_TEST(dmi.get_dmi_ptr() == b.large.bytes().data());
        payload.set_address(0x2000);
        BOOST_TEST(m.port->get_direct_mem_ptr(payload, dmi));
        BOOST_TEST(dmi.is_read_allowed());
        BOOST_TEST(!dmi.is_write_allowed());
        payload.set_address(0x3000);
        BOOST_TEST(!m.port->get_direct_mem_ptr(payload, dmi));
    };
    sc_core::sc_start();
}

BOOST_AUTO_TEST_CASE(a_withdrawn_grant_reaches_every_master_at_bus_addresses) {
    bench b;
    b.first.scenario = [&](auto&) { b.large.socket->invalidate_direct_mem_ptr(0x10, 0xffff); };
    sc_core::sc_start();
    const std::pair<std::uint64_t, std::uint64_t> expected{0x80000010, 0x800007ff};
    BOOST_TEST_REQUIRE(b.first.invalidated.size() == 1U);
    BOOST_TEST_REQUIRE(b.second.invalidated.size() == 1U);
    BOOST_TEST((b.first.invalidated.front() == expected));
    BOOST_TEST((b.second.invalidated.front() == expected));
}

BOOST_AUTO_TEST_CASE(debug_access_spans_targets_and_works_before_elaboration) {
    bench b;
    std::array<std::uint8_t, 0x20> data{};
    data.fill(7);
    BOOST_TEST(b.bus.debug_write(0x1ff0, data) == 0x20U);
    BOOST_TEST(b.low.bytes()[0xfff] == 7);
    BOOST_TEST(b.rom.bytes()[0xf] == 7);
    BOOST_TEST(b.bus.debug_write(0x20f8, data) == 8U);
    BOOST_TEST(b.bus.debug_write(0x5000, data) == 0U);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    data.fill(0);
    BOOST_TEST(b.bus.debug_read(0x1ff0, data) == 0x20U);
    BOOST_TEST(data[0x1f] == 7);
}

BOOST_AUTO_TEST_CASE(ranges_that_overlap_or_do_not_fit_are_refused_by_name) {
    address_map map;
    map.add("first", {0x1000, 0x1000}, target_index{0});
    BOOST_CHECK_EXCEPTION(map.add("second", {0x1fff, 2}, target_index{1}), std::invalid_argument,
                          message_has("second at 0x00001fff..0x00002000 overlaps first"));
    BOOST_CHECK_EXCEPTION(map.add("empty", {0x5000, 0}, target_index{1}), std::invalid_argument,
                          message_has("empty at 0x00005000 has 0 bytes"));
    BOOST_CHECK_EXCEPTION(map.add("beyond", {0xfffff000, 0x1001}, target_index{1}), std::invalid_argument,
                          message_has("leaves the address space"));
    map.add("top", {0xfffff000, 0x1000}, target_index{1});
    map.add("second", {0x2000, 1}, target_index{2});
    BOOST_TEST(map.entries().size() == 3U);
    BOOST_TEST(map.find(0x2000)->name == "second");
    BOOST_TEST(map.find(0x2001) == nullptr);
    BOOST_TEST(map.find(0xffffffff)->name == "top");
    BOOST_TEST(map.find(0) == nullptr);
}
