#include "sims/session/host_uart.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

#include "sims/session/interrupt.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

constexpr int wait_ms = 100;

/// True when a descriptor has input, or its end, within a time.
bool readable(int descriptor, int within_ms) {
    pollfd asked{descriptor, POLLIN, 0};
    return ::poll(&asked, 1, within_ms) == 1 && asked.revents != 0;
}

/// Input of a descriptor as it comes, until its end.
class descriptor_input {
public:
    explicit descriptor_input(int descriptor) : descriptor_(descriptor) {}

    std::string take(std::size_t most) {
        std::string characters(most, '\0');
        if (ended_ || !readable(descriptor_, 0)) {
            return {};
        }
        const auto got = ::read(descriptor_, characters.data(), characters.size());
        ended_ = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
        characters.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return characters;
    }
    bool wait() const {
        if (!ended_) {
            readable(descriptor_, wait_ms);
        }
        return !ended_;
    }

private:
    int descriptor_;
    bool ended_ = false;
};

/// A terminal that gives each key at once and does not echo, while this lives.
class raw_terminal {
public:
    explicit raw_terminal(int descriptor) : descriptor_(descriptor) {
        termios mode{};
        if (isatty(descriptor) != 1 || tcgetattr(descriptor, &mode) != 0) {
            return;
        }
        before_ = mode;
        mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        tcsetattr(descriptor, TCSANOW, &mode);
    }
    raw_terminal(const raw_terminal&) = delete;
    raw_terminal& operator=(const raw_terminal&) = delete;
    ~raw_terminal() {
        if (before_) {
            tcsetattr(descriptor_, TCSANOW, &*before_);
        }
    }

private:
    int descriptor_;
    std::optional<termios> before_;
};

class stdio_uart : public host_uart {
public:
    void put(char c) override {
        std::putchar(c);
        if (c == '\n' || interactive_) {
            std::fflush(stdout);
        }
    }
    std::string take(std::size_t most) override { return input_.take(most); }
    bool wait() override {
        std::fflush(stdout);
        return input_.wait();
    }

private:
    raw_terminal terminal_{STDIN_FILENO};
    bool interactive_ = isatty(STDIN_FILENO) == 1;
    descriptor_input input_{STDIN_FILENO};
};

class file_uart : public host_uart {
public:
    explicit file_uart(const std::string& path) : file_(path, std::ios::binary) {
        if (!file_) {
            throw user_error(
                fmt::format("--uart {}: cannot be written; expects stdio, pty, tcp:PORT or a file", path));
        }
    }
    void put(char c) override { file_.put(c); }
    std::string take(std::size_t) override { return {}; }
    bool wait() override { return false; }

private:
    std::ofstream file_;
};

/// Owns a file descriptor.
class descriptor {
public:
    explicit descriptor(int number) : number_(number) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

class pty_uart : public host_uart {
public:
    pty_uart() {
        std::array<char, 128> name{};
        const int number = master_.number();
        if (number < 0 || grantpt(number) != 0 || unlockpt(number) != 0 ||
            ptsname_r(number, name.data(), name.size()) != 0) {
            throw user_error(fmt::format("--uart pty: no pseudo-terminal: {}", std::strerror(errno)));
        }
        // Held open, so that a terminal program can come and go; raw, so that nothing is echoed.
        slave_.emplace(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
        termios mode{};
        if (slave_->number() < 0 || tcgetattr(slave_->number(), &mode) != 0) {
            throw user_error(fmt::format("--uart pty: {}: {}", name.data(), std::strerror(errno)));
        }
        cfmakeraw(&mode);
        tcsetattr(slave_->number(), TCSANOW, &mode);
        fmt::print(stderr, "eyeriss-vp: uart: {}\n", name.data());
        std::fflush(stderr);
    }
    /// Characters that nobody reads are lost once the terminal's buffer is full, as on a line.
    void put(char c) override { (void)!::write(master_.number(), &c, 1); }
    std::string take(std::size_t most) override { return input_.take(most); }
    bool wait() override { return input_.wait(); }

private:
    descriptor master_{posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)};
    std::optional<descriptor> slave_;
    descriptor_input input_{master_.number()};
};

class tcp_uart : public host_uart {
public:
    explicit tcp_uart(std::uint16_t port) {
        using boost::asio::ip::tcp;
        boost::system::error_code error;
        const tcp::endpoint place(boost::asio::ip::address_v4::loopback(), port);
        tcp::acceptor acceptor(context_);
        acceptor.open(place.protocol(), error);
        if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor.bind(place, error);
        if (!error) acceptor.listen(1, error);
        if (error) {
            throw user_error(fmt::format("--uart tcp:{}: cannot listen: {}", port, error.message()));
        }
        fmt::print(stderr, "eyeriss-vp: uart: waiting at 127.0.0.1:{}\n", acceptor.local_endpoint().port());
        std::fflush(stderr);
        acceptor.accept(client_, error);
        if (error) {
            throw user_error(fmt::format("--uart tcp:{}: no client: {}", port, error.message()));
        }
        client_.set_option(tcp::no_delay(true), error);
        input_.emplace(client_.native_handle());
    }
    /// What a client that has gone does not take is lost.
    void put(char c) override {
        boost::system::error_code lost;
        boost::asio::write(client_, boost::asio::buffer(&c, 1), lost);
    }
    std::string take(std::size_t most) override { return input_->take(most); }
    bool wait() override { return input_->wait(); }

private:
    boost::asio::io_context context_;
    boost::asio::ip::tcp::socket client_{context_};
    std::optional<descriptor_input> input_;
};

std::uint16_t port_of(const std::string& where, std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
        throw user_error(fmt::format("--uart {}: expects a port from 0 to 65535", where));
    }
    return port;
}

}  // namespace

std::unique_ptr<host_uart> open_host_uart(const std::string& where) {
    constexpr std::string_view tcp = "tcp:";
    if (where == "stdio") {
        return std::make_unique<stdio_uart>();
    }
    if (where == "pty") {
        return std::make_unique<pty_uart>();
    }
    if (where.starts_with(tcp)) {
        return std::make_unique<tcp_uart>(port_of(where, std::string_view(where).substr(tcp.size())));
    }
    return std::make_unique<file_uart>(where);
}

platform::run_limits with_input(platform::run_limits limits, host_uart& uart, platform::soc& soc) {
    const auto pass_on = [&uart, &soc] {
        const std::size_t waiting = soc.uart().waiting();
        if (soc.outside().replaying() || waiting >= platform::uart16550::fifo_depth) {
            return false;
        }
        const auto characters = uart.take(platform::uart16550::fifo_depth - waiting);
        if (!characters.empty()) {
            soc.outside().submit("uart", characters);
        }
        return !characters.empty();
    };
    limits.interrupted = [pass_on, also = std::move(limits.interrupted)] {
        pass_on();
        return also && also();
    };
    limits.idle = [pass_on, &uart, &soc, also = std::move(limits.idle)] {
        while (!soc.outside().replaying() && soc.uart().interrupts_on_input() &&
               !interrupt_watch::requested()) {
            if (pass_on()) {
                return true;
            }
            if (!uart.wait()) {
                break;
            }
        }
        return also && also();
    };
    return limits;
}

}  // namespace eyeriss::sims
