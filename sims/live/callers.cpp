#include "sims/live/callers.h"

#include <utility>  // boost/asio/ip/address.hpp of 1.74 needs it

#include <boost/asio/ip/address.hpp>

namespace eyeriss::sims {
namespace {

using boost::asio::ip::make_address;

std::string_view without_brackets(std::string_view host) {
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    return bracketed ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

callers::callers(std::string address, std::uint16_t port) : address_(std::move(address)), port_(port) {
    boost::system::error_code error;
    any_ = make_address(address_, error).is_unspecified() && !error;
}

bool callers::host_is_ours(std::string_view host) const {
    const auto colon = host.rfind(':');
    const bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
    constexpr std::uint16_t default_port = 80;
    const auto port = has_port ? host.substr(colon + 1) : std::string_view();
    if (has_port ? port != std::to_string(port_) : port_ != default_port) return false;
    const auto name = without_brackets(has_port ? host.substr(0, colon) : host);
    if (name == "localhost" || name == address_) return true;
    boost::system::error_code error;
    const auto numeric = make_address(std::string(name), error);
    return !error && (any_ || numeric.is_loopback());
}

bool callers::origin_is_ours(std::string_view origin) const {
    constexpr std::string_view scheme = "http://";
    return origin.empty() || (origin.starts_with(scheme) && host_is_ours(origin.substr(scheme.size())));
}

}  // namespace eyeriss::sims
