#include "sims/live/viewer.h"

#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <chrono>

namespace eyeriss::sims {
namespace http = boost::beast::http;
namespace {

constexpr std::chrono::seconds patience{30};  ///< for a request, or for a viewer to take an event
constexpr std::uint32_t largest_header = 16 * 1024;
constexpr std::uint64_t largest_body = 4 * 1024;

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

viewer::viewer(boost::asio::ip::tcp::socket socket, served_site& site)
    : stream_(std::move(socket)), site_(site) {}

void viewer::read_request() {
    parser_.emplace();
    parser_->header_limit(largest_header);
    parser_->body_limit(largest_body);
    stream_.expires_after(patience);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                         if (!error) self->answer(self->parser_->get());
                     });
}

void viewer::answer(const request& asked) {
    const bool ours = site_.allowed.host_is_ours(view(asked[http::field::host])) &&
                      site_.allowed.origin_is_ours(view(asked[http::field::origin]));
    if (ours && asked.method() == http::verb::get && asked.target() == "/events") {
        begin_events();
        return;
    }
    response reply = ours ? reply_to(asked) : response(http::status::forbidden, asked.version());
    reply.set(http::field::cache_control, "no-store");
    reply.set("X-Content-Type-Options", "nosniff");
    reply.set("Content-Security-Policy",
              "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; "
              "img-src data: blob:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'");
    reply.keep_alive(asked.keep_alive());
    reply.prepare_payload();
    send(std::move(reply));
}

viewer::response viewer::reply_to(const request& asked) const {
    const auto with = [&](std::string_view type, std::string body) {
        response reply(http::status::ok, asked.version(), std::move(body));
        reply.set(http::field::content_type, boost::beast::string_view(type.data(), type.size()));
        return reply;
    };
    const auto refuse = [&](http::status why) { return response(why, asked.version()); };
    const auto target = view(asked.target());
    if (target == "/control") {
        if (asked.method() != http::verb::post) return refuse(http::status::method_not_allowed);
        return refuse(site_.control(asked.body()) ? http::status::no_content : http::status::bad_request);
    }
    if (asked.method() != http::verb::get) return refuse(http::status::method_not_allowed);
    if (target == "/") return with("text/html; charset=utf-8", site_.page);
    if (target == "/live.js") return with("text/javascript; charset=utf-8", site_.script);
    if (target == "/data") {
        const auto last = site_.shown.get(board::data);
        return with("application/json", last.json ? *last.json : "null");
    }
    return refuse(http::status::not_found);
}

void viewer::send(response reply) {
    reply_.emplace(std::move(reply));
    stream_.expires_after(patience);
    http::async_write(stream_, *reply_,
                      [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                          if (!error && self->reply_->keep_alive()) self->read_request();
                      });
}

void viewer::begin_events() {
    follows_ = true;
    watch_for_end();
    write_event(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
        "Connection: close\r\nX-Content-Type-Options: nosniff\r\n\r\n");
}

/// A browser sends nothing more here; that reading ends is how its going away shows.
void viewer::watch_for_end() {
    stream_.socket().async_read_some(
        boost::asio::buffer(ignored_),
        [self = shared_from_this()](boost::system::error_code error, std::size_t) {
            if (!error) {
                self->watch_for_end();
                return;
            }
            self->ended_ = true;
            self->stream_.close();
        });
}

void viewer::wake() {
    if (follows_ && !writing_ && !ended_) send_next_event();
}

bool viewer::has_all() const {
    if (!follows_ || ended_) return true;
    return !writing_ && sent_[board::state] == site_.shown.get(board::state).number &&
           sent_[board::data] == site_.shown.get(board::data).number;
}

void viewer::send_next_event() {
    for (std::size_t kind = 0; kind < sent_.size(); ++kind) {
        const auto latest = site_.shown.get(static_cast<board::kind>(kind));
        if (latest.number == sent_.at(kind)) continue;
        sent_.at(kind) = latest.number;
        std::string text = "event: ";
        text += board::names.at(kind);
        text += "\ndata: ";
        text += *latest.json;
        write_event(text + "\n\n");
        return;
    }
}

void viewer::write_event(std::string text) {
    writing_ = true;
    event_ = std::move(text);
    stream_.expires_after(patience);
    boost::asio::async_write(stream_, boost::asio::buffer(event_),
                             [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                                 self->writing_ = false;
                                 self->ended_ = self->ended_ || error.failed();
                                 // Until the next event the stream has all time.
                                 self->stream_.expires_never();
                                 if (!self->ended_) self->send_next_event();
                             });
}

}  // namespace eyeriss::sims
