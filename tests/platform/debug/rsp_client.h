#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace eyeriss::test {

/// A debugger's end of GDB's remote serial protocol, as raw as a test wants it: it shares no code with the
/// stub.
class rsp_client {
public:
    /// Connects to a port of 127.0.0.1. Throws boost::system::system_error when nobody listens.
    explicit rsp_client(std::uint16_t port);

    /// "$payload#checksum"; the payload goes as it is.
    [[nodiscard]] static std::string frame(std::string_view payload);

    void send_raw(std::string_view bytes);
    void send(std::string_view payload) { send_raw(frame(payload)); }
    /// The next '+' or '-', or "$payload" whose checksum has been looked at; "" when the other end has
    /// closed. Throws std::runtime_error for anything else.
    std::string next();
    /// Sends a packet, and takes the acknowledgement and the reply, which it acknowledges; the reply's
    /// payload.
    std::string ask(std::string_view payload);
    /// Takes a reply that no packet asked for just now, as that to a resumption.
    std::string reply();
    /// No more '+', on either side.
    void stop_acknowledging() { acknowledges_ = false; }
    void close() { socket_.close(); }

private:
    char next_character();

    boost::asio::io_context context_;
    boost::asio::ip::tcp::socket socket_{context_};
    bool acknowledges_ = true;
    bool closed_ = false;
};

/// Text as two digits a byte.
[[nodiscard]] std::string hex(std::string_view text);
/// And back.
[[nodiscard]] std::string text_of_hex(std::string_view digits);

}  // namespace eyeriss::test
