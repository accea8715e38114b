#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace eyeriss::sims {

/// Serves a page and what it is to show to browsers on this host, from a thread of its own.
///
/// | request | answer |
/// |---|---|
/// | GET / | the page, with the script below at its end |
/// | GET /live.js | the script |
/// | GET /events | server-sent events: `state`, small and often, and `data`, the whole record so far |
/// | GET /data | the last `data` |
/// | POST /control | 204; the body goes to whoever controls; what that refuses is answered with 400 |
///
/// A viewer who reads slowly misses events and never holds anybody: each has at most one event on its way,
/// and then gets the latest of each kind. Requests whose Host is not this server's address, or whose Origin
/// is another page's, are answered with 403, so no page of the web can reach it through a browser; bodies of
/// requests are at most 4 KiB.
class live_server {
public:
    struct options {
        std::string address = "127.0.0.1";  ///< an IP address of this host
        std::uint16_t port = 0;             ///< 0: a free one
    };
    /// Carries out the body of a POST; false when it means nothing.
    using controller = std::function<bool(std::string_view body)>;

    /// Listens. The controller is called in the server's thread.
    /// \throws user_error naming address and port that cannot be had.
    live_server(const options& where, std::string page, std::string script, controller control);
    ~live_server();
    live_server(const live_server&) = delete;
    live_server& operator=(const live_server&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    /// "http://127.0.0.1:PORT/".
    [[nodiscard]] std::string url() const;

    /// What viewers see from now on; JSON in one line each. To be called by any thread; never waits.
    void show_data(std::string json);
    void show_state(std::string json);
    /// Waits until every viewer has been sent the last of both, at most so long, then sends no more.
    void finish(std::chrono::milliseconds longest);

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace eyeriss::sims
