#include "tests/platform/qemu/program_writer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>
#include <utility>

namespace eyeriss::test {

std::uint32_t program_writer::target() {
    std::uint32_t reg = random(32);
    while (reserved(reg)) {
        reg = random(32);
    }
    return reg;
}

std::uint32_t program_writer::base() {
    std::uint32_t reg = target();
    while (reg == 0) {
        reg = target();
    }
    return reg;
}

void program_writer::refresh(std::uint32_t reg) {
    constexpr std::array<std::uint32_t, 10> edges{
        0, 1, 0xffffffffU, 0x80000000U, 0x7fffffffU, 0x80000001, 0x0000ffffU, 0xffff8000U, 31, 32};
    if (reg != 0 && !reserved(reg) && random(3) == 0) {
        load_constant(reg, random(2) == 0 ? edges.at(random(edges.size())) : random_bits());
    }
}

void program_writer::half(std::uint32_t bits) {
    program_.code.push_back(static_cast<std::uint8_t>(bits));
    program_.code.push_back(static_cast<std::uint8_t>(bits >> 8));
}

void program_writer::word(std::uint32_t bits) {
    half(bits);
    half(bits >> 16);
}

void program_writer::load_constant(std::uint32_t reg, std::uint32_t value) {
    word(encode::lui(reg, value + 0x800U));
    word(encode::i_type(0x13, reg, reg, value));
}

void program_writer::dump(const std::string& what) {
    word(encode::jal(link_, dump_routine_ - here()));
    program_.dumps[here()] = what;
    ++program_.most_records;
}

void program_writer::test(std::uint32_t bits, std::uint32_t bytes) {
    const std::string what = fmt::format("{:0{}x} at {:08x}", bits, 2 * bytes, here());
    put(bits, bytes);
    dump(what);
}

// sw x1..x31; addi log, log, 128; jr link
void program_writer::begin_stretch(std::uint32_t number) {
    constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 6> pairs{
        {{30, 31}, {3, 4}, {28, 17}, {16, 5}, {26, 27}, {6, 20}}};
    const std::uint32_t old_log = log_;
    std::tie(link_, log_) = pairs.at(number % pairs.size());
    if (number == 0) {
        load_constant(log_, program_layout::log);
        load_registers();
    } else {
        word(encode::i_type(0x13, log_, old_log, 0));
    }
    word(encode::jal(0, 4 + 33 * 4));
    dump_routine_ = here();
    for (std::uint32_t reg = 1; reg < 32; ++reg) {
        word(encode::s_type(0x2023, log_, reg, 4 * reg));
    }
    word(encode::i_type(0x13, log_, log_, program_layout::record_bytes));
    word(encode::i_type(0x67, 0, link_, 0));
}

void program_writer::load_registers() {
    for (std::uint32_t reg = 1; reg < 32; ++reg) {
        if (!reserved(reg)) {
            load_constant(reg, random_bits());
        }
    }
}

random_program program_writer::finish(ending end) && {
    constexpr std::uint32_t a0 = 10, a1 = 11, a2 = 12, a7 = 17, ecall = 0x73;
    if (end == ending::finisher) {
        load_constant(a0, 0x00100000);
        load_constant(a1, 0x5555);
        word(encode::s_type(0x2023, a0, a1, 0));
        word(encode::jal(0, 0));
        return std::move(program_);
    }
    constexpr std::uint32_t write_call = 64, exit_call = 93, standard_output = 1;
    load_constant(a1, program_layout::scratch);
    load_constant(a2, program_.result_bytes());
    load_constant(a7, write_call);
    load_constant(a0, standard_output);
    word(ecall);
    word(encode::r_type(0x33, a1, a1, a0));
    word(encode::r_type(0x40000033, a2, a2, a0));
    word(encode::branch(1, a2, 0, static_cast<std::uint32_t>(-20)));
    load_constant(a7, exit_call);
    load_constant(a0, 0);
    word(ecall);
    return std::move(program_);
}

random_program make_random_program(instruction_set set, std::uint32_t count, unsigned seed, ending end) {
    constexpr std::uint32_t stretch = 5000;
    program_writer out(seed);
    for (std::uint32_t i = 0; i < count; ++i) {
        if (i % stretch == 0) {
            out.begin_stretch(i / stretch);
        }
        switch (set) {
            case instruction_set::i:
                add_integer(out);
                break;
            case instruction_set::m:
                add_multiplication(out);
                break;
            case instruction_set::a:
                add_atomic(out);
                break;
            case instruction_set::c:
                add_compressed(out);
                break;
        }
        out.count_one();
    }
    return std::move(out).finish(end);
}

std::vector<std::uint8_t> make_elf(std::span<const std::uint8_t> code, std::uint32_t memory_bytes) {
    constexpr std::uint32_t code_offset = 0x1000;
    const auto bytes = static_cast<std::uint32_t>(code.size());
    const std::array<std::uint32_t, 21> header{0x464c457fU,
                                               0x00010101U,
                                               0,
                                               0,  // magic, 32 bits, little-endian
                                               0x00f30002U,
                                               1,
                                               program_layout::code,  // executable, RISC-V, entry
                                               52,
                                               0,
                                               1,
                                               0x00200034U,
                                               0x00280001U,
                                               0,  // one program header behind this one
                                               1,
                                               code_offset,
                                               program_layout::code,
                                               program_layout::code,
                                               bytes,
                                               memory_bytes,
                                               7,
                                               0x1000};
    std::vector<std::uint8_t> file(code_offset + code.size());
    std::memcpy(file.data(), header.data(), sizeof header);
    std::copy(code.begin(), code.end(), file.begin() + code_offset);
    return file;
}

}  // namespace eyeriss::test
