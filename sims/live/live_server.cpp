#include "sims/live/live_server.h"

#include <utility>  // boost/asio.hpp of 1.74 needs it

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <future>
#include <thread>
#include <vector>

#include "sims/live/board.h"
#include "sims/live/callers.h"
#include "sims/live/viewer.h"
#include "sims/support/error.h"

namespace eyeriss::sims {

using boost::asio::ip::tcp;

struct live_server::impl {
    impl(const options& where, std::string page, std::string script, controller control)
        : acceptor(context),
          site{listen(where), std::move(page), std::move(script), std::move(control), {}} {}

    callers listen(const options& where) {
        boost::system::error_code error;
        const auto address = boost::asio::ip::make_address(where.address, error);
        if (error) {
            throw user_error(fmt::format("--watch-address {}: expects an IP address", where.address));
        }
        const tcp::endpoint endpoint(address, where.port);
        acceptor.open(endpoint.protocol(), error);
        if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
        if (error == boost::asio::error::address_family_not_supported ||
            error == boost::system::errc::address_not_available) {
            throw user_error(fmt::format("--watch-address {}: expects an address of this host: {}",
                                         where.address, error.message()));
        }
        if (error) {
            throw user_error(fmt::format("--watch-port {}: {} port {} cannot be had: {}", where.port,
                                         where.address, where.port, error.message()));
        }
        return {where.address, acceptor.local_endpoint().port()};
    }

    void accept() {
        acceptor.async_accept([this](boost::system::error_code error, tcp::socket socket) {
            if (error == boost::asio::error::operation_aborted) return;
            if (!error) take(std::move(socket));
            accept();
        });
    }

    void take(tcp::socket socket) {
        std::erase_if(viewers, [](const auto& v) { return v.expired(); });
        if (viewers.size() >= most_viewers) return;  // closes the socket
        const auto fresh = std::make_shared<viewer>(std::move(socket), site);
        viewers.push_back(fresh);
        fresh->start();
    }

    void tell() {
        for (const auto& v : viewers) {
            if (const auto present = v.lock()) present->wake();
        }
    }

    [[nodiscard]] bool all_told() const {
        return std::all_of(viewers.begin(), viewers.end(), [](const auto& v) {
            const auto present = v.lock();
            return !present || present->has_all();
        });
    }

    void wait_for_viewers(std::chrono::milliseconds longest) {
        constexpr std::chrono::milliseconds pace{5};
        const auto until = std::chrono::steady_clock::now() + longest;
        for (bool told = false; !told && std::chrono::steady_clock::now() < until;) {
            std::promise<bool> answer;
            boost::asio::post(context, [&] { answer.set_value(all_told()); });
            told = answer.get_future().get();
            if (!told) std::this_thread::sleep_for(pace);
        }
    }

    static constexpr std::size_t most_viewers = 64;
    boost::asio::io_context context;
    tcp::acceptor acceptor;
    served_site site;
    std::vector<std::weak_ptr<viewer>> viewers;  ///< the server's thread alone
    std::thread thread;
};

live_server::live_server(const options& where, std::string page, std::string script, controller control)
    : impl_(std::make_unique<impl>(where, std::move(page), std::move(script), std::move(control))) {
    impl_->accept();
    impl_->thread = std::thread([this] { impl_->context.run(); });
}

live_server::~live_server() {
    impl_->context.stop();
    impl_->thread.join();
}

std::uint16_t live_server::port() const {
    return impl_->acceptor.local_endpoint().port();
}

std::string live_server::url() const {
    const auto endpoint = impl_->acceptor.local_endpoint();
    const auto address = endpoint.address().to_string();
    return endpoint.address().is_v6() ? fmt::format("http://[{}]:{}/", address, endpoint.port())
                                      : fmt::format("http://{}:{}/", address, endpoint.port());
}

void live_server::show_data(std::string json) {
    impl_->site.shown.put(board::data, std::move(json));
    boost::asio::post(impl_->context, [this] { impl_->tell(); });
}

void live_server::show_state(std::string json) {
    impl_->site.shown.put(board::state, std::move(json));
    boost::asio::post(impl_->context, [this] { impl_->tell(); });
}

void live_server::finish(std::chrono::milliseconds longest) {
    impl_->wait_for_viewers(longest);
}

}  // namespace eyeriss::sims
