#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/platform/qemu/random_program.h"

namespace eyeriss::test {

/// Encodings of RV32I that the writer and the generators need, from the tables of the ISA manual.
namespace encode {
constexpr std::uint32_t i_type(std::uint32_t opcode, std::uint32_t rd, std::uint32_t rs1, std::uint32_t imm) {
    return opcode | rd << 7 | rs1 << 15 | (imm & 0xfffU) << 20;
}
constexpr std::uint32_t r_type(std::uint32_t opcode, std::uint32_t rd, std::uint32_t rs1, std::uint32_t rs2) {
    return opcode | rd << 7 | rs1 << 15 | rs2 << 20;
}
constexpr std::uint32_t s_type(std::uint32_t opcode, std::uint32_t rs1, std::uint32_t rs2,
                               std::uint32_t imm) {
    return opcode | (imm & 31U) << 7 | rs1 << 15 | rs2 << 20 | (imm >> 5 & 127U) << 25;
}
constexpr std::uint32_t branch(std::uint32_t funct3, std::uint32_t rs1, std::uint32_t rs2,
                               std::uint32_t offset) {
    return 0x63U | funct3 << 12 | rs1 << 15 | rs2 << 20 | (offset >> 11 & 1U) << 7 |
           (offset >> 1 & 15U) << 8 | (offset >> 5 & 63U) << 25 | (offset >> 12 & 1U) << 31;
}
constexpr std::uint32_t jal(std::uint32_t rd, std::uint32_t offset) {
    return 0x6fU | rd << 7 | (offset & 0xff000U) | (offset >> 11 & 1U) << 20 | (offset >> 1 & 0x3ffU) << 21 |
           (offset >> 20 & 1U) << 31;
}
constexpr std::uint32_t lui(std::uint32_t rd, std::uint32_t upper) {
    return 0x37U | rd << 7 | (upper & 0xfffff000U);
}
}  // namespace encode

/// Puts instructions one behind the other, with dumps of all registers. Two registers, which change from one
/// stretch of code to the next, belong to the dumps: no instruction under test may write them.
class program_writer {
public:
    explicit program_writer(unsigned seed) : random_(seed) {}

    std::uint32_t random(std::uint32_t below) { return static_cast<std::uint32_t>(random_()) % below; }
    std::uint32_t random_bits() { return static_cast<std::uint32_t>(random_()); }
    /// Any register that instructions under test may read.
    std::uint32_t source() { return random(32); }
    /// Any register that they may write, x0 too.
    std::uint32_t target();
    /// One that may hold an address.
    std::uint32_t base();
    [[nodiscard]] bool reserved(std::uint32_t reg) const { return reg == link_ || reg == log_; }
    /// Now and then gives a register a new value, often one at the edge of something.
    void refresh(std::uint32_t reg);
    /// An address at which 4 bytes lie in the scratch area.
    std::uint32_t scratch_address() {
        return program_layout::scratch + random(program_layout::scratch_bytes - 3);
    }

    [[nodiscard]] std::uint32_t here() const {
        return program_layout::code + static_cast<std::uint32_t>(program_.code.size());
    }
    void half(std::uint32_t bits);
    void word(std::uint32_t bits);
    /// lui and addi.
    void load_constant(std::uint32_t reg, std::uint32_t value);
    /// Logs all registers; `what` stands for the instruction before it.
    void dump(const std::string& what);
    /// The instruction under test: 2 or 4 bytes; and a dump behind it.
    void test(std::uint32_t bits, std::uint32_t bytes);
    /// Begins a stretch with its own dump routine and its own two registers. Dumps reach back one megabyte.
    void begin_stretch(std::uint32_t number);
    void count_one() { ++program_.tested; }

    /// A control transfer of `bytes` bytes, forwards or back; `make` gets its offset. Whatever way is taken
    /// is dumped with its own return address.
    template <typename Make>
    void transfer(std::uint32_t bytes, Make make) {
        const bool back = random(2) == 0;
        if (back) {
            word(encode::jal(0, 12));
            const std::uint32_t goal = here();
            dump("transfer back");
            word(encode::jal(0, 4 + bytes + 4));
            put(make(goal - here()), bytes);
            dump("no transfer back");
        } else {
            const std::uint32_t skipped = random(3);
            put(make(bytes + 4 + 4 * skipped), bytes);
            for (std::uint32_t i = 0; i <= skipped; ++i) {
                dump("no transfer");
            }
            dump("transfer");
        }
    }
    void put(std::uint32_t bits, std::uint32_t bytes) { bytes == 2 ? half(bits) : word(bits); }

    random_program finish(ending end) &&;

private:
    void load_registers();

    std::mt19937 random_;
    random_program program_;
    std::uint32_t link_ = 30, log_ = 31, dump_routine_ = 0;
};

/// Appends one random instruction under test of a set, and what it needs before it.
void add_integer(program_writer& out);
void add_multiplication(program_writer& out);
void add_atomic(program_writer& out);
void add_compressed(program_writer& out);

}  // namespace eyeriss::test
