#include "platform/elf.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

namespace eyeriss::platform {

namespace {

constexpr Elf32_Half machine_riscv = 243;

std::string machine_name(unsigned machine) {
    constexpr std::array<std::pair<unsigned, std::string_view>, 9> names{{{EM_386, "Intel 80386"},
                                                                          {EM_X86_64, "x86-64"},
                                                                          {EM_ARM, "Arm"},
                                                                          {EM_AARCH64, "AArch64"},
                                                                          {EM_MIPS, "MIPS"},
                                                                          {EM_PPC, "PowerPC"},
                                                                          {EM_PPC64, "PowerPC64"},
                                                                          {EM_SPARC, "SPARC"},
                                                                          {EM_S390, "S/390"}}};
    const auto* found =
        std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.first == machine; });
    return found != names.end() ? fmt::format("{} (machine {})", found->second, machine)
                                : fmt::format("machine {}", machine);
}

template <typename T>
T read_at(std::span<const std::uint8_t> file, std::uint64_t offset, const std::string& name,
          std::string_view what) {
    if (offset > file.size() || sizeof(T) > file.size() - offset) {
        throw elf_error(fmt::format("{}: truncated: {} at offset {} needs {} bytes, the file has {}", name,
                                    what, offset, sizeof(T), file.size()));
    }
    T value;
    std::memcpy(&value, file.data() + offset, sizeof(T));
    return value;
}

void check_identity(std::span<const std::uint8_t> file, const std::string& name) {
    if (file.size() < SELFMAG || std::memcmp(file.data(), ELFMAG, SELFMAG) != 0) {
        throw elf_error(fmt::format("{}: not an ELF file: expects the bytes 7f 45 4c 46 at its start", name));
    }
    const auto identity = read_at<std::array<unsigned char, EI_NIDENT>>(file, 0, name, "the identification");
    // The machine stands at the same place in 32-bit and 64-bit files, and says most about a wrong one.
    const auto machine =
        read_at<std::array<std::uint8_t, 2>>(file, offsetof(Elf32_Ehdr, e_machine), name, "the header");
    const bool little = identity[EI_DATA] == ELFDATA2LSB;
    const unsigned number = little ? machine[0] | machine[1] << 8U : machine[1] | machine[0] << 8U;
    if (number != machine_riscv) {
        throw elf_error(fmt::format("{}: made for {}; expects RISC-V (machine {})", name,
                                    machine_name(number), machine_riscv));
    }
    if (identity[EI_CLASS] != ELFCLASS32) {
        throw elf_error(fmt::format("{}: a {} file; expects 32-bit (ELFCLASS32), as the core is RV32", name,
                                    identity[EI_CLASS] == ELFCLASS64 ? "64-bit" : "ELF class unknown"));
    }
    if (!little) {
        throw elf_error(fmt::format("{}: big-endian; expects little-endian", name));
    }
}

Elf32_Ehdr read_header(std::span<const std::uint8_t> file, const std::string& name) {
    check_identity(file, name);
    const auto header = read_at<Elf32_Ehdr>(file, 0, name, "the header");
    if (header.e_type != ET_EXEC) {
        throw elf_error(fmt::format("{}: file type {}; expects an executable (type 2, statically linked)",
                                    name, header.e_type));
    }
    if (header.e_phnum == 0 || header.e_phentsize != sizeof(Elf32_Phdr)) {
        throw elf_error(fmt::format("{}: {} program headers of {} bytes; expects at least 1 of {} bytes",
                                    name, header.e_phnum, header.e_phentsize, sizeof(Elf32_Phdr)));
    }
    return header;
}

elf_segment read_segment(std::span<const std::uint8_t> file, const Elf32_Phdr& header,
                         const std::string& name, unsigned index) {
    if (header.p_offset > file.size() || header.p_filesz > file.size() - header.p_offset) {
        throw elf_error(fmt::format("{}: truncated: segment {} has {} bytes at offset {}, the file has {}",
                                    name, index, header.p_filesz, header.p_offset, file.size()));
    }
    if (header.p_memsz < header.p_filesz || header.p_memsz - 1 > UINT32_MAX - header.p_paddr) {
        throw elf_error(
            fmt::format("{}: segment {} at {:#010x} has {} bytes in the file and {} in memory; "
                        "expects no fewer in memory, below 4 GiB",
                        name, index, header.p_paddr, header.p_filesz, header.p_memsz));
    }
    const auto bytes = file.subspan(header.p_offset, header.p_filesz);
    return {header.p_paddr, header.p_memsz, {bytes.begin(), bytes.end()}};
}

}  // namespace

elf_program parse_elf(std::span<const std::uint8_t> file, const std::string& name) {
    const Elf32_Ehdr header = read_header(file, name);
    elf_program program;
    program.entry = header.e_entry;
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        const auto place = std::uint64_t{header.e_phoff} + std::uint64_t{i} * sizeof(Elf32_Phdr);
        const auto segment = read_at<Elf32_Phdr>(file, place, name, fmt::format("program header {}", i));
        if (segment.p_type == PT_LOAD && segment.p_memsz != 0) {
            program.segments.push_back(read_segment(file, segment, name, i));
        }
    }
    if (program.segments.empty()) {
        throw elf_error(fmt::format("{}: nothing to load; expects at least one PT_LOAD segment", name));
    }
    return program;
}

elf_program read_elf(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in || std::filesystem::is_directory(path)) {
        throw elf_error(fmt::format("{}: cannot be opened; expects a readable ELF file", path.string()));
    }
    const std::vector<char> raw{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const std::vector<std::uint8_t> bytes(raw.begin(), raw.end());
    return parse_elf(bytes, path.string());
}

void load_elf(const elf_program& program, const std::string& name, const memory_writer& write) {
    constexpr std::size_t chunk_bytes = 1U << 20;
    for (const elf_segment& segment : program.segments) {
        const auto store = [&](std::uint64_t offset, std::span<const std::uint8_t> bytes) {
            const auto at = static_cast<std::uint32_t>(segment.address + offset);
            const std::uint64_t stored = write(at, bytes);
            if (stored < bytes.size()) {
                throw elf_error(fmt::format(
                    "{}: segment at {:#010x} of {} bytes: no memory at {:#010x}; expects a program linked "
                    "for the memory map",
                    name, segment.address, segment.memory_bytes, segment.address + offset + stored));
            }
        };
        store(0, segment.data);
        const std::vector<std::uint8_t> zeros(
            std::min<std::size_t>(chunk_bytes, segment.memory_bytes - segment.data.size()));
        for (std::uint64_t offset = segment.data.size(); offset < segment.memory_bytes;) {
            const std::uint64_t length = std::min<std::uint64_t>(zeros.size(), segment.memory_bytes - offset);
            store(offset, std::span(zeros).first(length));
            offset += length;
        }
    }
}

}  // namespace eyeriss::platform
