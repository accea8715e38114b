#define BOOST_TEST_MODULE circuit_mesh
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>

#include "noc/circuit_mesh.h"

using namespace eyeriss::noc;

namespace {

noc_parameters array_of(unsigned rows, unsigned cols) {
    noc_parameters p;
    p.cluster_rows = rows;
    p.cluster_cols = cols;
    return p;
}

std::vector<unsigned> all_clusters(const noc_parameters& p) {
    std::vector<unsigned> all(p.clusters());
    std::iota(all.begin(), all.end(), 0U);
    return all;
}

void finish(circuit_mesh& mesh) {
    for (cycle_t at = mesh.now(); !mesh.idle(); at += 100) mesh.advance(at);
}

/// Sends `count` words of every circuit at once, and says when the last of each was there.
std::vector<cycle_t> send_from_all(circuit_mesh& mesh, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        for (unsigned source = 0; source < mesh.circuits().size(); ++source) {
            mesh.inject({source, mesh.circuits()[source].destinations, 1, 0, i});
        }
    }
    finish(mesh);
    mesh.check_flow();
    std::vector<cycle_t> last(mesh.circuits().size());
    for (const delivery& d : mesh.deliveries()) last[d.source] = std::max(last[d.source], d.last);
    return last;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_broadcast_crosses_each_link_once_and_reaches_all) {
    const auto p = array_of(5, 3);
    circuit_mesh mesh("mesh", p);
    BOOST_REQUIRE(mesh.set({{port_kind::iact, 7, 1, all_clusters(p), {0xfff}}}) == "");
    const auto last = send_from_all(mesh, 10);
    BOOST_TEST(mesh.words_sent() == 10U);
    BOOST_TEST(mesh.words_to_pes() == 10U * p.pes());
    BOOST_TEST(mesh.deliveries().size() == 10U * p.clusters());
    std::size_t between = 0;
    for (const link_use& l : mesh.links()) {
        BOOST_TEST(l.busy == 10U);
        between += l.kind == link_kind::mesh ? 1 : 0;
    }
    BOOST_TEST(between == p.clusters() - 1U);
    BOOST_TEST(last[0] == 10U + 3U);  // the corners are three links away
}

BOOST_AUTO_TEST_CASE(ports_that_share_their_pes_share_their_cycles) {
    const auto p = array_of(2, 2);
    circuit_mesh mesh("mesh", p);
    std::vector<circuit> circuits;
    for (unsigned bank = 0; bank < 3; ++bank) circuits.push_back({port_kind::iact, 0, bank, {0}, {0xfff}});
    circuits.push_back({port_kind::iact, 3, 0, {3}, {0xfff}});
    BOOST_REQUIRE(mesh.set(circuits) == "");
    const auto last = send_from_all(mesh, 100);
    BOOST_TEST(last[3] == 100U);
    for (unsigned bank = 0; bank < 3; ++bank) {
        BOOST_TEST(last[bank] <= 300U);
        BOOST_TEST(last[bank] >= 298U);
    }
}

BOOST_AUTO_TEST_CASE(a_slow_pe_slows_the_group_that_it_is_in_and_no_other) {
    const auto p = array_of(4, 2);
    circuit_mesh mesh("mesh", p);
    std::vector<circuit> rows;
    for (unsigned row = 0; row < 4; ++row)
        rows.push_back({port_kind::iact, row * 2, 0, {row * 2, row * 2 + 1}, {0xf}});
    BOOST_REQUIRE(mesh.set(rows) == "");
    mesh.slow_pe(port_kind::iact, 5, 2, 7);
    const auto last = send_from_all(mesh, 50);
    BOOST_TEST(last[0] == 51U);
    BOOST_TEST(last[1] == 51U);
    BOOST_TEST(last[2] == 49U * 7U + 2U);  // a word every seven cycles for both clusters of the row
    BOOST_TEST(last[3] == 51U);
    std::vector<cycle_t> quick_cluster;
    for (const delivery& d : mesh.deliveries()) {
        if (d.source == 2 && d.destination == 4) quick_cluster.push_back(d.last);
    }
    BOOST_TEST(quick_cluster.back() == 49U * 7U + 1U);
}

BOOST_AUTO_TEST_CASE(two_circuits_over_one_link_are_refused_by_router_and_port) {
    circuit_mesh mesh("mesh", array_of(4, 2));
    BOOST_TEST(mesh.set({{port_kind::iact, 0, 0, {0, 2, 4}, {1}}, {port_kind::iact, 2, 0, {4}, {1}}}) ==
               "mesh.cluster_2.iact_0: destination port south has two drivers, north and bank");
    BOOST_TEST(mesh.set({{port_kind::weight, 0, 0, {2}, {1}}}) ==
               "the weight network has no vertical links: cluster 0 cannot feed cluster 2");
    BOOST_TEST(mesh.set({{port_kind::psum_out, 0, 0, {4}, {1}}}) ==
               "psums of cluster 0 go to its own column and bank or south, not to 4");
    BOOST_TEST(mesh.set({{port_kind::iact, 8, 0, {0}, {1}}}) == "cluster 8 is outside the array");
    BOOST_TEST(mesh.set({{port_kind::iact, 0, 3, {0}, {1}}}) == "iact port 3 is none of the cluster's 3");
    BOOST_TEST(mesh.set({{port_kind::iact, 0, 0, {7}, {0x1fff}}}) ==
               "PEs of cluster 7 expect some of its 12, bits 0 to 11 of their mask");
    BOOST_TEST(mesh.set({{port_kind::iact, 0, 0, {7}, {0xfff}}}) == "");
    BOOST_TEST(mesh.set({{port_kind::iact, 0, 0, {0}, {1}}}) == "");
}

BOOST_AUTO_TEST_CASE(configuration_grows_with_clusters_and_not_with_distance) {
    for (const unsigned side : {2U, 4U, 8U}) {
        circuit_mesh mesh(("mesh" + std::to_string(side)).c_str(), array_of(side, side));
        BOOST_TEST(mesh.mesh().config_bits_per_cluster() == 3U * 25U + 3U * 9U + 4U * 9U);
    }
}
