#define BOOST_TEST_MODULE register_file
#include "models/accelerator/register_file.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace eyeriss;
using register_map::access;

namespace {

/// Software's side of the registers, and what they refused.
class software {
public:
    software() {
        file.on_refusal(
            [this](std::uint32_t offset, const std::string& why) { refused.emplace_back(offset, why); });
    }

    tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t offset,
                                    std::span<std::uint8_t> bytes, unsigned streaming_width,
                                    std::uint8_t* enables = nullptr) {
        tlm::tlm_generic_payload t;
        t.set_command(command);
        t.set_address(offset);
        t.set_data_ptr(bytes.data());
        t.set_data_length(static_cast<unsigned>(bytes.size()));
        t.set_streaming_width(streaming_width);
        t.set_byte_enable_ptr(enables);
        t.set_byte_enable_length(enables == nullptr ? 0 : static_cast<unsigned>(bytes.size()));
        file.transport(t);
        return t.get_response_status();
    }
    std::pair<tlm::tlm_response_status, std::uint32_t> read(std::uint32_t offset) {
        std::array<std::uint8_t, 4> bytes{};
        const auto status = access(tlm::TLM_READ_COMMAND, offset, bytes, 4);
        std::uint32_t value = 0;
        std::memcpy(&value, bytes.data(), sizeof value);
        return {status, value};
    }
    tlm::tlm_response_status write(std::uint32_t offset, std::uint32_t value) {
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &value, sizeof value);
        return access(tlm::TLM_WRITE_COMMAND, offset, bytes, 4);
    }

    accelerator::register_file file;
    std::vector<std::pair<std::uint32_t, std::string>> refused;
};

constexpr std::array patterns{0xffffffffU, 0x0U, 0xa5a5a5a5U, 0x5a5a5a5aU};

}  // namespace

BOOST_AUTO_TEST_CASE(every_register_starts_with_its_reset_value) {
    software s;
    for (const auto& r : register_map::registers) {
        BOOST_TEST_CONTEXT(r.name) {
            const auto [status, value] = s.read(r.offset);
            BOOST_TEST(status == tlm::TLM_OK_RESPONSE);
            BOOST_TEST(value == (r.reset & ~register_map::bits_with(r, access::wo)));
        }
    }
    BOOST_TEST(s.refused.empty());
}

BOOST_AUTO_TEST_CASE(every_bit_obeys_the_access_that_the_table_states) {
    for (const auto& r : register_map::registers) {
        for (const std::uint32_t before : patterns) {
            for (const std::uint32_t written : patterns) {
                BOOST_TEST_CONTEXT(r.name << ": " << written << " over " << before) {
                    software s;
                    const auto name = static_cast<eyeriss_register>(r.offset);
                    s.file.set(name, before);
                    const auto status = s.write(r.offset, written);
                    if (r.mode == access::ro) {
                        BOOST_TEST(status == tlm::TLM_COMMAND_ERROR_RESPONSE);
                        BOOST_TEST(s.file.value(name) == before);
                        BOOST_TEST(s.refused.size() == 1U);
                        continue;
                    }
                    BOOST_TEST(status == tlm::TLM_OK_RESPONSE);
                    const std::uint32_t rw = register_map::bits_with(r, access::rw);
                    const std::uint32_t cleared = written & register_map::bits_with(r, access::w1c);
                    BOOST_TEST(s.file.value(name) == (((before & ~rw) | (written & rw)) & ~cleared));
                    BOOST_TEST(s.read(r.offset).second ==
                               (s.file.value(name) & ~register_map::bits_with(r, access::wo)));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(offsets_rise_by_words_and_fields_do_not_overlap) {
    std::uint32_t next = 0;
    for (const auto& r : register_map::registers) {
        BOOST_TEST_CONTEXT(r.name) {
            BOOST_TEST(r.offset % 4 == 0U);
            BOOST_TEST(r.offset >= next);
            BOOST_TEST(r.meaning.ends_with('.'));
            next = r.offset + 4;
            std::uint32_t taken = 0;
            for (const auto& f : register_map::fields) {
                if (f.offset != r.offset) continue;
                BOOST_TEST((taken & f.mask()) == 0U);
                BOOST_TEST(f.lsb + f.bits <= 32U);
                BOOST_TEST(f.meaning.ends_with('.'));
                taken |= f.mask();
            }
            if (taken != 0) BOOST_TEST((r.reset & ~taken) == 0U);
        }
    }
    BOOST_TEST(next <= EYERISS_REG_BYTES);
}

BOOST_AUTO_TEST_CASE(an_access_that_is_not_an_aligned_word_is_refused_and_reported) {
    software s;
    std::array<std::uint8_t, 8> bytes{};
    std::array<std::uint8_t, 4> enables{0xff, 0xff, 0xff, 0xff};
    const std::span<std::uint8_t> data(bytes);
    BOOST_TEST(s.access(tlm::TLM_READ_COMMAND, EYERISS_REG_CTRL, data.first(1), 1) ==
               tlm::TLM_BURST_ERROR_RESPONSE);
    BOOST_TEST(s.access(tlm::TLM_READ_COMMAND, EYERISS_REG_CTRL, data, 8) == tlm::TLM_BURST_ERROR_RESPONSE);
    BOOST_TEST(s.access(tlm::TLM_WRITE_COMMAND, EYERISS_REG_CTRL, data.first(4), 2) ==
               tlm::TLM_BURST_ERROR_RESPONSE);
    BOOST_TEST(s.access(tlm::TLM_READ_COMMAND, EYERISS_REG_CTRL, data.first(4), 4, enables.data()) ==
               tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    BOOST_TEST(s.access(tlm::TLM_READ_COMMAND, EYERISS_REG_CTRL + 2, data.first(4), 4) ==
               tlm::TLM_ADDRESS_ERROR_RESPONSE);
    BOOST_TEST(s.read(EYERISS_REG_BYTES - 4).first == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    BOOST_TEST(s.refused.size() == 6U);
    BOOST_TEST(s.refused.back().second == "read of an unknown register at offset 0xffc");
}

BOOST_AUTO_TEST_CASE(a_debugger_reads_without_changing_anything) {
    software s;
    std::array<std::uint8_t, 4> bytes{};
    s.file.set(EYERISS_REG_STATUS, EYERISS_STATUS_DONE);
    tlm::tlm_generic_payload t;
    t.set_command(tlm::TLM_READ_COMMAND);
    t.set_address(EYERISS_REG_STATUS);
    t.set_data_ptr(bytes.data());
    t.set_data_length(4);
    BOOST_TEST(s.file.transport_debug(t) == 4U);
    BOOST_TEST(bytes[0] == EYERISS_STATUS_DONE);
    t.set_command(tlm::TLM_WRITE_COMMAND);
    BOOST_TEST(s.file.transport_debug(t) == 0U);
    BOOST_TEST(s.file.value(EYERISS_REG_STATUS) == static_cast<unsigned>(EYERISS_STATUS_DONE));
}

BOOST_AUTO_TEST_CASE(a_write_reaches_its_callback_with_what_was_written) {
    software s;
    std::vector<std::uint32_t> seen;
    s.file.on_write(EYERISS_REG_CTRL, [&](std::uint32_t written) { seen.push_back(written); });
    s.write(EYERISS_REG_CTRL, EYERISS_CTRL_START | EYERISS_CTRL_IRQ_ENABLE_DONE);
    s.write(EYERISS_REG_IMAGE_BASE, 1);
    BOOST_TEST(seen == std::vector<std::uint32_t>{EYERISS_CTRL_START | EYERISS_CTRL_IRQ_ENABLE_DONE},
               boost::test_tools::per_element());
    BOOST_TEST(s.read(EYERISS_REG_CTRL).second == static_cast<unsigned>(EYERISS_CTRL_IRQ_ENABLE_DONE));
}
