#define BOOST_TEST_MODULE selected_network
#include <boost/test/unit_test.hpp>
#include <memory>

#include "noc/mesh_tree.h"
#include "noc/selected_network.h"
#include "tests/noc/network_bench.h"

using namespace eyeriss::noc;

namespace {

/// Three rows of two clusters with one PE row of two PEs each.
noc_parameters small(topology kind) {
    noc_parameters p;
    p.kind = kind;
    p.cluster_rows = 3;
    p.cluster_cols = 2;
    p.pe_rows = 1;
    p.pe_cols = 2;
    return p;
}

struct bench : eyeriss::test::network_bench<selected_network> {
    int deaf = -1;  ///< cluster whose PEs take no iacts

    explicit bench(const noc_parameters& parameters) : network_bench(parameters) {}
    void take(int sink, burst& b, sc_core::sc_time& delay) override {
        if (sink != deaf) network_bench::take(sink, b, delay);
    }
    /// Writes a field of a cluster's configuration: 0 iact, 1 weight, then PE and bank of each column.
    void set(unsigned cluster, unsigned field, unsigned value) {
        const unsigned wide = p.iact_selection_bits();
        const unsigned psum = p.psum_selection_bits();
        std::size_t bit = field < 2 ? std::size_t{field} * wide : std::size_t{2} * wide + (field - 2) * psum;
        put(cluster, bit, value, field < 2 ? wide : psum);
    }
    static std::vector<arrival> arrivals_of(stream_out<network_bench>& from) {
        return send(from, 0).arrivals;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_tree_goes_along_the_row_and_down_its_columns) {
    noc_parameters p;
    p.kind = topology::mesh;
    p.cluster_rows = 4;
    p.cluster_cols = 4;
    const std::vector<unsigned> to{1, 5, 7, 13};
    const mesh_tree tree(p, 4, to);
    BOOST_TEST(tree.links().size() == 6U);  // to 5, to 1, on to 9 and 13, and over 6 to 7
    BOOST_TEST(moves_of(p, 4, to).buffers == 7U);
    p.packets = multicast::copies;
    BOOST_TEST(moves_of(p, 4, to).links == 2U + 1U + 3U + 3U);
    p.kind = topology::crossbar;
    BOOST_TEST(moves_of(p, 4, to).links == 9U);
    BOOST_TEST(moves_of(p, 4, to).buffers == 0U);
}

BOOST_AUTO_TEST_CASE(a_source_reaches_all_who_listen_and_no_one_else) {
    bench b(small(topology::mesh));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    for (const unsigned c : {0U, 3U, 5U}) b.set(c, 0, 2 + 1);
    BOOST_REQUIRE(b.configure().empty());
    BOOST_TEST(b.net.feeds_iacts(2, 0));
    BOOST_TEST(!b.net.feeds_iacts(0, 0));
    b.deaf = 5;
    const auto taken = bench::arrivals_of(b.iact[2]);
    BOOST_REQUIRE(taken.size() == 2U);
    BOOST_TEST(taken[0].sink == 0U);
    BOOST_TEST(taken[0].latency == sc_core::sc_time(5, sc_core::SC_NS));
    BOOST_TEST(taken[1].sink == 3U);
    BOOST_TEST(b.net.iact_traffic().mesh == 20U);
    BOOST_TEST(b.net.iact_traffic().local == 20U);
    BOOST_TEST(b.net.iact_traffic().buffered == 30U);
    BOOST_TEST(bench::arrivals_of(b.iact[1]).empty());
}

BOOST_AUTO_TEST_CASE(psums_go_on_in_any_cluster_or_into_a_bank) {
    bench b(small(topology::crossbar));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    b.set(0, 2, psum_from_bank);
    b.set(4, 2, psum_from_cluster + 0);
    b.set(4, 3, psum_from_cluster + 4);
    BOOST_REQUIRE(b.configure().empty());
    BOOST_TEST(bench::arrivals_of(b.bank[0]).front().sink == 200U);
    BOOST_TEST(bench::arrivals_of(b.top[0]).front().sink == 208U);
    BOOST_TEST(bench::arrivals_of(b.top[8]).front().sink == 108U);
    BOOST_TEST(bench::arrivals_of(b.bank[8]).empty());
    BOOST_TEST(b.net.psum_traffic().mesh == 20U);
    BOOST_TEST(b.net.psum_traffic().local == 30U);
}

BOOST_AUTO_TEST_CASE(selections_of_what_is_not_there_are_refused_by_name) {
    bench b(small(topology::crossbar));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    const auto refused = [&](unsigned cluster, unsigned field, unsigned value) {
        b.words.assign(b.words.size(), 0);
        b.set(cluster, field, value);
        return b.configure();
    };
    BOOST_TEST(refused(1, 0, 7) ==
               "bench.net: iact sink 0 of cluster 1 listens to source 7, but there are 6");
    BOOST_TEST(refused(5, 1, 7) ==
               "bench.net: weight sink 0 of cluster 5 listens to source 7, but there are 6");
    BOOST_TEST(refused(2, 5, psum_from_bank) ==
               "bench.net: the bank of column 1 of cluster 2 would take its own psums");
    b.words.assign(b.words.size(), 0);
    b.set(0, 2, psum_from_cluster + 3);
    b.set(1, 3, psum_from_cluster + 3);
    BOOST_TEST(b.configure() ==
               "bench.net: the bank of column 0 of cluster 1 takes psums that another takes already");
}
