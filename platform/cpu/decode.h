#pragma once

#include <cstdint>

namespace eyeriss::platform {

// clang-format off
/// Instructions of RV32IMAC_Zicsr_Zifencei in machine and user mode. Compressed ones have no names of their
/// own: they are decoded as what they stand for.
enum class operation : std::uint8_t {
    illegal,
    lui, auipc, jal, jalr, beq, bne, blt, bge, bltu, bgeu,
    lb, lh, lw, lbu, lhu, sb, sh, sw,
    addi, slti, sltiu, xori, ori, andi, slli, srli, srai,
    add, sub, sll, slt, sltu, xor_, srl, sra, or_, and_,
    fence, fence_i, ecall, ebreak, mret, wfi,
    csrrw, csrrs, csrrc, csrrwi, csrrsi, csrrci,
    mul, mulh, mulhsu, mulhu, div, divu, rem, remu,
    lr_w, sc_w, amoswap_w, amoadd_w, amoxor_w, amoand_w, amoor_w, amomin_w, amomax_w, amominu_w, amomaxu_w,
    count
};
// clang-format on

/// A decoded instruction. imm is the sign-extended immediate; the shift amount of shifts; the CSR number of
/// CSR instructions (rs1 is then the register or the 5-bit immediate); the instruction's bits when illegal.
struct instruction {
    operation op = operation::illegal;
    std::uint8_t rd = 0, rs1 = 0, rs2 = 0;
    std::uint8_t length = 4;  ///< bytes: 2 or 4
    std::int32_t imm = 0;
    bool operator==(const instruction&) const = default;
};

/// True when the low half of an instruction is all of it.
constexpr bool is_compressed(std::uint16_t low_half) {
    return (low_half & 3U) != 3U;
}

/// The 32-bit instruction that a 16-bit one stands for (RV32C without floating point), 0 when there is none.
std::uint32_t expand(std::uint16_t bits);

/// Decodes; of a compressed instruction only the low half is looked at.
instruction decode(std::uint32_t bits);

}  // namespace eyeriss::platform
