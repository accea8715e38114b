#define BOOST_TEST_MODULE elf
#include "platform/elf.h"

#include <elf.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

using namespace eyeriss::platform;

namespace {

using bytes = std::vector<std::uint8_t>;

// One segment of four bytes in the file and eight in memory.
struct small_elf {
    Elf32_Ehdr header{};
    Elf32_Phdr segment{};

    small_elf() {
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS32;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_ident[EI_VERSION] = EV_CURRENT;
        header.e_type = ET_EXEC;
        header.e_machine = 243;
        header.e_version = EV_CURRENT;
        header.e_entry = 0x80000002;
        header.e_phoff = sizeof(Elf32_Ehdr);
        header.e_phentsize = sizeof(Elf32_Phdr);
        header.e_phnum = 1;
        segment.p_type = PT_LOAD;
        segment.p_offset = sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr);
        segment.p_paddr = 0x80000000;
        segment.p_filesz = 4;
        segment.p_memsz = 8;
    }

    [[nodiscard]] bytes file() const {
        bytes out(sizeof header + sizeof segment + 4);
        std::memcpy(out.data(), &header, sizeof header);
        std::memcpy(out.data() + sizeof header, &segment, sizeof segment);
        std::iota(out.end() - 4, out.end(), std::uint8_t{1});
        return out;
    }
};

void expect_refused(const bytes& file, const std::string& text) {
    try {
        parse_elf(file, "name");
        BOOST_ERROR("expected an error with: " + text);
    } catch (const elf_error& e) {
        const std::string message = e.what();
        BOOST_TEST(message.find(text) != std::string::npos, message);
        BOOST_TEST(message.starts_with("name: "));
        BOOST_TEST(message.find('\n') == std::string::npos);
    }
}

template <typename Change>
void expect_refused_after(Change change, const std::string& text) {
    small_elf elf;
    change(elf);
    expect_refused(elf.file(), text);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_segment_is_read_and_stored_with_its_zeros) {
    const auto program = parse_elf(small_elf().file(), "name");
    BOOST_TEST(program.entry == 0x80000002U);
    bytes memory(8, 0xff);
    load_elf(program, "name", [&](std::uint32_t address, std::span<const std::uint8_t> data) {
        std::copy(data.begin(), data.end(), memory.begin() + (address - 0x80000000));
        return data.size();
    });
    BOOST_TEST(memory == (bytes{1, 2, 3, 4, 0, 0, 0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_of_another_kind_are_refused_with_what_they_are) {
    expect_refused({}, "not an ELF file");
    expect_refused({'#', '!', '/', 'b'}, "not an ELF file");
    expect_refused({0x7f, 'E', 'L', 'F'}, "truncated");
    expect_refused_after([](small_elf& e) { e.header.e_machine = EM_ARM; }, "made for Arm (machine 40)");
    expect_refused_after([](small_elf& e) { e.header.e_machine = 999; }, "machine 999");
    expect_refused_after([](small_elf& e) { e.header.e_ident[EI_CLASS] = ELFCLASS64; }, "64-bit");
    expect_refused_after(
        [](small_elf& e) {
            e.header.e_ident[EI_DATA] = ELFDATA2MSB;
            e.header.e_machine = 0xf300;
        },
        "big-endian");
    expect_refused_after([](small_elf& e) { e.header.e_type = ET_REL; }, "file type 1");
    expect_refused_after([](small_elf& e) { e.segment.p_type = PT_NOTE; }, "nothing to load");
}

BOOST_AUTO_TEST_CASE(the_hosts_own_program_is_refused_by_its_machine) {
    BOOST_CHECK_EXCEPTION(read_elf("/proc/self/exe"), elf_error, [](const auto& e) {
        return std::string(e.what()).find("expects RISC-V (machine 243)") != std::string::npos;
    });
    BOOST_CHECK_EXCEPTION(read_elf("/nowhere/at/all.elf"), elf_error, [](const auto& e) {
        return std::string(e.what()).find("/nowhere/at/all.elf: cannot be opened") != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(headers_and_segments_outside_the_file_are_refused) {
    expect_refused_after([](small_elf& e) { e.header.e_phoff = 0xfffffff0; }, "truncated: program header 0");
    expect_refused_after([](small_elf& e) { e.header.e_phnum = 2; }, "truncated: program header 1");
    expect_refused_after([](small_elf& e) { e.header.e_phnum = 0; }, "0 program headers");
    expect_refused_after([](small_elf& e) { e.header.e_phentsize = 8; }, "program headers of 8 bytes");
    expect_refused_after([](small_elf& e) { e.segment.p_offset = 0xffffffff; }, "truncated: segment 0");
    expect_refused_after([](small_elf& e) { e.segment.p_filesz = e.segment.p_memsz = 5; },
                         "truncated: segment 0");
    expect_refused_after([](small_elf& e) { e.segment.p_memsz = 3; }, "4 bytes in the file and 3 in memory");
    expect_refused_after([](small_elf& e) { e.segment.p_paddr = 0xfffffffc; }, "below 4 GiB");
}

BOOST_AUTO_TEST_CASE(every_cut_of_a_real_image_is_refused) {
    std::ifstream in(std::string(EYERISS_FIRMWARE_DIR) + "/hello.elf", std::ios::binary);
    const bytes whole{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto program = parse_elf(whole, "name");
    BOOST_TEST(program.entry == 0x80000000U);
    const std::size_t needed = 0x1000 + program.segments.front().data.size();
    for (std::size_t length = 0; length < needed; length += length < 256 ? 1 : 97) {
        BOOST_CHECK_THROW(parse_elf(std::span(whole).first(length), "name"), elf_error);
    }
}

BOOST_AUTO_TEST_CASE(a_segment_outside_memory_is_named_with_the_first_missing_address) {
    const auto program = parse_elf(small_elf().file(), "name");
    BOOST_CHECK_EXCEPTION(load_elf(program, "name",
                                   [](std::uint32_t address, std::span<const std::uint8_t> data) {
                                       return std::min<std::uint64_t>(data.size(), 0x80000006 - address);
                                   }),
                          elf_error, [](const auto& e) {
                              return std::string(e.what()).find("no memory at 0x80000006") !=
                                     std::string::npos;
                          });
}
