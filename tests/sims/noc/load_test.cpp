#define BOOST_TEST_MODULE load
#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>

#include "noc/flat_mesh.h"
#include "noc/shared_networks.h"
#include "sims/noc/hm_modes.h"
#include "sims/noc/noc_setup.h"
#include "sims/noc/noc_sweep.h"
#include "sims/support/error.h"

using namespace eyeriss;
using namespace eyeriss::sims;

namespace {

pattern_options pattern(unsigned rows, unsigned cols, load_pattern p) {
    pattern_options o;
    o.rows = rows;
    o.cols = cols;
    o.pattern = p;
    return o;
}

load_plan plan(double rate, std::uint64_t seed = 1) {
    load_plan p;
    p.rate = rate;
    p.seed = seed;
    return p;
}

load_point on_mesh(const pattern_options& o, unsigned buffer_flits, const load_plan& p) {
    noc::flat_mesh_parameters m;
    m.rows = o.rows;
    m.cols = o.cols;
    m.buffer_flits = buffer_flits;
    noc::flat_mesh mesh(m);
    return run_load(mesh, destination_rule(o), p);
}

double ceiling(const pattern_options& o) {
    return destination_rule(o).ceiling(noc::mesh_multicast::tree);
}

std::string refusal(const std::function<void()>& what) {
    try {
        what();
    } catch (const user_error& error) {
        return error.what();
    }
    return "nothing";
}

}  // namespace

BOOST_AUTO_TEST_CASE(ceilings_are_those_of_the_busiest_channel) {
    BOOST_TEST(ceiling(pattern(8, 8, load_pattern::uniform)) == 0.5, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(ceiling(pattern(8, 2, load_pattern::uniform)) == 0.5, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(ceiling(pattern(8, 8, load_pattern::transpose)) == 1.0 / 7);
    BOOST_TEST(ceiling(pattern(8, 2, load_pattern::transpose)) == 1.0 / 3);
    BOOST_TEST(destination_rule(pattern(8, 8, load_pattern::uniform)).mean_links_per_delivery() == 5.25,
               boost::test_tools::tolerance(1e-12));
    BOOST_TEST(destination_rule(pattern(8, 2, load_pattern::uniform)).mean_links_per_delivery() == 3.125,
               boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_mesh_accepts_most_of_its_ceiling_and_never_more) {
    for (const auto& o : {pattern(8, 8, load_pattern::uniform), pattern(8, 2, load_pattern::uniform),
                          pattern(8, 8, load_pattern::transpose), pattern(8, 2, load_pattern::transpose)}) {
        const double most = ceiling(o);
        for (const auto& [buffer_flits, share] : {std::pair{8U, 0.7}, std::pair{64U, 0.8}}) {
            const auto at_ceiling = on_mesh(o, buffer_flits, plan(most));
            BOOST_TEST(at_ceiling.accepted >= share * most);
            BOOST_TEST(at_ceiling.accepted <= at_ceiling.offered);
            const auto above = on_mesh(o, buffer_flits, plan(std::min(1.0, most * 1.5)));
            BOOST_TEST(above.accepted_least <= most + 1.0 / 10000);  // a word more may lie across the window
            for (const auto& l : above.links) BOOST_TEST(l.busy + l.stalled <= above.cycles);
        }
    }
}

BOOST_AUTO_TEST_CASE(latency_never_falls_as_load_rises) {
    for (const auto& [name, p] : load_patterns()) {
        for (const auto& [rows, cols] : {std::pair{4U, 4U}, std::pair{8U, 2U}}) {
            double before = 0;
            for (const double rate : {0.05, 0.1, 0.2, 0.3, 0.45, 0.7, 1.0}) {
                const auto point = on_mesh(pattern(rows, cols, p), 8, plan(rate));
                BOOST_TEST(point.latency.mean >= before,
                           name << ' ' << rows << 'x' << cols << " at " << rate);
                BOOST_TEST(point.accepted <= point.offered, name);
                before = point.latency.mean;
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_mean_latency_is_that_of_the_ways_and_not_of_who_happened_to_send_more) {
    const auto all_alone =
        pattern(4, 4, load_pattern::tornado);  // one on in row and column: no link is shared
    for (const double rate : {0.05, 0.3, 0.9}) {
        const auto point = on_mesh(all_alone, 8, plan(rate));
        BOOST_TEST(point.latency.mean == 1 + 3 * (destination_rule(all_alone).mean_links_per_delivery() + 1));
    }
}

BOOST_AUTO_TEST_CASE(flows_that_share_no_link_wait_for_nobody_at_any_load) {
    for (const double rate : {0.1, 0.5, 1.0}) {
        const auto point = on_mesh(pattern(1, 8, load_pattern::unicast), 8, plan(rate));
        BOOST_TEST(point.latency.least == 4U);
        BOOST_TEST(point.latency.most == 4U);
    }
}

BOOST_AUTO_TEST_CASE(ten_seeds_agree_below_the_knee) {
    std::vector<load_point> points;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto long_run = plan(0.25, seed);
        long_run.measure = 40000;
        points.push_back(on_mesh(pattern(8, 2, load_pattern::uniform), 8, long_run));
    }
    double accepted = 0, latency = 0;
    for (const auto& p : points) {
        accepted += p.accepted / 10;
        latency += p.latency.mean / 10;
    }
    for (const auto& p : points) {
        BOOST_TEST(std::abs(p.accepted / accepted - 1) < 0.01);
        BOOST_TEST(std::abs(p.latency.mean / latency - 1) < 0.01);
    }
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_run) {
    const auto a = on_mesh(pattern(4, 4, load_pattern::uniform), 8, plan(0.3, 7));
    const auto b = on_mesh(pattern(4, 4, load_pattern::uniform), 8, plan(0.3, 7));
    BOOST_TEST(a.packets == b.packets);
    BOOST_TEST(a.latency.mean == b.latency.mean);
    BOOST_TEST(a.packets != on_mesh(pattern(4, 4, load_pattern::uniform), 8, plan(0.3, 8)).packets);
}

BOOST_AUTO_TEST_CASE(a_bus_serves_all_its_nodes_one_word_a_cycle) {
    const destination_rule rule(pattern(4, 4, load_pattern::uniform));
    noc::packet_bus bus({16, 1, 1});
    const auto point = run_load(bus, rule, plan(0.25));
    BOOST_TEST(point.delivered == 1.0);
    BOOST_TEST(point.links.front().busy == point.cycles);
}

BOOST_AUTO_TEST_CASE(a_crossbar_takes_what_no_mesh_can) {
    for (const auto p : {load_pattern::transpose, load_pattern::bitrev, load_pattern::tornado}) {
        noc::packet_crossbar crossbar({64, 1, 1});
        const auto point = run_load(crossbar, destination_rule(pattern(8, 8, p)), plan(1.0));
        BOOST_TEST(point.accepted == 1.0, boost::test_tools::tolerance(1e-3));
        BOOST_TEST(point.latency.most == 2U);
    }
}

BOOST_AUTO_TEST_CASE(each_mode_of_hm_delivers_its_closed_form_at_full_load) {
    noc::noc_parameters p;
    noc::circuit_mesh mesh("hm", p);
    struct use {
        noc::port_kind network;
        hm_mode mode;
    };
    using noc::port_kind;
    for (const auto& u :
         {use{port_kind::iact, hm_mode::unicast}, use{port_kind::iact, hm_mode::grouped},
          use{port_kind::iact, hm_mode::horizontal}, use{port_kind::iact, hm_mode::vertical},
          use{port_kind::iact, hm_mode::interleaved}, use{port_kind::iact, hm_mode::broadcast},
          use{port_kind::weight, hm_mode::unicast}, use{port_kind::weight, hm_mode::grouped},
          use{port_kind::weight, hm_mode::horizontal}, use{port_kind::psum_in, hm_mode::unicast},
          use{port_kind::psum_in, hm_mode::vertical}}) {
        const auto circuits = circuits_of(u.network, u.mode, p);
        BOOST_REQUIRE(mesh.set(circuits).empty());
        const auto point = run_load(mesh, circuit_rule(circuits, p.clusters()), plan(1.0));
        mesh.check_flow();
        double to_pes = 0;
        std::size_t next = 0;
        for (const auto& l : point.links) {
            BOOST_TEST(l.busy + l.stalled <= point.cycles);
            if (l.kind != noc::link_kind::injection) continue;
            const auto& c = circuits.at(next++);
            to_pes += static_cast<double>(l.busy) * std::popcount(c.turns.front()) *
                      static_cast<double>(c.destinations.size());
        }
        BOOST_TEST(to_pes / static_cast<double>(point.cycles) == closed_form(u.network, u.mode, p));
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_asked_is_named) {
    BOOST_TEST(refusal([] { (void)read_rates("0.1..1.5"); }) ==
               "--rate: load 1.5 expects more than 0 and at most 1 word a sender and cycle");
    BOOST_TEST(refusal([] { (void)read_groups("0:1-3;4:20", 8, 2); }) ==
               "--groups: cluster 20 in '4:20' is outside the array of 8 x 2, whose last is 15");
    BOOST_TEST(refusal([] { (void)read_size("--size", "0x4", largest_array); }) ==
               "--size: '0x4' expects rows x columns of 1 to 64 clusters each, as in 8x2");
    BOOST_TEST(refusal([] { (void)read_size("--pes", "6x6", largest_cluster); }) ==
               "--pes: '6x6' expects rows x columns of 1 to 16 PEs each and at most 32 in all, as in 3x4");
    BOOST_TEST(refusal([] { destination_rule(pattern(3, 4, load_pattern::bitrev)); }) ==
               "--pattern: bitrev expects a power of two of nodes; 3 x 4 has 12");
    BOOST_TEST(refusal([] {
                   (void)read_modes("weight=sideways");
               }).find("--modes: 'sideways' expects one of") == 0U);
}
