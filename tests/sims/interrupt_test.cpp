#define BOOST_TEST_MODULE interrupt_test
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "tests/sims/program.h"

using namespace eyeriss;
using test::temporary_folder;

namespace {

/// The program in the background; it is gone at the end of the scope.
class background_program {
public:
    explicit background_program(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), EYERISS_VP_PROGRAM);
        std::vector<char*> argv;
        argv.reserve(arguments.size() + 1);
        for (auto& a : arguments) {
            argv.push_back(a.data());
        }
        argv.push_back(nullptr);
        BOOST_REQUIRE(posix_spawn(&child_, EYERISS_VP_PROGRAM, nullptr, nullptr, argv.data(), environ) == 0);
    }
    background_program(const background_program&) = delete;
    background_program& operator=(const background_program&) = delete;
    ~background_program() {
        if (child_ > 0) {
            kill(child_, SIGKILL);
            wait();
        }
    }

    void interrupt() const { kill(child_, SIGINT); }

    /// Exit code, or 128 + signal.
    int wait() {
        int status = 0;
        waitpid(child_, &status, 0);
        child_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    pid_t child_ = 0;
};

/// A program for the RV32 core, put at the start of DRAM: one loadable segment.
std::string make_elf(const std::vector<std::uint32_t>& code) {
    constexpr std::uint32_t base = 0x80000000;
    constexpr std::uint32_t headers = 52 + 32;
    const auto bytes = static_cast<std::uint32_t>(4 * code.size());
    std::string out(
        "\x7f"
        "ELF\x01\x01\x01",
        7);
    out.resize(16, '\0');
    const auto half = [&](std::uint16_t v) { out.append(reinterpret_cast<const char*>(&v), 2); };
    const auto word = [&](std::uint32_t v) { out.append(reinterpret_cast<const char*>(&v), 4); };
    half(2), half(243), word(1), word(base), word(52), word(0), word(0);
    half(52), half(32), half(1), half(40), half(0), half(0);
    word(1), word(headers), word(base), word(base), word(bytes), word(bytes), word(5), word(4);
    for (const auto instruction : code) {
        word(instruction);
    }
    return out;
}

bool appears(const std::filesystem::path& file, std::string_view text) {
    for (int i = 0; i < 3000; ++i) {
        if (test::read_text(file).find(text) != std::string::npos) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(ctrl_c_ends_firmware_that_never_ends) {
    const temporary_folder folder;
    // lui x1, 0x10000; addi x2, x0, 'A'; sb x2, 0(x1) for ever: the UART's file fills until the signal comes.
    test::write_text(folder / "spin.elf", make_elf({0x100000b7, 0x04100113, 0x00208023, 0xffdff06f}));
    background_program program(
        {"boot", (folder / "spin.elf").string(), "--quiet", "--uart", (folder / "uart").string()});
    BOOST_REQUIRE(appears(folder / "uart", "A"));
    program.interrupt();
    BOOST_TEST(program.wait() == 130);
}

BOOST_AUTO_TEST_CASE(ctrl_c_leaves_whole_results_marked_incomplete) {
    // Filled before, so that what is interrupted is the simulation.
    const temporary_folder folder;
    const auto out = folder / "out";
    BOOST_REQUIRE(
        test::run_program("run --network sparse-alexnet --quiet --out " + test::word(folder / "first"))
            .exit_code == 0);
    // The signal may come before the simulation began or after it ended: try again, a little later or
    // earlier.
    bool seen = false;
    for (int attempt = 0; attempt < 40 && !seen; ++attempt) {
        std::filesystem::remove_all(out);
        background_program program({"run", "--network", "sparse-alexnet", "--quiet", "--out", out.string()});
        std::this_thread::sleep_for(std::chrono::milliseconds(60 + attempt * 53 % 600));
        program.interrupt();
        const int code = program.wait();
        BOOST_TEST((code == 0 || code == 130), "exit code " << code);
        // Without results the signal came before the simulation; then nothing may be left either.
        if (code == 130 && std::filesystem::exists(out)) {
            const auto summary = nlohmann::json::parse(test::read_text(out / "summary.json"));
            BOOST_TEST(summary.at("complete") == false);
            BOOST_TEST(summary.at("stopped_by") == "interrupt");
            BOOST_TEST(summary.at("layers").size() == 11U);
            BOOST_TEST(std::filesystem::exists(out / "manifest.json"));
            seen = true;
        }
        BOOST_TEST(test::entries(folder.path()) == (std::filesystem::exists(out) ? 2U : 1U));
    }
    BOOST_TEST(seen, "no signal came during the simulation");
}
