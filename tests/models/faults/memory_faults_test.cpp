#define BOOST_TEST_MODULE memory_faults
#include "models/dram/memory_faults.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "models/dram/memory_access.h"

namespace eyeriss::dram {
namespace {

/// A memory of two blocks under faults, and accesses to it.
struct bench {
    explicit bench(bool ecc) : memory(8192, 0x5a), faults(memory, ecc) {}

    tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address,
                                    std::span<std::uint8_t> data) {
        tlm::tlm_generic_payload t;
        t.set_command(command);
        t.set_address(address);
        t.set_data_ptr(data.data());
        t.set_data_length(static_cast<unsigned>(data.size()));
        t.set_streaming_width(static_cast<unsigned>(data.size()));
        if (faults.admit(t)) static_cast<void>(dram::access(t, memory, memory_rights::read_write));
        return t.get_response_status();
    }
    tlm::tlm_response_status read(std::uint64_t address) {
        return access(tlm::TLM_READ_COMMAND, address, word);
    }

    std::vector<std::uint8_t> memory;
    memory_faults faults;
    std::array<std::uint8_t, 8> word{};
};

}  // namespace

BOOST_AUTO_TEST_CASE(without_check_bits_a_flip_is_read_as_it_is) {
    bench b(false);
    b.faults.flip(16, 1);
    BOOST_TEST(b.read(16) == tlm::TLM_OK_RESPONSE);
    BOOST_TEST(b.word[0] == 0x58);
    BOOST_TEST(b.faults.corrected() == 0U);
}

BOOST_AUTO_TEST_CASE(one_wrong_bit_is_corrected_once_and_counted) {
    bench b(true);
    for (unsigned bit = 0; bit < 72; ++bit) {
        b.faults.flip(24, bit);
        BOOST_TEST(b.read(24) == tlm::TLM_OK_RESPONSE);
        BOOST_TEST(b.word[bit % 64 / 8] == 0x5a);
        BOOST_TEST(b.read(24) == tlm::TLM_OK_RESPONSE);
    }
    BOOST_TEST(b.faults.corrected() == 72U);
    BOOST_TEST(b.faults.uncorrectable() == 0U);
}

BOOST_AUTO_TEST_CASE(two_wrong_bits_are_signalled_until_the_word_is_written) {
    bench b(true);
    b.faults.flip(32, 0);
    b.faults.flip(32, 63);
    BOOST_TEST(b.read(32) == tlm::TLM_GENERIC_ERROR_RESPONSE);
    std::array<std::uint8_t, 4> half{};
    BOOST_TEST(b.access(tlm::TLM_WRITE_COMMAND, 32, half) == tlm::TLM_GENERIC_ERROR_RESPONSE);
    BOOST_TEST(b.read(40) == tlm::TLM_OK_RESPONSE);
    std::array<std::uint8_t, 8> whole{1, 2, 3, 4, 5, 6, 7, 8};
    BOOST_TEST(b.access(tlm::TLM_WRITE_COMMAND, 32, whole) == tlm::TLM_OK_RESPONSE);
    BOOST_TEST(b.read(32) == tlm::TLM_OK_RESPONSE);
    BOOST_TEST(b.word == whole);
}

BOOST_AUTO_TEST_CASE(accesses_fail_by_address_and_by_number) {
    bench b(false);
    b.faults.fail(64, 1);
    BOOST_TEST(b.read(56) == tlm::TLM_OK_RESPONSE);
    BOOST_TEST(b.read(64) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    BOOST_TEST(b.read(64) == tlm::TLM_OK_RESPONSE);
    b.faults.fail({}, 2, 3);
    BOOST_TEST(b.read(0) == tlm::TLM_OK_RESPONSE);
    BOOST_TEST(b.read(8) == tlm::TLM_OK_RESPONSE);
    BOOST_TEST(b.read(16) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    BOOST_TEST(b.read(24) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    BOOST_TEST(b.read(32) == tlm::TLM_OK_RESPONSE);
}

BOOST_AUTO_TEST_CASE(direct_access_ends_before_the_block_of_a_wrong_word) {
    bench b(true);
    std::uint64_t withdrawn = 0;
    b.faults.on_withdrawal([&](std::uint64_t first, std::uint64_t) { withdrawn = first; });
    b.faults.flip(5000, 3);
    BOOST_TEST(withdrawn == 4096U);
    tlm::tlm_dmi dmi;
    grant(dmi, b.memory, memory_rights::read_write, sc_core::SC_ZERO_TIME);
    BOOST_TEST(b.faults.limit(dmi, 100));
    BOOST_TEST(dmi.get_end_address() == 4095U);
    grant(dmi, b.memory, memory_rights::read_write, sc_core::SC_ZERO_TIME);
    BOOST_TEST(!b.faults.limit(dmi, 4200));
    BOOST_TEST(b.read(5000) == tlm::TLM_OK_RESPONSE);
    grant(dmi, b.memory, memory_rights::read_write, sc_core::SC_ZERO_TIME);
    BOOST_TEST(b.faults.limit(dmi, 4200));
    BOOST_TEST(dmi.get_end_address() == 8191U);
}

}  // namespace eyeriss::dram
