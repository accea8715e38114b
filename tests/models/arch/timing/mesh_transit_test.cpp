#define BOOST_TEST_MODULE mesh_transit
#include "models/arch/timing/mesh_transit.h"

#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>
#include <set>

#include "noc/flat_mesh.h"

using namespace eyeriss;
using arch::timing::link_calendar;
using arch::timing::mesh_transit;
using noc::cycle_t;

namespace {

constexpr std::uint64_t seed = 20260811;

noc::noc_parameters mesh_of(unsigned rows, unsigned cols, unsigned hop = 1) {
    noc::noc_parameters p;
    p.kind = noc::topology::mesh;
    p.cluster_rows = rows;
    p.cluster_cols = cols;
    p.hop_cycles = hop;
    return p;
}

std::vector<unsigned> all_of(const noc::noc_parameters& p) {
    std::vector<unsigned> clusters(p.clusters());
    std::iota(clusters.begin(), clusters.end(), 0U);
    return clusters;
}

cycle_t last_of(const mesh_transit::passage& way) {
    cycle_t last = 0;
    for (const auto& at : way.at) last = std::max(last, at.last);
    return last;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_link_gives_its_first_gap_that_is_long_enough) {
    link_calendar link;
    BOOST_TEST(link.take(10, 5) == 10U);
    BOOST_TEST(link.take(12, 5) == 15U);
    BOOST_TEST(link.take(3, 4) == 3U);
    BOOST_TEST(link.take(3, 4) == 20U);  // 7 to 9 is a cycle short
    BOOST_TEST(link.take(3, 3) == 7U);
    BOOST_TEST(link.take(0, 3) == 0U);
    BOOST_TEST(link.take(0, 1) == 24U);
    BOOST_TEST(link.busy() == 25U);
    link.forget(30);
    BOOST_TEST(link.take(31, 2) == 31U);
}

BOOST_AUTO_TEST_CASE(no_link_carries_two_words_in_a_cycle_whatever_is_asked) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    link_calendar link;
    std::set<cycle_t> taken;
    for (unsigned i = 0; i < 5000; ++i) {
        const cycle_t from = random() % 20000;
        const cycle_t words = 1 + random() % 9;
        const cycle_t first = link.take(from, words);
        BOOST_REQUIRE(first >= from);
        for (cycle_t c = first; c < first + words; ++c) BOOST_REQUIRE(taken.insert(c).second);
    }
    BOOST_TEST(link.busy() == taken.size());
}

BOOST_AUTO_TEST_CASE(alone_a_transfer_takes_its_hops_and_its_words) {
    for (const unsigned hop : {0U, 1U, 3U}) {
        const auto p = mesh_of(8, 2, hop);
        for (unsigned from = 0; from < p.clusters(); ++from) {
            for (unsigned to = 0; to < p.clusters(); ++to) {
                mesh_transit mesh(p, 3);
                const mesh_transit::route route(p, from, {to});
                const auto& way = mesh.send(route, 0, 20, 100);
                BOOST_TEST(way.first == 100U);
                BOOST_TEST(way.last == 119U);
                BOOST_TEST(way.at.front().first == 100U + p.distance(from, to) * hop);
                BOOST_TEST(way.at.front().last == 119U + p.distance(from, to) * hop);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_tree_reaches_everyone_with_each_word_once_a_link) {
    const auto p = mesh_of(8, 2);
    mesh_transit mesh(p, 3);
    const mesh_transit::route route(p, 5, all_of(p));
    const auto& way = mesh.send(route, 1, 30, 0);
    BOOST_TEST(way.last == 29U);
    for (unsigned c = 0; c < p.clusters(); ++c) BOOST_TEST(way.at[c].last == 29U + p.distance(5, c));
    const auto busy = mesh.busy_links();
    BOOST_TEST(busy.size() == 15U + 16U);  // links of a tree over 16 clusters, and a way out in each
    for (const cycle_t words : busy) BOOST_TEST(words == 30U);
}

BOOST_AUTO_TEST_CASE(copies_leave_their_source_one_after_the_other) {
    auto p = mesh_of(8, 2);
    p.packets = noc::multicast::copies;
    mesh_transit mesh(p, 3);
    const mesh_transit::route route(p, 5, all_of(p));
    const auto& way = mesh.send(route, 1, 30, 0);
    BOOST_TEST(route.copies() == 16U);
    BOOST_TEST(way.last == 30U * 16U - 1);
    const auto busy = mesh.busy_links();
    std::uint64_t hops = 0;
    for (unsigned c = 0; c < p.clusters(); ++c) hops += p.distance(5, c);
    BOOST_TEST(std::accumulate(busy.begin(), busy.end(), cycle_t{0}) == 30 * (hops + 16));
    BOOST_TEST(noc::moves_of(p, 5, all_of(p)).links == hops);
}

// k sources of one row send over the link into its last column: each gets a share of 1/k.
BOOST_AUTO_TEST_CASE(flows_over_a_hot_link_share_it) {
    for (unsigned k = 1; k <= 6; ++k) {
        auto p = mesh_of(1, 8);
        p.mesh_packet_words = 4;
        mesh_transit mesh(p, 1);
        constexpr cycle_t packets = 100;
        std::vector<cycle_t> next(k, 0);
        std::vector<cycle_t> last(k, 0);
        for (cycle_t i = 0; i < packets; ++i) {
            for (unsigned flow = 0; flow < k; ++flow) {
                const mesh_transit::route route(p, flow, {7});
                const auto& way = mesh.send(route, 0, 4, next[flow]);
                next[flow] = way.last + 1;
                last[flow] = last_of(way);
            }
        }
        for (const cycle_t end : last) {
            BOOST_TEST(end <= k * packets * 4 + 7);
            BOOST_TEST(end >= k * (packets - 1) * 4);
        }
    }
}

BOOST_AUTO_TEST_CASE(ports_of_a_cluster_have_planes_of_their_own_or_take_turns) {
    for (const unsigned planes : {0U, 1U, 2U}) {
        auto p = mesh_of(8, 2);
        p.mesh_planes = planes;
        mesh_transit mesh(p, 3);
        const mesh_transit::route route(p, 0, {15});
        cycle_t end = 0;
        for (unsigned port = 0; port < 3; ++port) end = std::max(end, mesh.send(route, port, 80, 0).last);
        BOOST_TEST(end == (planes == 0 ? 80U : planes == 1 ? 240U : 160U) - 1);
    }
}

// The calendars against the flit-level mesh: the same packets at the same times. Packets wait there for
// buffers as well and leave in the order in which they come, so that single ones differ; up to half of what
// the links could carry the mean must not.
BOOST_AUTO_TEST_CASE(delays_agree_with_those_of_the_mesh_that_is_stepped_flit_by_flit) {
    BOOST_TEST_MESSAGE("seed " << seed);
    auto p = mesh_of(8, 2, 3);
    p.mesh_packet_words = 4;
    for (const double load : {0.05, 0.15, 0.25}) {
        std::mt19937_64 random(seed);
        mesh_transit calendars(p, 1);
        noc::flat_mesh_parameters how;
        how.rows = 8;
        how.cols = 2;
        how.buffer_flits = 64;
        how.hop_cycles = 3;
        noc::flat_mesh flits(how);
        double of_calendars = 0, of_flits = 0;
        std::uint64_t packets = 0;
        for (cycle_t cycle = 0; cycle < 40000; ++cycle) {
            for (unsigned from = 0; from < p.clusters(); ++from) {
                if (std::uniform_real_distribution<>()(random) * 4 >= load) continue;
                const std::array to{static_cast<unsigned>(random() % p.clusters())};
                const mesh_transit::route route(p, from, {to[0]});
                of_calendars += static_cast<double>(last_of(calendars.send(route, 0, 4, cycle)) - cycle);
                flits.inject({from, to, 4, cycle, packets++});
            }
        }
        while (!flits.idle()) flits.advance(flits.now() + 1000);
        for (const auto& d : flits.deliveries()) of_flits += static_cast<double>(d.last - d.created);
        BOOST_REQUIRE(flits.deliveries().size() == packets);
        // Injection, and the router of the destination: a constant that the array's ports account for.
        const double constant = how.injection_cycles + how.hop_cycles + how.ejection_cycles;
        const auto n = static_cast<double>(packets);
        BOOST_TEST_MESSAGE("load " << load << ": " << of_calendars / n << " cycles by calendars, "
                                   << of_flits / n - constant << " by flits");
        BOOST_TEST(of_calendars / n == of_flits / n - constant, boost::test_tools::tolerance(0.025));
    }
}
