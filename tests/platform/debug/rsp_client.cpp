#include "tests/platform/debug/rsp_client.h"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

namespace eyeriss::test {

using boost::asio::ip::tcp;

rsp_client::rsp_client(std::uint16_t port) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    socket_.set_option(tcp::no_delay(true));
}

std::string rsp_client::frame(std::string_view payload) {
    unsigned sum = 0;
    for (const char c : payload) {
        sum += static_cast<unsigned char>(c);
    }
    return fmt::format("${}#{:02x}", payload, sum % 256);
}

void rsp_client::send_raw(std::string_view bytes) {
    boost::asio::write(socket_, boost::asio::buffer(bytes));
}

char rsp_client::next_character() {
    char c = 0;
    boost::system::error_code ended;
    socket_.read_some(boost::asio::buffer(&c, 1), ended);
    closed_ = static_cast<bool>(ended);
    return c;
}

std::string rsp_client::next() {
    const char first = next_character();
    if (closed_) {
        return {};
    }
    if (first == '+' || first == '-') {
        return {first};
    }
    std::string payload;
    char c = next_character();
    for (; !closed_ && c != '#'; c = next_character()) {
        payload += c;
    }
    const std::string sum{next_character(), next_character()};
    if (first != '$' || closed_ || frame(payload) != fmt::format("${}#{}", payload, sum)) {
        throw std::runtime_error(fmt::format("not a packet: {}{}#{}", first, payload, sum));
    }
    return "$" + payload;
}

std::string rsp_client::reply() {
    const auto packet = next();
    if (!packet.starts_with('$')) {
        throw std::runtime_error(fmt::format("expects a reply, got '{}'", packet));
    }
    if (acknowledges_) {
        send_raw("+");
    }
    return packet.substr(1);
}

std::string rsp_client::ask(std::string_view payload) {
    send(payload);
    if (acknowledges_) {
        const auto accepted = next();
        if (accepted != "+") {
            throw std::runtime_error(fmt::format("'{}' is answered by '{}'", payload, accepted));
        }
    }
    return reply();
}

std::string hex(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string text_of_hex(std::string_view digits) {
    std::string out;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        out += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
    }
    return out;
}

}  // namespace eyeriss::test
