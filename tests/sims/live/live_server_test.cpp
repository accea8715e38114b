#define BOOST_TEST_MODULE live_server
#include "sims/live/live_server.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "sims/live/callers.h"
#include "sims/live/run_gate.h"
#include "sims/support/error.h"
#include "tests/sims/live/http_client.h"

using namespace eyeriss;
namespace http = boost::beast::http;

namespace {

/// A server whose controller takes "yes" alone.
struct site {
    std::string asked;
    sims::live_server server{
        {"127.0.0.1", 0}, "<html>page</html>", "script();", [this](std::string_view body) {
            asked = body;
            return body == "yes";
        }};
    test::http_client client() { return test::http_client(server.port()); }
};

constexpr std::chrono::seconds long_enough{60};

}  // namespace

BOOST_AUTO_TEST_CASE(page_script_and_last_record_are_served) {
    site s;
    auto browser = s.client();
    const auto page = browser.get("/");
    BOOST_TEST(page.result_int() == 200U);
    BOOST_TEST(page.body() == "<html>page</html>");
    BOOST_TEST(page[http::field::content_type] == "text/html; charset=utf-8");
    BOOST_TEST(browser.get("/live.js").body() == "script();");
    BOOST_TEST(browser.get("/data").body() == "null");
    s.server.show_data("{\"layers\":1}");
    BOOST_TEST(browser.get("/data").body() == "{\"layers\":1}");
    BOOST_TEST(browser.get("/nothing").result_int() == 404U);
    BOOST_TEST(browser.post("/", "").result_int() == 405U);
}

BOOST_AUTO_TEST_CASE(controls_reach_the_controller_by_post_alone) {
    site s;
    auto browser = s.client();
    BOOST_TEST(browser.post("/control", "yes").result_int() == 204U);
    BOOST_TEST(browser.post("/control", "no").result_int() == 400U);
    BOOST_TEST(s.asked == "no");
    BOOST_TEST(browser.get("/control").result_int() == 405U);
    BOOST_TEST(s.asked == "no");
}

BOOST_AUTO_TEST_CASE(every_viewer_sees_what_stands_and_what_comes) {
    site s;
    s.server.show_state("1");
    s.server.show_data("{}");
    auto first = s.client();
    auto second = s.client();
    for (auto* viewer : {&first, &second}) {
        viewer->follow("/events");
        BOOST_TEST(viewer->next_event() == "event: data\ndata: {}");
        BOOST_TEST(viewer->next_event() == "event: state\ndata: 1");
    }
    s.server.show_state("2");
    BOOST_TEST(first.next_event() == "event: state\ndata: 2");
    BOOST_TEST(second.next_event() == "event: state\ndata: 2");
    s.server.finish(long_enough);
}

// What a viewer does not read fills its connection; showing goes on, and what it reads at last is the latest.
BOOST_AUTO_TEST_CASE(a_viewer_who_does_not_read_holds_nobody_and_then_gets_the_latest) {
    site s;
    auto slow = s.client();
    slow.socket().set_option(boost::asio::socket_base::receive_buffer_size(4096));
    slow.follow("/events");
    auto quick = s.client();
    quick.follow("/events");
    const std::string filling(1 << 20, ' ');
    constexpr int shown = 200;
    for (int i = 1; i <= shown; ++i) s.server.show_data(std::to_string(i) + filling);
    const auto number = [&](const std::string& event) {
        return std::stoi(event.substr(event.rfind(':') + 1));
    };
    int last = 0;
    while (last != shown) {
        const int next = number(quick.next_event());
        BOOST_TEST_REQUIRE(next > last);
        last = next;
    }
    int events = 0;
    for (last = 0; last != shown; ++events) last = number(slow.next_event());
    BOOST_TEST(events < shown / 2);
}

BOOST_AUTO_TEST_CASE(a_viewer_who_leaves_is_not_waited_for) {
    site s;
    {
        auto gone = s.client();
        gone.follow("/events");
    }
    s.server.show_data("{}");
    s.server.finish(long_enough);
    BOOST_TEST(s.client().get("/").result_int() == 200U);
}

BOOST_AUTO_TEST_CASE(another_pages_requests_are_refused) {
    site s;
    const auto port = std::to_string(s.server.port());
    const auto asked_as = [&](const std::string& host, const std::string& origin, const std::string& target) {
        auto browser = s.client();
        const bool control = target == "/control";
        auto r = browser.make(control ? http::verb::post : http::verb::get, target, control ? "yes" : "");
        r.set(http::field::host, host);
        if (!origin.empty()) r.set(http::field::origin, origin);
        return browser.ask(r).result_int();
    };
    const auto ours = "127.0.0.1:" + port;
    BOOST_TEST(asked_as(ours, "", "/") == 200U);
    BOOST_TEST(asked_as("localhost:" + port, "", "/") == 200U);
    BOOST_TEST(asked_as(ours, "http://" + ours, "/control") == 204U);
    BOOST_TEST(asked_as("evil.example:" + port, "", "/") == 403U);
    BOOST_TEST(asked_as("evil.example:" + port, "", "/events") == 403U);
    BOOST_TEST(asked_as("evil.example", "", "/data") == 403U);
    BOOST_TEST(asked_as("127.0.0.1:1", "", "/") == 403U);
    s.asked.clear();
    for (const std::string origin :
         {"http://evil.example", "https://127.0.0.1", "null", "http://127.0.0.1:1"}) {
        BOOST_TEST(asked_as(ours, origin, "/control") == 403U, origin);
    }
    BOOST_TEST(s.asked.empty());
}

BOOST_AUTO_TEST_CASE(names_of_this_host_alone_are_ours) {
    const sims::callers local("127.0.0.1", 8080);
    for (const char* host : {"127.0.0.1:8080", "localhost:8080", "[::1]:8080"}) {
        BOOST_TEST(local.host_is_ours(host), host);
    }
    for (const char* host : {"", "127.0.0.1", "localhost", "10.0.0.1:8080", "localhost.evil.example:8080",
                             "[::1]", "127.0.0.1:8080:1", ":8080"}) {
        BOOST_TEST(!local.host_is_ours(host), host);
    }
    const sims::callers everywhere("0.0.0.0", 8080);
    BOOST_TEST(everywhere.host_is_ours("10.0.0.1:8080"));
    BOOST_TEST(!everywhere.host_is_ours("evil.example:8080"));
    const sims::callers web("127.0.0.1", 80);
    BOOST_TEST(web.host_is_ours("localhost"));
    BOOST_TEST(web.origin_is_ours("http://localhost"));
    BOOST_TEST(!web.origin_is_ours("https://localhost"));
}

BOOST_AUTO_TEST_CASE(requests_too_large_are_not_read) {
    site s;
    auto browser = s.client();
    auto r = browser.make(http::verb::post, "/control", std::string(8192, 'x'));
    BOOST_CHECK_THROW(browser.ask(r), boost::system::system_error);
    BOOST_TEST(s.asked.empty());
    BOOST_TEST(s.client().get("/").result_int() == 200U);
}

BOOST_AUTO_TEST_CASE(a_port_in_use_and_an_address_that_is_none_are_the_users_mistakes) {
    site s;
    const auto serve = [](const std::string& address, std::uint16_t port) {
        try {
            const sims::live_server again({address, port}, "", "", [](std::string_view) { return false; });
        } catch (const sims::user_error& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    const auto port = std::to_string(s.server.port());
    BOOST_TEST(serve("127.0.0.1", s.server.port()) == "--watch-port " + port + ": 127.0.0.1 port " + port +
                                                          " cannot be had: Address already in use");
    const std::string elsewhere = "192.0.2.1";  // of no host, RFC 5737
    BOOST_TEST(serve(elsewhere, 0).starts_with("--watch-address 192.0.2.1: expects an address of this host"));
    BOOST_TEST(serve("here", 0) == "--watch-address here: expects an IP address");
}

BOOST_AUTO_TEST_CASE(a_paused_gate_holds_until_it_is_told_to_go) {
    sims::run_gate gate(true);
    std::atomic<int> layers{0};
    std::thread simulation([&] {
        for (int i = 0; i < 3; ++i) {
            gate.at_layer();
            gate.pass(i * 1e-3, nullptr);
            ++layers;
        }
    });
    const auto until = [](const auto& reached) {
        while (!reached()) std::this_thread::yield();
    };
    BOOST_TEST(layers == 0);
    gate.step();  // into the first layer's gate and through it, to the second one
    until([&] { return gate.now().paused; });
    BOOST_TEST(layers <= 1);
    gate.step();
    until([&] { return gate.now().paused && layers >= 1; });
    BOOST_TEST(layers <= 2);
    gate.go();
    simulation.join();
    BOOST_TEST(layers == 3);
}

BOOST_AUTO_TEST_CASE(an_interrupt_opens_a_paused_gate_for_good) {
    sims::run_gate gate(true);
    int asked = 0;
    gate.pass(0, [&] { return ++asked == 2; });
    BOOST_TEST(asked == 2);
    gate.pause();
    gate.pass(1, [] { return false; });
    BOOST_TEST(gate.now().paused);
}

// A thousandth of a second of simulated time at a hundredth a second takes a tenth of a second.
BOOST_AUTO_TEST_CASE(a_gate_with_a_speed_takes_its_time) {
    sims::run_gate gate;
    gate.set_speed(0.01);
    const auto before = std::chrono::steady_clock::now();
    gate.pass(0, nullptr);
    gate.pass(1e-3, nullptr);
    BOOST_TEST((std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(100)));
}
