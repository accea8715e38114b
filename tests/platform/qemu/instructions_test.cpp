#define BOOST_TEST_MODULE instructions
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/platform/image_bench.h"
#include "tests/platform/qemu/qemu.h"
#include "tests/platform/qemu/random_program.h"

using namespace eyeriss;

namespace {

namespace fs = std::filesystem;
using layout = test::program_layout;

/// A file that goes with its owner.
class temporary_file {
public:
    explicit temporary_file(std::span<const std::uint8_t> bytes)
        : path_(fs::temp_directory_path() / ("eyeriss_random_" + std::to_string(getpid()))) {
        std::ofstream out(path_, std::ios::binary);
        out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        out.close();
        fs::permissions(path_, fs::perms::owner_all);
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    fs::path path_;
};

std::string on_qemu(test::instruction_set set, std::uint32_t count, unsigned seed) {
    const auto program = test::make_random_program(set, count, seed, test::ending::linux_user);
    const std::uint32_t end = layout::scratch + program.result_bytes();
    const temporary_file image(test::make_elf(program.code, end - layout::code));
    const auto outcome = test::run_program({"qemu-riscv32", image.path()}, "");
    BOOST_TEST_REQUIRE(outcome.exit_code == 0);
    return outcome.text;
}

std::string on_soc(const test::random_program& program) {
    test::image_bench bench("");
    bench.soc.write_memory(layout::code, program.code);
    const auto result = bench.run(1000);
    BOOST_TEST_REQUIRE(result.exit_code.value_or(-1) == 0);
    std::string text(program.result_bytes(), '\0');
    bench.soc.read_memory(layout::scratch, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return text;
}

using record = std::array<std::uint32_t, 32>;

record record_at(const std::string& text, std::size_t index) {
    record registers{};
    std::memcpy(registers.data(), text.data() + layout::scratch_bytes + index * layout::record_bytes,
                sizeof registers);
    return registers;
}

// Any register that holds the return address of a dump tells which one it was.
std::string place_of(const test::random_program& program, const record& registers) {
    for (const std::uint32_t value : registers) {
        if (const auto found = program.dumps.find(value); found != program.dumps.end()) {
            return found->second;
        }
    }
    return "an unknown place";
}

std::string first_difference(const record& ours, const record& theirs) {
    const auto [own, other] = std::mismatch(ours.begin(), ours.end(), theirs.begin());
    return fmt::format("x{} is {:08x}, on QEMU {:08x}", std::distance(ours.begin(), own), *own, *other);
}

void compare(test::instruction_set set) {
    constexpr unsigned seed = 20261122, count = 100'000;
    BOOST_TEST_MESSAGE("seed " << seed);
    const auto program = test::make_random_program(set, count, seed, test::ending::finisher);
    BOOST_TEST(program.tested >= count);
    const std::string here = on_soc(program), there = on_qemu(set, count, seed);
    BOOST_TEST_REQUIRE(here.size() == there.size());
    std::size_t records = 0;
    for (std::size_t i = 0; i < program.most_records; ++i) {
        const record ours = record_at(here, i), theirs = record_at(there, i);
        records += ours != record{} ? 1 : 0;
        BOOST_REQUIRE_MESSAGE(ours == theirs, "record " << i << ", after " << place_of(program, theirs)
                                                        << ": " << first_difference(ours, theirs));
    }
    BOOST_TEST((here.substr(0, layout::scratch_bytes) == there.substr(0, layout::scratch_bytes)));
    BOOST_TEST(records >= count);
    BOOST_TEST_MESSAGE(program.tested << " instructions, " << records
                                      << " states of 31 registers are QEMU's");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_hundred_thousand_integer_instructions_leave_what_qemu_leaves) {
    compare(test::instruction_set::i);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_multiplications_and_divisions_leave_what_qemu_leaves) {
    compare(test::instruction_set::m);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_atomics_leave_what_qemu_leaves) {
    compare(test::instruction_set::a);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_compressed_instructions_leave_what_qemu_leaves) {
    compare(test::instruction_set::c);
}
