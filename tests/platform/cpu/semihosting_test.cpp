#define BOOST_TEST_MODULE semihosting
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstring>
#include <string>

#include "platform/cpu/semihosting.h"
#include "tests/platform/image_bench.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t all_ones = 0xffffffff;
constexpr std::uint32_t sys_open = 0x01, sys_close = 0x02, sys_writec = 0x03, sys_write0 = 0x04,
                        sys_write = 0x05, sys_read = 0x06, sys_iserror = 0x08, sys_istty = 0x09,
                        sys_seek = 0x0a, sys_flen = 0x0c, sys_remove = 0x0e, sys_rename = 0x0f,
                        sys_clock = 0x10, sys_time = 0x11, sys_errno = 0x13, sys_exit = 0x18,
                        sys_exit_extended = 0x20, sys_elapsed = 0x30, sys_tickfreq = 0x31;
constexpr std::uint32_t rb = 1, wb = 5, wb_plus = 7, ab = 9;

/// The host's side with 4 KiB of guest memory from address 0.
class host_bench {
public:
    host_bench()
        : calls_({folder.path(), [this](char c) { console += c; }},
                 {[this](std::uint32_t at, std::span<std::uint8_t> to) {
                      const bool there = inside(at, to.size());
                      if (there) std::copy_n(memory_.begin() + at, to.size(), to.begin());
                      return there;
                  },
                  [this](std::uint32_t at, std::span<const std::uint8_t> from) {
                      const bool there = inside(at, from.size());
                      if (there) std::ranges::copy(from, memory_.begin() + at);
                      return there;
                  },
                  [this] { return time_ps; }, [this](int code) { ended_with = code; }}) {}

    std::uint32_t call(std::uint32_t operation, std::initializer_list<std::uint32_t> parameters) {
        std::uint32_t at = parameters_at;
        for (const std::uint32_t value : parameters) {
            std::memcpy(&memory_.at(at), &value, sizeof value);
            at += sizeof value;
        }
        return calls_.call(operation, parameters_at);
    }
    std::uint32_t call_at(std::uint32_t operation, std::uint32_t address) {
        return calls_.call(operation, address);
    }
    std::uint32_t error() { return call(sys_errno, {}); }
    /// Puts a text with its zero into guest memory.
    std::uint32_t put(const std::string& text, std::uint32_t at = text_at) {
        std::copy_n(text.c_str(), text.size() + 1, memory_.begin() + at);
        return at;
    }
    std::uint32_t open(const std::string& name, std::uint32_t mode) {
        const auto at = put(name);
        return call(sys_open, {at, mode, static_cast<std::uint32_t>(name.size())});
    }
    std::string text(std::uint32_t at, std::size_t bytes) {
        return {memory_.begin() + at, memory_.begin() + at + static_cast<std::ptrdiff_t>(bytes)};
    }

    static constexpr std::uint32_t parameters_at = 64, text_at = 256, second_at = 1024, size = 4096;
    const test::temporary_folder folder;
    std::string console;
    std::uint64_t time_ps = 0;
    std::optional<int> ended_with;

private:
    static bool inside(std::uint32_t at, std::size_t bytes) { return at <= size && bytes <= size - at; }

    std::vector<std::uint8_t> memory_ = std::vector<std::uint8_t>(size);
    platform::semihosting calls_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(firmware_writes_a_file_of_the_host_and_ends_with_its_exit_code) {
    const test::temporary_folder folder;
    fs::create_directory(folder / "sub");
    std::string console;
    platform::soc_options options;
    options.semihosting = platform::semihosting_options{folder.path(), [&](char c) { console += c; }};
    platform::soc soc("soc", {}, options);
    soc.load_elf(test::image_path("test_semihost"));
    const auto result = soc.run({.until = sc_core::sc_time(100, sc_core::SC_MS)});
    BOOST_TEST(result.exit_code.value_or(-1) == 42);
    BOOST_TEST(console == "by semihosting\n");
    std::string expected;
    for (unsigned i = 0; i < 1000; ++i) {
        expected += static_cast<char>(i * 7 + i / 256);
    }
    BOOST_TEST((test::read_text(folder / "sub/out.bin") == expected));
    BOOST_TEST(!fs::exists(folder.path().parent_path() / "outside"));
}

BOOST_AUTO_TEST_CASE(without_semihosting_its_sequence_is_an_ebreak) {
    platform::soc soc("soc", {});
    soc.load_elf(test::image_path("test_semihost"));
    const auto result = soc.run({.until = sc_core::sc_time(100, sc_core::SC_MS)});
    BOOST_TEST(result.exit_code.value_or(42) != 42);
}

BOOST_AUTO_TEST_CASE(no_path_leads_out_of_the_folder) {
    host_bench host;
    const test::temporary_folder outside;
    fs::create_directory_symlink(outside.path(), host.folder / "door");
    fs::create_symlink(outside / "new", host.folder / "dangling");
    fs::create_directory(host.folder / "sub");
    for (const auto& name :
         {std::string("../x"), std::string("sub/../../x"), (outside / "x").string(), std::string("door/x"),
          std::string("dangling"), std::string("."), std::string("sub/.."), std::string()}) {
        BOOST_TEST(host.open(name, wb) == all_ones, name);
        BOOST_TEST(host.error() == static_cast<std::uint32_t>(EACCES), name);
        const auto from = host.put(name), to = host.put("sub/y", host_bench::second_at);
        const auto length = static_cast<std::uint32_t>(name.size());
        BOOST_TEST(host.call(sys_remove, {from, length}) == all_ones, name);
        BOOST_TEST(host.call(sys_rename, {from, length, to, 5}) == all_ones, name);
        BOOST_TEST(host.call(sys_rename, {to, 5, from, length}) == all_ones, name);
    }
    BOOST_TEST(fs::is_empty(outside.path()));
    BOOST_TEST(host.open("sub/../x", wb) != all_ones);  // stays inside
}

BOOST_AUTO_TEST_CASE(files_are_written_read_sought_renamed_and_removed) {
    host_bench host;
    const auto file = host.open("a", wb_plus);
    BOOST_TEST(file != all_ones);
    host.put("0123456789", host_bench::second_at);
    BOOST_TEST(host.call(sys_write, {file, host_bench::second_at, 10}) == 0U);
    BOOST_TEST(host.call(sys_flen, {file}) == 10U);
    BOOST_TEST(host.call(sys_seek, {file, 7}) == 0U);
    BOOST_TEST(host.call(sys_read, {file, 2048, 8}) == 5U);  // three of eight came
    BOOST_TEST(host.text(2048, 3) == "789");
    BOOST_TEST(host.call(sys_read, {file, 2048, 8}) == 8U);  // at the end
    BOOST_TEST(host.call(sys_write, {file, host_bench::second_at, 2}) == 0U);
    BOOST_TEST(host.call(sys_istty, {file}) == 0U);
    BOOST_TEST(host.call(sys_close, {file}) == 0U);
    BOOST_TEST(test::read_text(host.folder / "a") == "012345678901");
    const auto added = host.open("a", ab);
    BOOST_TEST(host.call(sys_write, {added, host_bench::second_at, 1}) == 0U);
    BOOST_TEST(host.call(sys_close, {added}) == 0U);
    BOOST_TEST(test::read_text(host.folder / "a") == "0123456789010");
    BOOST_TEST(host.call(sys_rename, {host.put("a"), 1, host.put("b", host_bench::second_at), 1}) == 0U);
    BOOST_TEST(!fs::exists(host.folder / "a"));
    BOOST_TEST(host.call(sys_remove, {host.put("b"), 1}) == 0U);
    BOOST_TEST(fs::is_empty(host.folder.path()));
    BOOST_TEST(host.call(sys_remove, {host.put("b"), 1}) == all_ones);
    BOOST_TEST(host.error() == static_cast<std::uint32_t>(ENOENT));
    BOOST_TEST(host.open("b", rb) == all_ones);
    BOOST_TEST(host.error() == static_cast<std::uint32_t>(ENOENT));
}

BOOST_AUTO_TEST_CASE(a_handle_that_is_none_is_a_bad_handle) {
    host_bench host;
    const auto closed = host.open("a", wb);
    BOOST_TEST(host.call(sys_close, {closed}) == 0U);
    for (const std::uint32_t handle : {0U, 2U, 99U, all_ones, closed}) {
        BOOST_TEST(host.call(sys_write, {handle, host_bench::text_at, 5}) == 5U);
        BOOST_TEST(host.call(sys_read, {handle, host_bench::text_at, 5}) == all_ones);
        for (const std::uint32_t call : {sys_close, sys_seek, sys_flen, sys_istty}) {
            BOOST_TEST(host.call(call, {handle, 0}) == all_ones);
            BOOST_TEST(host.error() == static_cast<std::uint32_t>(EBADF));
        }
    }
}

BOOST_AUTO_TEST_CASE(parameters_and_buffers_that_are_no_memory_are_errors) {
    host_bench host;
    const auto file = host.open("a", wb_plus);
    for (const std::uint32_t call :
         {sys_open, sys_close, sys_writec, sys_write0, sys_write, sys_read, sys_iserror, sys_istty, sys_seek,
          sys_flen, sys_remove, sys_rename, sys_exit_extended, sys_elapsed}) {
        for (const std::uint32_t at : {host_bench::size, host_bench::size - 1, 0x80000000U, all_ones}) {
            if (at == host_bench::size - 1 && (call == sys_writec || call == sys_write0)) {
                continue;  // a byte is there
            }
            BOOST_TEST(host.call_at(call, at) == all_ones, call << " at " << at);
            BOOST_TEST(host.error() == static_cast<std::uint32_t>(EFAULT), call << " at " << at);
        }
    }
    BOOST_TEST(host.call(sys_write, {file, host_bench::size - 2, 5}) == 5U);
    BOOST_TEST(host.call(sys_write, {file, 0, all_ones}) == all_ones);  // more than anyone has
    BOOST_TEST(host.call(sys_open, {host_bench::size, wb, 1}) == all_ones);
    BOOST_TEST(host.call(sys_open, {host.put("a"), 12, 1}) == all_ones);
    BOOST_TEST(host.error() == static_cast<std::uint32_t>(EINVAL));
    BOOST_TEST(!host.ended_with.has_value());
}

BOOST_AUTO_TEST_CASE(the_console_takes_what_is_written_and_gives_nothing) {
    host_bench host;
    host.call_at(sys_writec, host.put("!"));
    host.call_at(sys_write0, host.put("hello"));
    const auto console = host.open(":tt", wb);
    host.put(" there", host_bench::second_at);
    BOOST_TEST(host.call(sys_write, {console, host_bench::second_at, 6}) == 0U);
    BOOST_TEST(host.console == "!hello there");
    BOOST_TEST(host.call(sys_istty, {console}) == 1U);
    BOOST_TEST(host.call(sys_read, {console, host_bench::second_at, 6}) == 6U);
    BOOST_TEST(fs::is_empty(host.folder.path()));
}

BOOST_AUTO_TEST_CASE(exit_codes_reach_the_host_and_no_failure_looks_like_success) {
    host_bench host;
    const auto ended = [&](std::uint32_t reason, std::uint32_t code) {
        host.call(sys_exit_extended, {reason, code});
        return host.ended_with.value_or(-1);
    };
    BOOST_TEST(ended(0x20026, 0) == 0);
    BOOST_TEST(ended(0x20026, 77) == 77);
    BOOST_TEST(ended(0x20023, 0) == 1);  // a run-time error
    host.call_at(sys_exit, 0x20026);
    BOOST_TEST(host.ended_with.value_or(-1) == 0);
    host.call_at(sys_exit, 0x20024);
    BOOST_TEST(host.ended_with.value_or(-1) == 1);
}

BOOST_AUTO_TEST_CASE(all_clocks_are_simulated_time) {
    host_bench host;
    host.time_ps = 3'250'000'000'123;
    BOOST_TEST(host.call(sys_clock, {}) == 325U);
    BOOST_TEST(host.call(sys_time, {}) == 3U);
    BOOST_TEST(host.call(sys_tickfreq, {}) == 1'000'000'000U);
    BOOST_TEST(host.call_at(sys_elapsed, 2048) == 0U);
    std::uint64_t ticks = 0;
    std::memcpy(&ticks, host.text(2048, 8).data(), sizeof ticks);
    BOOST_TEST(ticks == 3'250'000'000U);
}

BOOST_AUTO_TEST_CASE(calls_that_reach_for_the_system_and_files_without_end_are_refused) {
    host_bench host;
    for (const std::uint32_t call : {0x12U, 0x07U, 0x0dU, 0x15U, 0x16U, 0U, 0x100U, all_ones}) {
        BOOST_TEST(host.call(call, {host.put("ls"), 2}) == all_ones);
        BOOST_TEST(host.error() == static_cast<std::uint32_t>(ENOSYS));
    }
    unsigned opened = 0;
    while (opened < 1000 && host.open("many", wb) != all_ones) {
        ++opened;
    }
    BOOST_TEST(opened == 256U);
    BOOST_TEST(host.error() == static_cast<std::uint32_t>(EMFILE));
}
