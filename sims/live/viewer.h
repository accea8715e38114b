#pragma once

#include <utility>  // boost/asio.hpp of 1.74 needs it

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sims/live/board.h"
#include "sims/live/callers.h"
#include "sims/live/live_server.h"

namespace eyeriss::sims {

/// What all viewers see and may do.
struct served_site {
    callers allowed;
    std::string page, script;
    live_server::controller control;
    board shown;
};

/// One connection of a browser: requests one after the other, or the stream of events. Lives as long as
/// something is under way on it; in the server's thread alone.
class viewer : public std::enable_shared_from_this<viewer> {
public:
    viewer(boost::asio::ip::tcp::socket socket, served_site& site);

    void start() { read_request(); }
    /// There is something new on the board.
    void wake();
    /// True unless it follows events and has not been sent the last ones.
    [[nodiscard]] bool has_all() const;

private:
    using request = boost::beast::http::request<boost::beast::http::string_body>;
    using response = boost::beast::http::response<boost::beast::http::string_body>;

    void read_request();
    void answer(const request& asked);
    [[nodiscard]] response reply_to(const request& asked) const;
    void send(response reply);
    void begin_events();
    void send_next_event();
    void write_event(std::string text);
    void watch_for_end();

    boost::beast::tcp_stream stream_;
    served_site& site_;
    boost::beast::flat_buffer buffer_;
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
    std::optional<response> reply_;
    bool follows_ = false, writing_ = false, ended_ = false;
    std::string event_;  ///< on its way
    std::array<std::uint64_t, board::names.size()> sent_{};
    std::array<char, 64> ignored_{};
};

}  // namespace eyeriss::sims
