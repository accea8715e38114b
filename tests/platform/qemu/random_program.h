#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace eyeriss::test {

enum class instruction_set : std::uint8_t { i, m, a, c };

/// Where a random program lies and what it leaves: a scratch area that its loads and stores use, and behind
/// it the log, 32 words (x0 to x31) for each instruction under test, written after it.
struct program_layout {
    static constexpr std::uint32_t code = 0x80000000, scratch = 0x81000000, scratch_bytes = 4096;
    static constexpr std::uint32_t log = scratch + scratch_bytes, record_bytes = 128;
};

/// A program of random instructions of one set, in RISC-V code for a bare machine or for user mode of Linux.
struct random_program {
    std::vector<std::uint8_t> code;              ///< from program_layout::code
    std::map<std::uint32_t, std::string> dumps;  ///< return address of each dump: what came before it
    std::uint32_t tested = 0;                    ///< instructions of the set
    std::uint32_t most_records = 0;              ///< a branch that is not taken is dumped twice
    [[nodiscard]] std::uint32_t result_bytes() const {
        return program_layout::scratch_bytes + most_records * program_layout::record_bytes;
    }
};

/// How a program ends: a bare machine through the test finisher, Linux by writing scratch and log to standard
/// output. The code before the end is the same.
enum class ending : std::uint8_t { finisher, linux_user };

/// The same arguments give the same program.
random_program make_random_program(instruction_set set, std::uint32_t count, unsigned seed, ending end);

/// A statically linked ELF32 executable for RISC-V of one segment that may be read, written and executed and
/// begins at program_layout::code.
std::vector<std::uint8_t> make_elf(std::span<const std::uint8_t> code, std::uint32_t memory_bytes);

}  // namespace eyeriss::test
