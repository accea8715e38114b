#include "platform/cpu/decode.h"

namespace eyeriss::platform {

namespace {

// One run of immediate bits of a compressed instruction: from bit `from` upwards, `width` bits, to bit `to`.
struct piece {
    unsigned from, width, to;
};

template <typename... Pieces>
constexpr std::uint32_t gather(std::uint32_t bits, Pieces... pieces) {
    return (0U | ... | (((bits >> pieces.from) & ((1U << pieces.width) - 1U)) << pieces.to));
}

constexpr std::uint32_t extend(std::uint32_t value, unsigned bits) {
    const std::uint32_t sign = 1U << (bits - 1);
    return (value ^ sign) - sign;
}

constexpr std::uint32_t zero = 0, ra = 1, sp = 2;
constexpr std::uint32_t op_load = 0x2003, op_store = 0x2023, op_addi = 0x13, op_andi = 0x7013,
                        op_slli = 0x1013, op_srli = 0x5013, op_srai = 0x40005013, op_lui = 0x37,
                        op_jal = 0x6f, op_jalr = 0x67, op_beq = 0x63, op_bne = 0x1063, op_add = 0x33,
                        op_ebreak = 0x00100073;

constexpr std::uint32_t encode_r(std::uint32_t op, std::uint32_t rd, std::uint32_t rs1, std::uint32_t rs2) {
    return op | rd << 7 | rs1 << 15 | rs2 << 20;
}
constexpr std::uint32_t encode_i(std::uint32_t op, std::uint32_t rd, std::uint32_t rs1, std::uint32_t imm) {
    return op | rd << 7 | rs1 << 15 | imm << 20;
}
constexpr std::uint32_t encode_s(std::uint32_t op, std::uint32_t rs1, std::uint32_t rs2, std::uint32_t imm) {
    return op | (imm & 31U) << 7 | rs1 << 15 | rs2 << 20 | (imm >> 5 & 127U) << 25;
}
constexpr std::uint32_t encode_b(std::uint32_t op, std::uint32_t rs1, std::uint32_t imm) {
    return op | rs1 << 15 | gather(imm, piece{11, 1, 7}, piece{1, 4, 8}, piece{5, 6, 25}, piece{12, 1, 31});
}
constexpr std::uint32_t encode_j(std::uint32_t rd, std::uint32_t imm) {
    return op_jal | rd << 7 |
           gather(imm, piece{12, 8, 12}, piece{11, 1, 20}, piece{1, 10, 21}, piece{20, 1, 31});
}

std::uint32_t low(std::uint32_t bits) {
    return 8 + gather(bits, piece{2, 3, 0});
}  // rd', rs2'
std::uint32_t high(std::uint32_t bits) {
    return 8 + gather(bits, piece{7, 3, 0});
}  // rd'/rs1'
std::uint32_t whole(std::uint32_t bits) {
    return gather(bits, piece{7, 5, 0});
}  // rd/rs1
std::uint32_t second(std::uint32_t bits) {
    return gather(bits, piece{2, 5, 0});
}  // rs2
std::uint32_t imm6(std::uint32_t bits) {
    return gather(bits, piece{2, 5, 0}, piece{12, 1, 5});
}

std::uint32_t word_offset(std::uint32_t bits) {
    return gather(bits, piece{6, 1, 2}, piece{10, 3, 3}, piece{5, 1, 6});
}
std::uint32_t jump_offset(std::uint32_t bits) {
    return extend(gather(bits, piece{3, 3, 1}, piece{11, 1, 4}, piece{2, 1, 5}, piece{7, 1, 6},
                         piece{6, 1, 7}, piece{9, 2, 8}, piece{8, 1, 10}, piece{12, 1, 11}),
                  12);
}
std::uint32_t branch_offset(std::uint32_t bits) {
    return extend(
        gather(bits, piece{3, 2, 1}, piece{10, 2, 3}, piece{2, 1, 5}, piece{5, 2, 6}, piece{12, 1, 8}), 9);
}

std::uint32_t expand_quadrant_0(std::uint32_t bits, unsigned funct3) {
    if (funct3 == 0) {
        const std::uint32_t imm =
            gather(bits, piece{6, 1, 2}, piece{5, 1, 3}, piece{11, 2, 4}, piece{7, 4, 6});
        return imm == 0 ? 0 : encode_i(op_addi, low(bits), sp, imm);
    }
    if (funct3 == 2) {
        return encode_i(op_load, low(bits), high(bits), word_offset(bits));
    }
    if (funct3 == 6) {
        return encode_s(op_store, high(bits), low(bits), word_offset(bits));
    }
    return 0;
}

std::uint32_t expand_lui_or_addi16sp(std::uint32_t bits) {
    const std::uint32_t rd = whole(bits);
    if (rd == sp) {
        const std::uint32_t imm = extend(
            gather(bits, piece{6, 1, 4}, piece{2, 1, 5}, piece{5, 1, 6}, piece{3, 2, 7}, piece{12, 1, 9}),
            10);
        return imm == 0 ? 0 : encode_i(op_addi, sp, sp, imm);
    }
    const std::uint32_t imm = extend(imm6(bits), 6);
    return imm == 0 ? 0 : op_lui | rd << 7 | imm << 12;
}

std::uint32_t expand_arithmetic(std::uint32_t bits) {
    const std::uint32_t rd = high(bits);
    const bool bit_12 = (bits >> 12 & 1U) != 0;
    switch (bits >> 10 & 3U) {
        case 0:
            return bit_12 ? 0 : encode_i(op_srli, rd, rd, second(bits));
        case 1:
            return bit_12 ? 0 : encode_i(op_srai, rd, rd, second(bits));
        case 2:
            return encode_i(op_andi, rd, rd, extend(imm6(bits), 6));
        default:
            break;
    }
    constexpr std::uint32_t sub_xor_or_and[] = {0x40000033, 0x4033, 0x6033, 0x7033};
    return bit_12 ? 0 : encode_r(sub_xor_or_and[bits >> 5 & 3U], rd, rd, low(bits));
}

std::uint32_t expand_quadrant_1(std::uint32_t bits, unsigned funct3) {
    const std::uint32_t rd = whole(bits);
    switch (funct3) {
        case 0:
            return encode_i(op_addi, rd, rd, extend(imm6(bits), 6));
        case 1:
            return encode_j(ra, jump_offset(bits));
        case 2:
            return encode_i(op_addi, rd, zero, extend(imm6(bits), 6));
        case 3:
            return expand_lui_or_addi16sp(bits);
        case 4:
            return expand_arithmetic(bits);
        case 5:
            return encode_j(zero, jump_offset(bits));
        case 6:
            return encode_b(op_beq, high(bits), branch_offset(bits));
        default:
            return encode_b(op_bne, high(bits), branch_offset(bits));
    }
}

std::uint32_t expand_jump_or_add(std::uint32_t bits) {
    const std::uint32_t rd = whole(bits);
    const std::uint32_t rs2 = second(bits);
    const bool bit_12 = (bits >> 12 & 1U) != 0;
    if (rs2 != 0) {
        return encode_r(op_add, rd, bit_12 ? rd : zero, rs2);
    }
    if (rd == 0) {
        return bit_12 ? op_ebreak : 0;
    }
    return encode_i(op_jalr, bit_12 ? ra : zero, rd, 0);
}

std::uint32_t expand_quadrant_2(std::uint32_t bits, unsigned funct3) {
    const std::uint32_t rd = whole(bits);
    switch (funct3) {
        case 0:
            return (bits >> 12 & 1U) != 0 ? 0 : encode_i(op_slli, rd, rd, second(bits));
        case 2: {
            const std::uint32_t imm = gather(bits, piece{4, 3, 2}, piece{12, 1, 5}, piece{2, 2, 6});
            return rd == 0 ? 0 : encode_i(op_load, rd, sp, imm);
        }
        case 4:
            return expand_jump_or_add(bits);
        case 6:
            return encode_s(op_store, sp, second(bits), gather(bits, piece{9, 4, 2}, piece{7, 2, 6}));
        default:
            return 0;
    }
}

}  // namespace

std::uint32_t expand(std::uint16_t bits) {
    const unsigned funct3 = bits >> 13;
    switch (bits & 3U) {
        case 0:
            return expand_quadrant_0(bits, funct3);
        case 1:
            return expand_quadrant_1(bits, funct3);
        case 2:
            return expand_quadrant_2(bits, funct3);
        default:
            return 0;
    }
}

}  // namespace eyeriss::platform
