#define BOOST_TEST_MODULE progress
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdlib>
#include <future>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/sims/program.h"

using namespace eyeriss;

namespace {

/// What the program writes to a terminal of 100 columns that has no input; its exit code must be 0.
std::string on_a_terminal(const std::string& environment, const std::string& arguments) {
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    BOOST_TEST_REQUIRE(terminal >= 0);
    BOOST_TEST_REQUIRE((::grantpt(terminal) == 0 && ::unlockpt(terminal) == 0));
    winsize size{};
    size.ws_row = 30;
    size.ws_col = 100;
    BOOST_TEST_REQUIRE(::ioctl(terminal, TIOCSWINSZ, &size) == 0);
    const auto command = fmt::format("{} {} {} >'{}' 2>&1 </dev/null", environment, EYERISS_VP_PROGRAM,
                                     arguments, ::ptsname(terminal));
    auto status = std::async(std::launch::async, [&] { return std::system(command.c_str()); });
    std::string seen;
    std::array<char, 4096> piece{};
    while (status.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        pollfd waiting{terminal, POLLIN, 0};
        if (::poll(&waiting, 1, 50) <= 0 || (waiting.revents & POLLIN) == 0) continue;
        const auto n = ::read(terminal, piece.data(), piece.size());
        if (n > 0) seen.append(piece.data(), static_cast<std::size_t>(n));
    }
    ::fcntl(terminal, F_SETFL, O_NONBLOCK);
    for (ssize_t n = 0; (n = ::read(terminal, piece.data(), piece.size())) > 0;) {
        seen.append(piece.data(), static_cast<std::size_t>(n));
    }
    ::close(terminal);
    const int code = status.get();
    BOOST_TEST(WIFEXITED(code));
    BOOST_TEST(WEXITSTATUS(code) == 0, seen);
    return seen;
}

/// Without sequences that colour or clear.
std::string plain(const std::string& text) {
    return std::regex_replace(text, std::regex("\x1b\\[[0-9]*[mK]"), "");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_terminal_sees_progress_layer_by_layer_and_a_coloured_table_in_100_columns) {
    const test::temporary_folder folder;
    const auto seen = on_a_terminal("env -u NO_COLOR TERM=xterm",
                                    "run --network lenet5 --out " + test::word(folder / "out"));
    const auto summary = nlohmann::json::parse(test::read_text(folder / "out" / "summary.json"));
    const auto layers = summary.at("layers").size();
    for (std::size_t i = 0; i < layers; ++i) {
        const auto place =
            fmt::format("{}/{} {}", i + 1, layers, summary["layers"][i]["name"].get<std::string>());
        BOOST_TEST(plain(seen).find(place) != std::string::npos, place);
    }
    BOOST_TEST(plain(seen).find("cycles/s") != std::string::npos);
    BOOST_TEST(seen.find("\x1b[1mlayer ") != std::string::npos);
    BOOST_TEST(seen.find("\x1b[32mevery layer's output equals the reference") != std::string::npos);
    std::string line;
    for (const char c : plain(seen) + "\n") {
        if (c != '\r' && c != '\n') {
            line += c;
            continue;
        }
        BOOST_TEST((line.size() <= 100 || line.starts_with("results in ")), line);
        line.clear();
    }
}

BOOST_AUTO_TEST_CASE(no_color_and_a_pipe_are_given_no_colour) {
    const test::temporary_folder folder;
    const auto arguments = "run --network lenet5 --out " + test::word(folder / "out");
    const auto seen = on_a_terminal("env NO_COLOR=1 TERM=xterm", arguments);
    BOOST_TEST(seen.find("1/") != std::string::npos);
    BOOST_TEST(!std::regex_search(seen, std::regex("\x1b\\[[0-9]*m")));
    const auto piped = test::run_program(arguments);
    BOOST_TEST(piped.out.find('\x1b') == std::string::npos);
    BOOST_TEST(piped.err == "");
}
