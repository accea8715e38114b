#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace eyeriss::sims {

/// Who may talk to a server on this host. A page of the web can make a browser send requests here; its own
/// name then stands in Origin, or, where it has its name resolve to this host, in Host.
class callers {
public:
    /// The server's own address, as it was bound, and port.
    callers(std::string address, std::uint16_t port);

    /// "127.0.0.1:8080", "localhost:8080", "[::1]:8080", the bound address; where that is any address of the
    /// host (0.0.0.0, ::), any numeric one.
    [[nodiscard]] bool host_is_ours(std::string_view host) const;
    /// None, or "http://" and one of the same.
    [[nodiscard]] bool origin_is_ours(std::string_view origin) const;

private:
    std::string address_;
    std::uint16_t port_;
    bool any_;
};

}  // namespace eyeriss::sims
