#define BOOST_TEST_MODULE arithmetic
#include <boost/test/unit_test.hpp>
#include <functional>
#include <random>
#include <vector>

#include "tests/platform/image_bench.h"

using namespace eyeriss;

namespace {

using i32 = std::int32_t;
using u32 = std::uint32_t;
using i64 = std::int64_t;
using u64 = std::uint64_t;

constexpr u32 code_at = 0x80000000, data_at = 0x84000000;

struct case_kind {
    const char* name;
    u32 bits;                                   // of "op x7, x5, x6"
    bool immediate;                             // the second operand stands in the instruction
    std::function<i64(i64 a, i64 b)> expected;  // on sign-extended words, taken modulo 2^32
};

u64 low_word(i64 value) {
    return static_cast<u32>(value);
}

constexpr u32 registers = 7U << 7 | 5U << 15 | 6U << 20;
constexpr u32 one_register = 7U << 7 | 5U << 15;

const std::vector<case_kind>& kinds() {
    static const std::vector<case_kind> all{
        {"add", registers | 0x33, false, [](i64 a, i64 b) { return a + b; }},
        {"sub", registers | 0x40000033, false, [](i64 a, i64 b) { return a - b; }},
        {"sll", registers | 0x1033, false,
         [](i64 a, i64 b) { return static_cast<i64>(low_word(a) << (b & 31)); }},
        {"slt", registers | 0x2033, false, [](i64 a, i64 b) { return a < b; }},
        {"sltu", registers | 0x3033, false, [](i64 a, i64 b) { return low_word(a) < low_word(b); }},
        {"xor", registers | 0x4033, false, [](i64 a, i64 b) { return a ^ b; }},
        {"srl", registers | 0x5033, false,
         [](i64 a, i64 b) { return static_cast<i64>(low_word(a) >> (b & 31)); }},
        {"sra", registers | 0x40005033, false, [](i64 a, i64 b) { return a >> (b & 31); }},
        {"or", registers | 0x6033, false, [](i64 a, i64 b) { return a | b; }},
        {"and", registers | 0x7033, false, [](i64 a, i64 b) { return a & b; }},
        {"mul", registers | 0x02000033, false, [](i64 a, i64 b) { return a * b; }},
        {"mulh", registers | 0x02001033, false, [](i64 a, i64 b) { return (a * b) >> 32; }},
        {"mulhsu", registers | 0x02002033, false,
         [](i64 a, i64 b) { return (a * static_cast<i64>(low_word(b))) >> 32; }},
        {"mulhu", registers | 0x02003033, false,
         [](i64 a, i64 b) { return static_cast<i64>((low_word(a) * low_word(b)) >> 32); }},
        {"div", registers | 0x02004033, false, [](i64 a, i64 b) { return b == 0 ? -1 : a / b; }},
        {"divu", registers | 0x02005033, false,
         [](i64 a, i64 b) { return b == 0 ? -1 : static_cast<i64>(low_word(a) / low_word(b)); }},
        {"rem", registers | 0x02006033, false, [](i64 a, i64 b) { return b == 0 ? a : a % b; }},
        {"remu", registers | 0x02007033, false,
         [](i64 a, i64 b) { return b == 0 ? a : static_cast<i64>(low_word(a) % low_word(b)); }},
        {"addi", one_register | 0x13, true, [](i64 a, i64 b) { return a + b; }},
        {"slti", one_register | 0x2013, true, [](i64 a, i64 b) { return a < b; }},
        {"sltiu", one_register | 0x3013, true, [](i64 a, i64 b) { return low_word(a) < low_word(b); }},
        {"xori", one_register | 0x4013, true, [](i64 a, i64 b) { return a ^ b; }},
        {"ori", one_register | 0x6013, true, [](i64 a, i64 b) { return a | b; }},
        {"andi", one_register | 0x7013, true, [](i64 a, i64 b) { return a & b; }},
    };
    return all;
}

struct operation_case {
    const case_kind* kind;
    i32 a, b;
};

std::vector<operation_case> random_cases(unsigned seed, unsigned count) {
    std::mt19937 random(seed);
    constexpr i32 corners[] = {0, 1, -1, INT32_MIN, INT32_MAX, 31, 32, -2048, 2047};
    const auto operand = [&] {
        return random() % 3 == 0 ? corners[random() % std::size(corners)] : static_cast<i32>(random());
    };
    std::vector<operation_case> cases;
    for (unsigned i = 0; i < count; ++i) {
        const auto& kind = kinds()[i % kinds().size()];
        const i32 b = operand();
        cases.push_back({&kind, operand(), kind.immediate ? b % 2048 : b});
    }
    return cases;
}

// lw x5, 0(x8); lw x6, 4(x8); op; sw x7, 8(x8); addi x8, x8, 12 for each case, then the finisher.
std::vector<u32> program_for(const std::vector<operation_case>& cases) {
    std::vector<u32> code{data_at | 0x437};  // lui x8
    for (const auto& c : cases) {
        const u32 immediate = c.kind->immediate ? static_cast<u32>(c.b) << 20 : 0;
        code.insert(code.end(), {0x00042283, 0x00442303, c.kind->bits | immediate, 0x00742423, 0x00c40413});
    }
    code.insert(code.end(), {0x001004b7, 0x00005537, 0x55550513, 0x00a4a023});  // 0x5555 to 0x100000
    return code;
}

}  // namespace

BOOST_AUTO_TEST_CASE(computing_instructions_agree_with_64_bit_arithmetic_on_random_operands) {
    constexpr unsigned seed = 20240607, count = 24 * 400;
    BOOST_TEST_MESSAGE("seed " << seed);
    const auto cases = random_cases(seed, count);
    test::image_bench bench("");
    auto code = program_for(cases);
    bench.soc.write_memory(code_at, {reinterpret_cast<std::uint8_t*>(code.data()), code.size() * 4});
    std::vector<u32> data;
    for (const auto& c : cases) {
        data.insert(data.end(), {static_cast<u32>(c.a), static_cast<u32>(c.b), 0xaaaaaaaaU});
    }
    const std::span bytes(reinterpret_cast<std::uint8_t*>(data.data()), data.size() * 4);
    bench.soc.write_memory(data_at, bytes);
    BOOST_TEST_REQUIRE(bench.run(10).exit_code.value_or(-1) == 0);
    bench.soc.read_memory(data_at, bytes);
    for (unsigned i = 0; i < count; ++i) {
        const auto& c = cases[i];
        const auto expected = static_cast<u32>(c.kind->expected(c.a, c.b));
        BOOST_TEST(data[3 * i + 2] == expected, c.kind->name << "(" << c.a << ", " << c.b << ")");
    }
}
