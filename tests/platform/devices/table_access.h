#pragma once

#include <boost/test/unit_test.hpp>

#include "models/abi/peripheral_table.h"
#include "tests/platform/tlm_master.h"

namespace eyeriss::test {

/// Holds each register of a device that has just been reset against its table: reset value, the directions
/// that it takes, which bits software can change, and that nothing but aligned words hits it.
inline void check_table(tlm_master& m, const register_map::peripheral_info& map) {
    using register_map::access;
    std::uint32_t end = 0;
    for (const auto& r : map.registers) {
        BOOST_TEST_CONTEXT(map.name << "." << r.name) {
            BOOST_TEST(r.offset % 4 == 0U);
            BOOST_TEST(r.offset >= end);
            end = r.offset + 4;
            const std::uint32_t hidden = bits_with(r, access::wo, map.fields);
            BOOST_TEST(m.read<std::uint32_t>(r.offset) == (r.reset & ~hidden));
            BOOST_TEST(m.write(r.offset, std::uint16_t{0}) == tlm::TLM_BURST_ERROR_RESPONSE);
            BOOST_TEST(m.write(r.offset + 1, std::uint8_t{0}) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
            const auto written = m.write(r.offset, 0U);
            BOOST_TEST(written ==
                       (r.mode == access::ro ? tlm::TLM_COMMAND_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE));
        }
    }
    for (const auto& r : map.registers) {
        const std::uint32_t kept = bits_with(r, access::rw, map.fields);
        if (kept == 0) {
            continue;
        }
        BOOST_TEST_CONTEXT(map.name << "." << r.name) {
            for (const std::uint32_t pattern : {0xffffffffU, 0xa5a5a5a4U, 0U}) {
                BOOST_TEST(m.write(r.offset, pattern) == tlm::TLM_OK_RESPONSE);
                BOOST_TEST(m.read<std::uint32_t>(r.offset) == ((r.reset & ~kept) | (pattern & kept)));
            }
        }
    }
    BOOST_TEST(m.read<std::uint32_t>(end, 7U) == 7U);
    BOOST_TEST(m.write(end, 0U) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

}  // namespace eyeriss::test
