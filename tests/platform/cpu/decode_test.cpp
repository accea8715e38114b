#define BOOST_TEST_MODULE decode
#include "platform/cpu/decode.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "platform/elf.h"

using namespace eyeriss::platform;

namespace {

using halves = std::vector<std::uint16_t>;

// The assembler's list of compressed instructions and that of their full forms, each ended by 0xffff 0xffff.
struct both_lists {
    std::vector<instruction> compressed, full;
};

halves text_of(const elf_program& program) {
    halves out;
    const auto& data = program.segments.front().data;
    for (std::size_t i = 0; i + 2 <= data.size(); i += 2) {
        out.push_back(static_cast<std::uint16_t>(data[i] | data[i + 1] << 8));
    }
    return out;
}

std::vector<instruction> decode_list(const halves& text, std::size_t& at) {
    std::vector<instruction> list;
    while (at + 1 < text.size() && !(text[at] == 0xffff && text[at + 1] == 0xffff)) {
        list.push_back(decode(text[at] | std::uint32_t{text[at + 1]} << 16));
        at += list.back().length / 2;
    }
    at += 2;
    return list;
}

both_lists assembled() {
    const auto program = read_elf(std::string(EYERISS_FIRMWARE_DIR) + "/test_compressed.elf");
    const halves text = text_of(program);
    std::size_t at = 0;
    both_lists lists;
    lists.compressed = decode_list(text, at);
    lists.full = decode_list(text, at);
    return lists;
}

}  // namespace

BOOST_AUTO_TEST_CASE(compressed_instructions_decode_as_what_the_assembler_says_they_stand_for) {
    const auto [compressed, full] = assembled();
    BOOST_TEST_REQUIRE(compressed.size() == full.size());
    BOOST_TEST_REQUIRE(compressed.size() > 50U);
    for (std::size_t i = 0; i < full.size(); ++i) {
        instruction expected = full[i];
        BOOST_TEST(expected.length == 4);
        expected.length = 2;
        BOOST_TEST((compressed[i] == expected), "instruction " << i << " of the list");
    }
}

BOOST_AUTO_TEST_CASE(fields_and_immediates_are_taken_apart) {
    // assembled by hand from the tables of the ISA manual
    BOOST_TEST((decode(0xfff10093) == instruction{operation::addi, 1, 2, 31, 4, -1}));
    BOOST_TEST((decode(0x80000fb7) == instruction{operation::lui, 31, 0, 0, 4, INT32_MIN}));
    BOOST_TEST((decode(0xfe20ae23) == instruction{operation::sw, 0, 1, 2, 4, -4}));
    BOOST_TEST((decode(0xfe208ee3) == instruction{operation::beq, 0, 1, 2, 4, -4}));
    BOOST_TEST((decode(0x8000006f).imm == -1048576));
    BOOST_TEST((decode(0x34129073) == instruction{operation::csrrw, 0, 5, 1, 4, 0x341}));
}

BOOST_AUTO_TEST_CASE(codes_without_meaning_are_illegal_and_keep_their_bits) {
    for (const std::uint32_t bits : {0xffffffffU, 0x00000007U, 0x02001013U, 0x0000707bU, 0x10000073U}) {
        BOOST_TEST((decode(bits).op == operation::illegal));
        BOOST_TEST(static_cast<std::uint32_t>(decode(bits).imm) == bits);
    }
    // compressed: all zero, reserved c.addi4spn, c.lui 0, c.lwsp x0, c.jr x0, shifts by 32 and more, subw
    for (const std::uint32_t bits :
         {0x0000U, 0x6081U, 0x4002U, 0x8002U, 0x9001U, 0x1002U, 0x9c01U, 0x2000U}) {
        BOOST_TEST((decode(bits).op == operation::illegal), "half word " << bits);
        BOOST_TEST(decode(bits).length == 2);
    }
}
