#include "platform/cpu/decode.h"

#include <algorithm>
#include <array>

namespace eyeriss::platform {

namespace {

enum class format : std::uint8_t { none, r, i, shift, s, b, u, j, csr };

struct pattern {
    std::uint32_t mask, match;
    operation op;
    format fields;
};

constexpr std::uint32_t by_opcode = 0x7f, by_funct3 = 0x707f, by_funct7 = 0xfe00707f, by_amo = 0xf800707f,
                        whole = 0xffffffff;

constexpr std::array patterns{
    pattern{by_opcode, 0x37, operation::lui, format::u},
    pattern{by_opcode, 0x17, operation::auipc, format::u},
    pattern{by_opcode, 0x6f, operation::jal, format::j},
    pattern{by_funct3, 0x67, operation::jalr, format::i},
    pattern{by_funct3, 0x0063, operation::beq, format::b},
    pattern{by_funct3, 0x1063, operation::bne, format::b},
    pattern{by_funct3, 0x4063, operation::blt, format::b},
    pattern{by_funct3, 0x5063, operation::bge, format::b},
    pattern{by_funct3, 0x6063, operation::bltu, format::b},
    pattern{by_funct3, 0x7063, operation::bgeu, format::b},
    pattern{by_funct3, 0x0003, operation::lb, format::i},
    pattern{by_funct3, 0x1003, operation::lh, format::i},
    pattern{by_funct3, 0x2003, operation::lw, format::i},
    pattern{by_funct3, 0x4003, operation::lbu, format::i},
    pattern{by_funct3, 0x5003, operation::lhu, format::i},
    pattern{by_funct3, 0x0023, operation::sb, format::s},
    pattern{by_funct3, 0x1023, operation::sh, format::s},
    pattern{by_funct3, 0x2023, operation::sw, format::s},
    pattern{by_funct3, 0x0013, operation::addi, format::i},
    pattern{by_funct3, 0x2013, operation::slti, format::i},
    pattern{by_funct3, 0x3013, operation::sltiu, format::i},
    pattern{by_funct3, 0x4013, operation::xori, format::i},
    pattern{by_funct3, 0x6013, operation::ori, format::i},
    pattern{by_funct3, 0x7013, operation::andi, format::i},
    pattern{by_funct7, 0x00001013, operation::slli, format::shift},
    pattern{by_funct7, 0x00005013, operation::srli, format::shift},
    pattern{by_funct7, 0x40005013, operation::srai, format::shift},
    pattern{by_funct7, 0x00000033, operation::add, format::r},
    pattern{by_funct7, 0x40000033, operation::sub, format::r},
    pattern{by_funct7, 0x00001033, operation::sll, format::r},
    pattern{by_funct7, 0x00002033, operation::slt, format::r},
    pattern{by_funct7, 0x00003033, operation::sltu, format::r},
    pattern{by_funct7, 0x00004033, operation::xor_, format::r},
    pattern{by_funct7, 0x00005033, operation::srl, format::r},
    pattern{by_funct7, 0x40005033, operation::sra, format::r},
    pattern{by_funct7, 0x00006033, operation::or_, format::r},
    pattern{by_funct7, 0x00007033, operation::and_, format::r},
    pattern{by_funct3, 0x0000000f, operation::fence, format::none},
    pattern{by_funct3, 0x0000100f, operation::fence_i, format::none},
    pattern{whole, 0x00000073, operation::ecall, format::none},
    pattern{whole, 0x00100073, operation::ebreak, format::none},
    pattern{whole, 0x30200073, operation::mret, format::none},
    pattern{whole, 0x10500073, operation::wfi, format::none},
    pattern{by_funct3, 0x1073, operation::csrrw, format::csr},
    pattern{by_funct3, 0x2073, operation::csrrs, format::csr},
    pattern{by_funct3, 0x3073, operation::csrrc, format::csr},
    pattern{by_funct3, 0x5073, operation::csrrwi, format::csr},
    pattern{by_funct3, 0x6073, operation::csrrsi, format::csr},
    pattern{by_funct3, 0x7073, operation::csrrci, format::csr},
    pattern{by_funct7, 0x02000033, operation::mul, format::r},
    pattern{by_funct7, 0x02001033, operation::mulh, format::r},
    pattern{by_funct7, 0x02002033, operation::mulhsu, format::r},
    pattern{by_funct7, 0x02003033, operation::mulhu, format::r},
    pattern{by_funct7, 0x02004033, operation::div, format::r},
    pattern{by_funct7, 0x02005033, operation::divu, format::r},
    pattern{by_funct7, 0x02006033, operation::rem, format::r},
    pattern{by_funct7, 0x02007033, operation::remu, format::r},
    pattern{0xf9f0707f, 0x1000202f, operation::lr_w, format::r},
    pattern{by_amo, 0x1800202f, operation::sc_w, format::r},
    pattern{by_amo, 0x0800202f, operation::amoswap_w, format::r},
    pattern{by_amo, 0x0000202f, operation::amoadd_w, format::r},
    pattern{by_amo, 0x2000202f, operation::amoxor_w, format::r},
    pattern{by_amo, 0x6000202f, operation::amoand_w, format::r},
    pattern{by_amo, 0x4000202f, operation::amoor_w, format::r},
    pattern{by_amo, 0x8000202f, operation::amomin_w, format::r},
    pattern{by_amo, 0xa000202f, operation::amomax_w, format::r},
    pattern{by_amo, 0xc000202f, operation::amominu_w, format::r},
    pattern{by_amo, 0xe000202f, operation::amomaxu_w, format::r},
};

constexpr std::uint32_t field(std::uint32_t bits, unsigned high, unsigned low) {
    return (bits >> low) & ((2U << (high - low)) - 1U);
}

constexpr std::int32_t sign_extend(std::uint32_t value, unsigned bits) {
    const std::uint32_t sign = 1U << (bits - 1);
    return static_cast<std::int32_t>((value ^ sign) - sign);
}

std::int32_t immediate(std::uint32_t bits, format fields) {
    switch (fields) {
        case format::i:
            return sign_extend(field(bits, 31, 20), 12);
        case format::shift:
            return static_cast<std::int32_t>(field(bits, 24, 20));
        case format::s:
            return sign_extend(field(bits, 31, 25) << 5 | field(bits, 11, 7), 12);
        case format::b:
            return sign_extend(field(bits, 31, 31) << 12 | field(bits, 7, 7) << 11 |
                                   field(bits, 30, 25) << 5 | field(bits, 11, 8) << 1,
                               13);
        case format::u:
            return static_cast<std::int32_t>(bits & 0xfffff000U);
        case format::j:
            return sign_extend(field(bits, 31, 31) << 20 | field(bits, 19, 12) << 12 |
                                   field(bits, 20, 20) << 11 | field(bits, 30, 21) << 1,
                               21);
        case format::csr:
            return static_cast<std::int32_t>(field(bits, 31, 20));
        case format::none:
        case format::r:
            break;
    }
    return 0;
}

}  // namespace

instruction decode(std::uint32_t bits) {
    const bool compressed = is_compressed(static_cast<std::uint16_t>(bits));
    const std::uint32_t whole_bits = compressed ? expand(static_cast<std::uint16_t>(bits)) : bits;
    instruction result;
    result.length = compressed ? 2 : 4;
    const auto* found = std::find_if(patterns.begin(), patterns.end(),
                                     [&](const pattern& p) { return (whole_bits & p.mask) == p.match; });
    if (found == patterns.end()) {
        result.imm = static_cast<std::int32_t>(compressed ? bits & 0xffffU : bits);
        return result;
    }
    result.op = found->op;
    const format fields = found->fields;
    if (fields != format::none) {
        result.rd = static_cast<std::uint8_t>(field(whole_bits, 11, 7));
        result.rs1 = static_cast<std::uint8_t>(field(whole_bits, 19, 15));
        result.rs2 = static_cast<std::uint8_t>(field(whole_bits, 24, 20));
        result.imm = immediate(whole_bits, fields);
    }
    if (fields == format::s || fields == format::b) {
        result.rd = 0;
    }
    return result;
}

}  // namespace eyeriss::platform
