#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace eyeriss::platform {

/// An ELF file that cannot be loaded; what() is one line that names the file, the place and what is expected.
class elf_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A piece of a program: bytes to be stored at an address, followed by `memory_bytes - data.size()` zeros.
struct elf_segment {
    std::uint32_t address = 0;
    std::uint32_t memory_bytes = 0;
    std::vector<std::uint8_t> data;
};

/// An executable: what a loader needs of it.
struct elf_program {
    std::uint32_t entry = 0;
    std::vector<elf_segment> segments;
};

/// Reads the bytes of a 32-bit little-endian RISC-V executable, checking every offset and size against the
/// file. `name` stands in messages. Throws elf_error: not an ELF file, truncated, 64-bit, big-endian, another
/// machine (named), not an executable, a header or segment outside the file.
elf_program parse_elf(std::span<const std::uint8_t> file, const std::string& name);

/// parse_elf on a file. Throws elf_error also when it cannot be read.
elf_program read_elf(const std::filesystem::path& path);

/// Stores bytes at an address and returns how many found memory.
using memory_writer = std::function<std::uint64_t(std::uint32_t address, std::span<const std::uint8_t>)>;

/// Stores all segments. Throws elf_error naming the first address that is no memory.
void load_elf(const elf_program& program, const std::string& name, const memory_writer& write);

}  // namespace eyeriss::platform
