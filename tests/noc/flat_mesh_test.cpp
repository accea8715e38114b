#define BOOST_TEST_MODULE flat_mesh
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <numeric>
#include <random>

#include "noc/flat_mesh.h"

using namespace eyeriss::noc;

namespace {

flat_mesh_parameters mesh_of(unsigned rows, unsigned cols) {
    flat_mesh_parameters p;
    p.rows = rows;
    p.cols = cols;
    return p;
}

unsigned hops(const flat_mesh_parameters& p, unsigned a, unsigned b) {
    const auto apart = [](unsigned x, unsigned y) { return x > y ? x - y : y - x; };
    return apart(a / p.cols, b / p.cols) + apart(a % p.cols, b % p.cols);
}

void finish(packet_network& network) {
    for (cycle_t at = network.now(); !network.idle(); at += 1000) network.advance(at);
}

std::vector<unsigned> all_nodes(unsigned nodes) {
    std::vector<unsigned> all(nodes);
    std::iota(all.begin(), all.end(), 0U);
    return all;
}

/// Every pair of nodes, one packet after the other.
double mean_links(unsigned rows, unsigned cols) {
    flat_mesh mesh(mesh_of(rows, cols));
    const unsigned nodes = rows * cols;
    for (unsigned s = 0; s < nodes; ++s) {
        for (unsigned d = 0; d < nodes; ++d) {
            const std::array to{d};
            mesh.inject({s, to, 1, 0, 0});
        }
    }
    finish(mesh);
    return static_cast<double>(mesh.flit_hops()) / (double(nodes) * nodes);
}

/// A flow's packets in order, each once at each of its destinations.
class order_check {
public:
    void sent(std::uint64_t tag, unsigned source, std::span<const unsigned> to) {
        for (const unsigned d : to) expected_[{source, d}].push_back(tag);
    }
    void arrived(std::vector<delivery>& all) {
        for (const delivery& d : all) {
            auto& flow = expected_[{d.source, d.destination}];
            auto& next = next_[{d.source, d.destination}];
            BOOST_REQUIRE(next < flow.size());
            BOOST_REQUIRE_EQUAL(flow[next++], d.tag);
        }
        all.clear();
    }
    void all_arrived() const {
        for (const auto& [flow, tags] : expected_) BOOST_REQUIRE_EQUAL(next_.at(flow), tags.size());
    }

private:
    std::map<std::pair<unsigned, unsigned>, std::vector<std::uint64_t>> expected_;
    std::map<std::pair<unsigned, unsigned>, std::size_t> next_;
};

/// Random packets, some to many, into a network that cannot take them all at once.
void send_random(flat_mesh& mesh, std::uint64_t packets, std::uint64_t seed, unsigned most_words) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    const unsigned nodes = mesh.parameters().nodes();
    order_check order;
    std::uint64_t words_sent = 0, words_there = 0;
    const auto take = [&] {
        for (const delivery& d : mesh.deliveries()) words_there += d.words;
        order.arrived(mesh.deliveries());
    };
    auto nodes_left = all_nodes(nodes);
    for (std::uint64_t tag = 0; tag < packets; ++tag) {
        const auto source = static_cast<unsigned>(random() % nodes);
        const unsigned fanout = random() % 4 == 0 ? static_cast<unsigned>(1 + random() % nodes) : 1;
        std::shuffle(nodes_left.begin(), nodes_left.end(), random);
        const std::span to(nodes_left.data(), fanout);
        const auto words = static_cast<std::uint32_t>(1 + random() % most_words);
        mesh.inject({source, to, words, mesh.now(), tag});
        order.sent(tag, source, to);
        words_sent += std::uint64_t{words} * fanout;
        if (tag % 8 == 0) mesh.advance(mesh.now() + 1 + random() % 40);
        take();
    }
    finish(mesh);
    take();
    order.all_arrived();
    BOOST_TEST(words_there == words_sent);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_packet_crosses_the_links_that_the_closed_form_says) {
    BOOST_TEST(mean_links(8, 8) == 5.25);
    BOOST_TEST(mean_links(8, 2) == 3.125);
}

BOOST_AUTO_TEST_CASE(an_empty_network_takes_its_cycles_a_router_and_no_more) {
    auto p = mesh_of(5, 7);
    for (const unsigned hop : {1U, 2U, 3U, 5U}) {
        for (const std::uint32_t words : {1U, 4U, 19U}) {
            p.hop_cycles = hop;
            p.injection_cycles = hop - 1;
            p.ejection_cycles = 2;
            p.credit_cycles = hop;
            p.buffer_flits = 32;
            flat_mesh mesh(p);
            for (unsigned i = 0; i < p.nodes(); ++i) {
                const unsigned to = i * 11 % p.nodes();
                const cycle_t at = cycle_t{1000} * (i + 1);
                const std::array destination{to};
                mesh.inject({i, destination, words, at, i});
                mesh.advance(at + 500);
                BOOST_REQUIRE(mesh.deliveries().size() == 1U);
                const delivery d = mesh.deliveries().front();
                mesh.deliveries().clear();
                BOOST_TEST(d.last - at == p.zero_load(hops(p, i, to), words));
                BOOST_TEST(d.last - d.first == words - 1);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(two_flows_share_a_link_by_halves) {
    auto p = mesh_of(3, 3);
    flat_mesh mesh(p);
    constexpr unsigned packets = 2000;
    for (unsigned i = 0; i < packets; ++i) {  // from the west and the north to the south-east, by way of 5
        const std::array to{8U};
        mesh.inject({3, to, 1, 0, 0});
        mesh.inject({2, to, 1, 0, 1});
    }
    mesh.advance(packets);
    std::array<unsigned, 2> there{};
    for (const delivery& d : mesh.deliveries()) ++there.at(d.tag);
    BOOST_TEST(there[0] + there[1] <= packets);
    BOOST_TEST(there[0] + there[1] + p.zero_load(3, 1) >= packets);
    BOOST_TEST(there[0] <= there[1] + 8U);
    BOOST_TEST(there[1] <= there[0] + 8U);
}

BOOST_AUTO_TEST_CASE(a_tree_crosses_each_of_its_links_once) {
    auto p = mesh_of(6, 5);
    for (unsigned source = 0; source < p.nodes(); ++source) {
        flat_mesh mesh(p);
        const auto all = all_nodes(p.nodes());
        mesh.inject({source, all, 4, 0, 7});
        finish(mesh);
        BOOST_TEST(mesh.deliveries().size() == p.nodes());
        BOOST_TEST(mesh.flit_hops() == 4U * (p.nodes() - 1));
        for (const link_use& l : mesh.links()) BOOST_TEST((l.busy == 0 || l.busy == 4U));
    }
}

BOOST_AUTO_TEST_CASE(copies_cost_a_link_for_each_destination) {
    auto p = mesh_of(4, 4);
    p.multicast = mesh_multicast::copies;
    flat_mesh mesh(p);
    const auto all = all_nodes(16);
    mesh.inject({0, all, 2, 0, 0});
    finish(mesh);
    BOOST_TEST(mesh.deliveries().size() == 16U);
    BOOST_TEST(mesh.flit_hops() == 2U * 48U);  // the distances of all nodes from a corner add up to 48
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_doubled_or_out_of_order) {
    for (const unsigned vcs : {1U, 3U}) {
        auto p = mesh_of(5, 4);
        p.vcs = vcs;
        p.buffer_flits = 6;
        flat_mesh mesh(p);
        send_random(mesh, 50'000, 20190611 + vcs, 6);
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_doubled_or_out_of_order_in_ten_million) {
    auto p = mesh_of(4, 4);
    p.vcs = 2;
    flat_mesh mesh(p);
    send_random(mesh, 10'000'000, 424242, 3);
}

BOOST_AUTO_TEST_CASE(packets_longer_than_a_buffer_go_through_as_worms) {
    auto p = mesh_of(4, 4);
    p.buffer_flits = 2;
    p.multicast = mesh_multicast::copies;
    flat_mesh mesh(p);
    send_random(mesh, 5'000, 99, 40);
}

BOOST_AUTO_TEST_CASE(a_slow_sink_slows_only_those_who_wait_behind_it) {
    auto p = mesh_of(4, 4);
    flat_mesh mesh(p);
    mesh.slow_sink(3, 10);
    constexpr unsigned packets = 400;
    for (unsigned i = 0; i < packets; ++i) {  // a row each: 0 to 3, which is slow, and 4 to 7
        const std::array slow{3U}, quick{7U};
        mesh.inject({0, slow, 1, 0, 0});
        mesh.inject({4, quick, 1, 0, 1});
    }
    finish(mesh);
    std::array<cycle_t, 2> last{};
    for (const delivery& d : mesh.deliveries()) last.at(d.tag) = std::max(last.at(d.tag), d.last);
    BOOST_TEST(last[1] == p.zero_load(3, 1) + packets - 1);
    BOOST_TEST(last[0] == p.zero_load(3, 1) + cycle_t{10} * (packets - 1));
}

BOOST_AUTO_TEST_CASE(a_circle_of_waits_is_named) {
    auto p = mesh_of(2, 2);
    p.buffer_flits = 2;
    flat_mesh mesh(p);
    mesh.route_by([](unsigned here, unsigned to) {  // always clockwise: 0 1 3 2
        constexpr std::array<flat_mesh::port, 4> clockwise{flat_mesh::east, flat_mesh::south,
                                                           flat_mesh::north, flat_mesh::west};
        return here == to ? flat_mesh::local : clockwise.at(here);
    });
    constexpr std::array<unsigned, 4> two_on{3, 2, 1, 0};
    for (unsigned s = 0; s < 4; ++s) {
        const std::array to{two_on.at(s)};
        mesh.inject({s, to, 40, 0, 0});
    }
    try {
        mesh.advance(10'000);
        BOOST_FAIL("went through");
    } catch (const network_stuck& stuck) {
        const std::string message = stuck.what();
        BOOST_TEST_MESSAGE(message);
        for (const char* waiter :
             {"router 0,0 south", "router 0,1 west", "router 1,0 east", "router 1,1 north"}) {
            BOOST_TEST((message.find(waiter) != std::string::npos), waiter);
        }
        BOOST_TEST((message.find("4 packets are on their way") != std::string::npos));
    }
}

BOOST_AUTO_TEST_CASE(what_no_mesh_can_do_is_refused_by_name) {
    const auto refused = [](const auto& what) {
        try {
            what();
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string("nothing");
    };
    BOOST_TEST(refused([] { flat_mesh(mesh_of(0, 4)); }) == "mesh: rows 0 expects 1 to 64");
    BOOST_TEST(refused([] { flat_mesh(mesh_of(4, 65)); }) == "mesh: columns 65 expects 1 to 64");
    flat_mesh mesh(mesh_of(4, 4));
    const std::array outside{16U}, inside{1U};
    const std::array both{1U, 2U};
    const std::array twice{1U, 2U, 1U};
    BOOST_TEST(refused([&] { mesh.inject({0, twice, 1, 0, 0}); }) == "packet: destination 1 is named twice");
    BOOST_TEST(refused([&] {
                   mesh.inject({0, outside, 1, 0, 0});
               }) == "packet: destination 16 is outside the network of 16 nodes");
    BOOST_TEST(refused([&] { mesh.inject({0, {}, 1, 0, 0}); }) == "packet: has no destination");
    BOOST_TEST(refused([&] { mesh.inject({0, inside, 0, 0, 0}); }) == "packet: has no words");
    BOOST_TEST(refused([&] {
                   mesh.inject({0, both, 9, 0, 0});
               }) == "packet: a multicast of 9 words does not fit a buffer of 8 flits, which trees need");
    mesh.advance(10);
    BOOST_TEST(refused([&] {
                   mesh.inject({0, inside, 1, 9, 0});
               }) == "packet: at cycle 9 comes after cycle 10 has begun");
}
