#define BOOST_TEST_MODULE pmp
#include "platform/cpu/pmp.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <random>

#include "platform/cpu/reservations.h"

using namespace eyeriss::platform;

namespace {

struct plain_region {
    std::uint32_t configuration = 0, address = 0;
};

// Byte by byte, as the specification tells it.
bool holds(const std::array<plain_region, pmp::regions>& all, unsigned index, std::uint64_t byte) {
    const std::uint64_t own = std::uint64_t{all.at(index).address} * 4;
    const std::uint64_t below = index == 0 ? 0 : std::uint64_t{all.at(index - 1).address} * 4;
    switch (all.at(index).configuration >> 3 & 3U) {
        case 1:
            return byte >= below && byte < own;
        case 2:
            return byte / 4 == own / 4;
        case 3: {
            std::uint64_t bytes = 8;
            for (std::uint32_t bits = all.at(index).address; (bits & 1U) != 0; bits >>= 1) {
                bytes *= 2;
            }
            return byte / bytes == own / bytes;
        }
        default:
            return false;
    }
}

bool plainly_allowed(const std::array<plain_region, pmp::regions>& all, std::uint32_t at, std::uint32_t bytes,
                     access_kind kind, privilege mode) {
    for (unsigned i = 0; i < pmp::regions; ++i) {
        unsigned inside = 0;
        for (std::uint32_t n = 0; n < bytes; ++n) {
            inside += holds(all, i, std::uint64_t{at} + n) ? 1 : 0;
        }
        if (inside != 0) {
            const bool free = mode == privilege::machine && (all.at(i).configuration & 0x80U) == 0;
            const bool permitted = (all.at(i).configuration & static_cast<std::uint32_t>(kind)) != 0;
            return inside == bytes && (free || permitted);
        }
    }
    return mode == privilege::machine;
}

std::uint32_t random_configuration(std::mt19937& random) {
    const std::uint32_t bits = random() & (random() % 4 == 0 ? 0x9fU : 0x1fU);
    return (bits & 3U) == 2 ? bits | 1U : bits;
}

}  // namespace

BOOST_AUTO_TEST_CASE(accesses_are_allowed_as_the_specification_says_byte_by_byte) {
    constexpr unsigned seed = 20261121;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    unsigned allowed = 0, refused = 0;
    for (unsigned round = 0; round < 300; ++round) {
        pmp under_test;
        std::array<plain_region, pmp::regions> plain;
        for (unsigned i = 0; i < pmp::regions; ++i) {
            const std::uint32_t ones = (1U << random() % 6) - 1;
            plain.at(i).configuration = random_configuration(random);
            plain.at(i).address = (0x20000000U + static_cast<std::uint32_t>(random() % 64)) | ones;
            under_test.set_address(i, plain.at(i).address);
        }
        for (unsigned word = 0; word < 4; ++word) {
            std::uint32_t value = 0;
            for (unsigned i = 0; i < 4; ++i) {
                value |= plain.at(4 * word + i).configuration << (8 * i);
            }
            under_test.set_configuration(word, value);
        }
        for (unsigned n = 0; n < 200; ++n) {
            const std::uint32_t at = 0x80000000U + random() % 300 - 16, bytes = 1U << random() % 3;
            const auto kind = static_cast<access_kind>(1U << random() % 3);
            const auto mode = random() % 2 == 0 ? privilege::user : privilege::machine;
            const bool expected = plainly_allowed(plain, at, bytes, kind, mode);
            BOOST_TEST(under_test.allows(at, bytes, kind, mode) == expected);
            (expected ? allowed : refused) += 1;
        }
    }
    BOOST_TEST(allowed > 10000U);
    BOOST_TEST(refused > 10000U);
}

BOOST_AUTO_TEST_CASE(windows_end_where_another_region_decides) {
    pmp under_test;
    under_test.set_address(0, 0x20000000U | 0x1ffU);  // 4 KiB from 0x80000000
    under_test.set_configuration(0, 0x19);
    const auto inside = under_test.around(0x80000800, privilege::user);
    BOOST_TEST(inside.first == 0x80000000U);
    BOOST_TEST(inside.last == 0x80000fffU);
    BOOST_TEST(inside.allows(access_kind::read));
    BOOST_TEST(!inside.allows(access_kind::write));
    const auto above = under_test.around(0x80001000, privilege::user);
    BOOST_TEST(above.first == 0x80001000U);
    BOOST_TEST(above.last == 0xffffffffU);
    BOOST_TEST(!above.allows(access_kind::read));
    BOOST_TEST(under_test.around(0x80001000, privilege::machine).allows(access_kind::execute));
}

BOOST_AUTO_TEST_CASE(a_store_breaks_the_reservations_of_the_others_on_its_word) {
    reservations table(3);
    table.hold(0, 0x1000);
    table.hold(1, 0x1000);
    table.hold(2, 0x1004);
    BOOST_TEST(table.others(0));
    table.stored(0, 0x1003, 1);
    BOOST_TEST(table.holds(0, 0x1000));
    BOOST_TEST(!table.holds(1, 0x1000));
    BOOST_TEST(table.holds(2, 0x1004));
    table.stored(0, 0x1002, 4);  // misaligned, over both
    BOOST_TEST(!table.holds(2, 0x1004));
    BOOST_TEST(!table.others(0));
}
