#include <array>

#include "tests/platform/qemu/program_writer.h"

namespace eyeriss::test {

namespace {

using u32 = std::uint32_t;

// Sets a base register so that base + offset is in the scratch area; returns the register.
u32 point_to_scratch(program_writer& out, u32 offset) {
    const u32 reg = out.base();
    out.load_constant(reg, out.scratch_address() - offset);
    return reg;
}

void add_load(program_writer& out) {
    constexpr std::array<u32, 5> widths{0, 1, 2, 4, 5};
    const u32 offset = out.random(4096) - 2048, reg = point_to_scratch(out, offset);
    out.test(encode::i_type(0x03 | widths.at(out.random(5)) << 12, out.target(), reg, offset), 4);
}

void add_store(program_writer& out) {
    const u32 offset = out.random(4096) - 2048, reg = point_to_scratch(out, offset);
    out.test(encode::s_type(0x23 | out.random(3) << 12, reg, out.source(), offset), 4);
}

void add_branch(program_writer& out) {
    constexpr std::array<u32, 6> conditions{0, 1, 4, 5, 6, 7};
    const u32 condition = conditions.at(out.random(6)), a = out.source(),
              b = out.random(4) == 0 ? a : out.source();
    out.refresh(a);
    out.transfer(4, [&](u32 offset) { return encode::branch(condition, a, b, offset); });
}

void add_jalr(program_writer& out) {
    const u32 reg = out.base(), rd = out.target(), offset = out.random(4096) - 2048;
    const u32 goal = out.here() + 8 + 4 + 4;
    out.load_constant(reg, goal - offset + out.random(2));  // an odd target loses its lowest bit
    out.put(encode::i_type(0x67, rd, reg, offset), 4);
    out.dump("not jumped");
    out.dump("jumped");
}

void add_register_arithmetic(program_writer& out) {
    constexpr std::array<u32, 10> functions{0x0000, 0x40000000, 0x1000,     0x2000, 0x3000,
                                            0x4000, 0x5000,     0x40005000, 0x6000, 0x7000};
    const u32 a = out.source(), b = out.source();
    out.refresh(a);
    out.refresh(b);
    out.test(encode::r_type(0x33 | functions.at(out.random(10)), out.target(), a, b), 4);
}

void add_immediate_arithmetic(program_writer& out) {
    const u32 function = out.random(8), a = out.source();
    u32 immediate = out.random(4096);
    if (function == 1 || function == 5) {
        immediate = (immediate & 31U) | (function == 5 && out.random(2) == 0 ? 0x400U : 0U);
    }
    out.refresh(a);
    out.test(encode::i_type(0x13 | function << 12, out.target(), a, immediate), 4);
}

}  // namespace

void add_integer(program_writer& out) {
    switch (out.random(16)) {
        case 0:
            return out.test(encode::lui(out.target(), out.random_bits()), 4);
        case 1:
            return out.test((out.random_bits() & 0xfffff000U) | out.target() << 7 | 0x17U, 4);
        case 2: {
            const u32 rd = out.target();
            return out.transfer(4, [&](u32 offset) { return encode::jal(rd, offset); });
        }
        case 3:
            return add_jalr(out);
        case 4:
        case 5:
        case 6:
            return add_branch(out);
        case 7:
        case 8:
            return add_load(out);
        case 9:
        case 10:
            return add_store(out);
        case 11:
            return out.test(0x0ff0000fU, 4);  // fence
        case 12:
        case 13:
            return add_immediate_arithmetic(out);
        default:
            return add_register_arithmetic(out);
    }
}

void add_multiplication(program_writer& out) {
    const u32 a = out.source(), b = out.source();
    out.refresh(a);
    out.refresh(b);
    out.test(encode::r_type(0x02000033 | out.random(8) << 12, out.target(), a, b), 4);
}

// lr.w is mostly followed by a sc.w, now and then to another word or after a store.
void add_atomic(program_writer& out) {
    constexpr std::array<u32, 9> functions{0x00, 0x01, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x18, 0x1c};
    const u32 order = out.random(4) << 25;
    const u32 reg = out.base();
    const u32 place = out.scratch_address() & ~3U;
    const auto amo = [&](u32 function, u32 rd, u32 rs2) {
        return encode::r_type(0x202fU | order | function << 27, rd, reg, rs2);
    };
    out.load_constant(reg, place);
    if (out.random(4) != 0) {
        const u32 source = out.source();
        out.refresh(source == reg ? 0 : source);
        return out.test(amo(functions.at(out.random(9)), out.target(), source), 4);
    }
    u32 read = out.target();
    while (read == reg) {
        read = out.target();
    }
    out.test(amo(2, read, 0), 4);
    switch (out.random(6)) {
        case 0:
            out.word(encode::s_type(0x2023, reg, out.source(), 0));
            break;
        case 1:
            out.load_constant(reg, place ^ 4U);
            break;
        default:
            break;
    }
    out.test(amo(3, out.target(), out.source()), 4);
    out.count_one();
}

}  // namespace eyeriss::test
