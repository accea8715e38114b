#define BOOST_TEST_MODULE dram_address_mapping
#include "models/dram/address_mapping.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/models/dram/parts.h"

using namespace eyeriss;
using dram::address_mapping;
using dram::location;

BOOST_AUTO_TEST_CASE(roba_fills_a_row_and_roco_goes_round_the_banks) {
    const auto p = test::part("ddr4-2400r-x8");
    const address_mapping roba("roba", p, 1, 1), roco("roco", p, 1, 1);
    BOOST_TEST((roba.decode(64) == location{0, 0, 0, 0, 0, 1}));
    BOOST_TEST((roba.decode(8192) == location{0, 0, 1, 0, 0, 0}));
    BOOST_TEST((roba.decode(4 * 8192) == location{0, 0, 0, 1, 0, 0}));
    BOOST_TEST((roco.decode(64) == location{0, 0, 1, 0, 0, 0}));
    BOOST_TEST((roco.decode(256) == location{0, 0, 0, 1, 0, 0}));
    BOOST_TEST((roco.decode(1024) == location{0, 0, 0, 0, 0, 1}));
    BOOST_TEST(roba.capacity_bytes() == std::uint64_t{4} << 30U);
    const auto lp = test::part("lpddr4-3200-x16");
    const address_mapping pair("roco", lp, 1, 1);  // 64 bytes are two bursts there
    BOOST_TEST((pair.decode(32) == location{0, 0, 0, 0, 0, 1}));
    BOOST_TEST((pair.decode(64) == location{0, 0, 0, 1, 0, 0}));
}

BOOST_AUTO_TEST_CASE(decoding_and_encoding_are_inverse_for_any_list) {
    constexpr unsigned seed = 4;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    const auto p = test::part("ddr4-2400r-x8");
    for (const std::string text : {"roba", "roco", "channel,rank,row,bank,group,column",
                                   "row[14:3],column[6:2],bank[1]^row[5]^row[0],row[2:0],rank,group[1]^row[1]"
                                   ",channel,bank[0]^column[0],group[0],column[1:0]"}) {
        const address_mapping map(text, p, 4, 2);
        for (unsigned i = 0; i < 2'000; ++i) {
            const auto address = random() % map.capacity_bytes() / 64 * 64;
            BOOST_TEST(map.encode(map.decode(address)) == address, text);
        }
    }
    const address_mapping flipped("row,bank[1],bank[0]^row[0],group,column", p, 1, 1);
    BOOST_TEST(flipped.decode(1U << 17U).bank == 1U);  // row 1
    BOOST_TEST(flipped.decode(1U << 17U).row == 1U);
}

BOOST_AUTO_TEST_CASE(a_list_without_sense_is_refused_by_its_bit) {
    const auto p = test::part("ddr3-1600k-x8");
    const auto says = [&](const std::string& text, const std::string& expected) {
        BOOST_CHECK_EXCEPTION(address_mapping(text, p, 1, 1), std::invalid_argument, [&](const auto& e) {
            BOOST_TEST(std::string(e.what()) == "mapping: " + expected);
            return true;
        });
    };
    says("row,bank", "column[0] is missing; expects each bit once");
    says("row,bank,column,bank[1]", "bank[1] appears twice; expects each bit once");
    says("row,bank,colum",
         "'colum' expects channel, rank, group, bank, row or column, with [bit] or [high:low]");
    says("row,bank[3:0],column", "'bank[3:0]' expects bits of bank from 2 down to 0");
    says("row,bank[2:0,column", "'bank[2:0' expects a closing ]");
    says("row,bank^row[0],column", "'bank^row[0]' expects single bits around ^, as in bank[0]^row[0]");
    says("row,bank[2]^row[0],bank[1]^bank[2],bank[0],column",
         "bank[1] is XORed with a bit that is XORed itself; expects plain bits after ^");
}
