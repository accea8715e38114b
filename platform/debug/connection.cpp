#include "platform/debug/connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>
#include <utility>

namespace eyeriss::platform {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

bool readable(int handle, std::chrono::milliseconds longest) {
    pollfd asked{handle, POLLIN, 0};
    return ::poll(&asked, 1, static_cast<int>(longest.count())) > 0;
}

}  // namespace

struct connection::sockets {
    asio::io_context context;
    tcp::acceptor listener{context};
    tcp::socket peer{context};
};

connection::connection(std::uint16_t port) : sockets_(std::make_unique<sockets>()) {
    const tcp::endpoint here(asio::ip::address_v4::loopback(), port);
    try {
        sockets_->listener.open(here.protocol());
        sockets_->listener.set_option(tcp::acceptor::reuse_address(true));
        sockets_->listener.bind(here);
        sockets_->listener.listen(1);
    } catch (const boost::system::system_error& error) {
        throw std::invalid_argument(
            fmt::format("port {}: cannot be listened at: {}", port, error.code().message()));
    }
}

connection::~connection() = default;

std::uint16_t connection::port() const {
    return sockets_->listener.local_endpoint().port();
}

bool connection::open() const {
    return sockets_->peer.is_open();
}

bool connection::accept(std::chrono::milliseconds longest) {
    if (!open() && readable(sockets_->listener.native_handle(), longest)) {
        error_code failed;
        sockets_->listener.accept(sockets_->peer, failed);
        if (failed) {
            close();
        } else {
            sockets_->peer.set_option(tcp::no_delay(true), failed);
        }
    }
    return open();
}

bool connection::turn_away() {
    constexpr std::chrono::milliseconds at_once{0};
    if (!open() || !readable(sockets_->listener.native_handle(), at_once) ||
        readable(sockets_->peer.native_handle(), at_once)) {
        return false;
    }
    error_code failed;
    tcp::socket second(sockets_->context);
    sockets_->listener.accept(second, failed);
    return !failed;
}

std::string connection::receive(std::chrono::milliseconds longest) {
    if (!open() || !readable(sockets_->peer.native_handle(), longest)) {
        return {};
    }
    std::array<char, 4096> bytes{};
    error_code failed;
    const std::size_t got = sockets_->peer.read_some(asio::buffer(bytes), failed);
    if (failed) {
        close();
    }
    return {bytes.data(), got};
}

void connection::send(std::string_view bytes) {
    error_code failed;
    if (open()) {
        asio::write(sockets_->peer, asio::buffer(bytes), failed);
    }
    if (failed) {
        close();
    }
}

void connection::close() {
    error_code ignored;
    sockets_->peer.close(ignored);
}

}  // namespace eyeriss::platform
