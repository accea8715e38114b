#include "tests/platform/qemu/program_writer.h"

namespace eyeriss::test {

namespace {

using u32 = std::uint32_t;

constexpr u32 bits_of(u32 half, unsigned from, unsigned width) {
    return half >> from & ((1U << width) - 1U);
}

/// What the generator needs to know of a random half-word, by the tables of the C extension.
struct half_word {
    u32 bits;
    [[nodiscard]] u32 quadrant() const { return bits & 3U; }
    [[nodiscard]] u32 function() const { return bits_of(bits, 13, 3); }
    [[nodiscard]] u32 full_register() const { return bits_of(bits, 7, 5); }
    [[nodiscard]] u32 second_register() const { return bits_of(bits, 2, 5); }
    [[nodiscard]] bool bit_12() const { return bits_of(bits, 12, 1) != 0; }
    [[nodiscard]] bool is(u32 q, u32 f) const { return quadrant() == q && function() == f; }
};

// Reserved codes, floating point, c.ebreak, and control transfers, which are made apart.
bool is_plain(const half_word& h) {
    switch (h.quadrant() << 3 | h.function()) {
        case 0 << 3 | 0:
            return bits_of(h.bits, 5, 8) != 0;
        case 0 << 3 | 2:
        case 0 << 3 | 6:
        case 1 << 3 | 0:
        case 1 << 3 | 2:
        case 2 << 3 | 6:
            return true;
        case 1 << 3 | 3:
            return h.bit_12() || h.second_register() != 0;
        case 1 << 3 | 4:
            return !h.bit_12() || bits_of(h.bits, 10, 2) == 2;
        case 2 << 3 | 0:
            return !h.bit_12();
        case 2 << 3 | 2:
            return h.full_register() != 0;
        case 2 << 3 | 4:
            return h.second_register() != 0;
        default:
            return false;
    }
}

bool writes_full_register(const half_word& h) {
    return (h.quadrant() == 1 && (h.function() == 0 || h.function() == 2 || h.function() == 3)) ||
           (h.quadrant() == 2 && h.function() != 6);
}

// c.lw and c.sw have a base among x8 to x15, c.lwsp and c.swsp the stack pointer.
void prepare_memory(program_writer& out, const half_word& h) {
    u32 offset = 0, base = 2;
    if (h.quadrant() == 0) {
        base = 8 + bits_of(h.bits, 7, 3);
        offset = bits_of(h.bits, 6, 1) << 2 | bits_of(h.bits, 10, 3) << 3 | bits_of(h.bits, 5, 1) << 6;
    } else if (h.function() == 2) {
        offset = bits_of(h.bits, 4, 3) << 2 | bits_of(h.bits, 12, 1) << 5 | bits_of(h.bits, 2, 2) << 6;
    } else {
        offset = bits_of(h.bits, 9, 4) << 2 | bits_of(h.bits, 7, 2) << 6;
    }
    out.load_constant(base, out.scratch_address() - offset);
}

constexpr u32 jump_offset(u32 offset) {
    return bits_of(offset, 1, 3) << 3 | bits_of(offset, 4, 1) << 11 | bits_of(offset, 5, 1) << 2 |
           bits_of(offset, 6, 1) << 7 | bits_of(offset, 7, 1) << 6 | bits_of(offset, 8, 2) << 9 |
           bits_of(offset, 10, 1) << 8 | bits_of(offset, 11, 1) << 12;
}

constexpr u32 branch_offset(u32 offset) {
    return bits_of(offset, 1, 2) << 3 | bits_of(offset, 3, 2) << 10 | bits_of(offset, 5, 1) << 2 |
           bits_of(offset, 6, 2) << 5 | bits_of(offset, 8, 1) << 12;
}

// c.j, c.jal, c.beqz, c.bnez.
void add_transfer(program_writer& out) {
    const u32 kind = out.random(4);
    if (kind < 2) {
        const u32 code = kind == 0 ? 0xa001U : 0x2001U;
        return out.transfer(2, [&](u32 offset) { return code | jump_offset(offset); });
    }
    const u32 code = kind == 2 ? 0xc001U : 0xe001U, reg = out.random(8);
    if (out.random(2) == 0) {
        out.load_constant(8 + reg, 0);
    }
    out.transfer(2, [&](u32 offset) { return code | reg << 7 | branch_offset(offset); });
}

// c.jr, c.jalr.
void add_register_jump(program_writer& out) {
    const u32 reg = out.base();
    out.load_constant(reg, out.here() + 8 + 2 + 4);
    out.put((out.random(2) == 0 ? 0x8002U : 0x9002U) | reg << 7, 2);
    out.dump("not jumped");
    out.dump("jumped");
}

}  // namespace

void add_compressed(program_writer& out) {
    const u32 kind = out.random(8);
    if (kind == 0) {
        return add_transfer(out);
    }
    if (kind == 1) {
        return add_register_jump(out);
    }
    half_word h{out.random(0x10000)};
    while (!is_plain(h) || (writes_full_register(h) && out.reserved(h.full_register()))) {
        h.bits = out.random(0x10000);
    }
    const bool memory = h.is(0, 2) || h.is(0, 6) || h.is(2, 2) || h.is(2, 6);
    if (memory) {
        prepare_memory(out, h);
    }
    out.test(h.bits, 2);
}

}  // namespace eyeriss::test
