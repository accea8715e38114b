#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace eyeriss::platform {

/// A listener on the host's loopback interface, and the one connection that it serves at a time.
class connection {
public:
    /// Listens; port 0 takes a free one. Throws std::invalid_argument with one line when the port cannot be
    /// had.
    explicit connection(std::uint16_t port);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] bool open() const;
    /// Takes a connection that waits, if none is open; true when one is open then. Waits at most so long.
    bool accept(std::chrono::milliseconds longest);
    /// Ends a connection that waits while one is open; true when there was one. The one that is open must
    /// have nothing to receive, since its end, which lets the other take its place, may be what has arrived.
    bool turn_away();
    /// What has arrived, waiting for it at most so long; empty when nothing has, or the connection has ended,
    /// which then is not open any more.
    std::string receive(std::chrono::milliseconds longest);
    /// Sends all of it; the connection is closed when that cannot be done.
    void send(std::string_view bytes);
    void close();

private:
    struct sockets;
    std::unique_ptr<sockets> sockets_;
};

}  // namespace eyeriss::platform
