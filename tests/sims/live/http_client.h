#pragma once

#include <utility>  // boost/asio.hpp of 1.74 needs it

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <string>

namespace eyeriss::test {

/// A browser's way to a server on this host.
class http_client {
public:
    explicit http_client(std::uint16_t port) : port_(port), socket_(context_) {
        socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    }

    using response = boost::beast::http::response<boost::beast::http::string_body>;
    using request = boost::beast::http::request<boost::beast::http::string_body>;

    [[nodiscard]] request make(boost::beast::http::verb verb, const std::string& target,
                               const std::string& body = "") const {
        request r(verb, target, 11, body);
        r.set(boost::beast::http::field::host, "127.0.0.1:" + std::to_string(port_));
        r.prepare_payload();
        return r;
    }
    response ask(const request& r) {
        boost::beast::http::write(socket_, r);
        response answer;
        boost::beast::http::read(socket_, buffer_, answer);
        return answer;
    }
    response get(const std::string& target) { return ask(make(boost::beast::http::verb::get, target)); }
    response post(const std::string& target, const std::string& body) {
        return ask(make(boost::beast::http::verb::post, target, body));
    }

    /// Asks for a stream of events; its header is read.
    void follow(const std::string& target) {
        boost::beast::http::write(socket_, make(boost::beast::http::verb::get, target));
        static_cast<void>(read_up_to("\r\n\r\n"));
    }
    /// The next event, "event: KIND\ndata: TEXT".
    std::string next_event() { return read_up_to("\n\n"); }

    [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }

private:
    std::string read_up_to(const std::string& end) {
        const auto n = boost::asio::read_until(socket_, boost::asio::dynamic_buffer(seen_), end);
        auto text = seen_.substr(0, n - end.size());
        seen_.erase(0, n);
        return text;
    }

    std::uint16_t port_;
    boost::asio::io_context context_;
    boost::asio::ip::tcp::socket socket_;
    boost::beast::flat_buffer buffer_;
    std::string seen_;
};

}  // namespace eyeriss::test
