#define BOOST_TEST_MODULE selected_network
#include <boost/test/unit_test.hpp>
#include <memory>

#include "noc/mesh_tree.h"
#include "noc/selected_network.h"

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

/// The network with a source and a sink at every socket. Sinks tell their cluster.
struct bench : sc_core::sc_module {
    noc_parameters p;
    selected_network net;
    sc_core::sc_vector<stream_out<bench>> iact, weight, bank, top;
    sc_core::sc_vector<stream_in<bench>> iact_sink, weight_sink, bank_sink, bottom_sink;
    std::vector<std::uint32_t> words;
    int deaf = -1;  ///< cluster whose PEs take no iacts

    explicit bench(const noc_parameters& parameters)
        : sc_module("bench"),
          p(parameters),
          net("net", p, sc_core::sc_time(5, sc_core::SC_NS)),
          iact("iact", 6),
          weight("weight", 6),
          bank("bank", 12),
          top("top", 12),
          iact_sink("iact_sink", 6),
          weight_sink("weight_sink", 6),
          bank_sink("bank_sink", 12),
          bottom_sink("bottom_sink", 12),
          words(std::size_t{6} * net.config_words_per_cluster()) {
        for (unsigned c = 0; c < 6; ++c) {
            join(iact[c], net.iact_source(c, 0), net.iact_sink(c, 0), iact_sink[c], c);
            join(weight[c], net.weight_source(c, 0), net.weight_sink(c, 0), weight_sink[c], c);
            for (unsigned col = 0; col < 2; ++col) {
                const unsigned i = c * 2 + col;
                join(bank[i], net.psum_bank_source(c, col), net.psum_bank_sink(c, col), bank_sink[i],
                     100 + i);
                join(top[i], net.psum_pe_source(c, col), net.psum_pe_sink(c, col), bottom_sink[i], 200 + i);
            }
        }
    }
    void join(stream_out<bench>& from, network::source& source, network::sink& sink, stream_in<bench>& to,
              unsigned number) {
        from.bind(source);
        to.register_b_transport(this, &bench::take, static_cast<int>(number));
        sink.bind(to);
    }
    void take(int sink, burst& b, sc_core::sc_time& delay) {
        if (sink != deaf) b.arrivals.push_back({static_cast<std::uint32_t>(sink), delay});
    }
    /// Writes a field of a cluster's configuration: 0 iact, 1 weight, then PE and bank of each column.
    void set(unsigned cluster, unsigned field, unsigned value) {
        const unsigned wide = p.iact_selection_bits();
        const unsigned psum = p.psum_selection_bits();
        std::size_t bit = std::size_t{cluster} * net.config_words_per_cluster() * 32;
        bit += field < 2 ? field * wide : 2 * wide + (field - 2) * psum;
        for (unsigned i = 0; i < (field < 2 ? wide : psum); ++i, ++bit)
            words[bit / 32] |= (value >> i & 1U) << bit % 32;
    }
    std::string configure() {
        unsigned bad = 0;
        return net.configure(words, bad);
    }
    static std::vector<arrival> send(stream_out<bench>& from) {
        burst b;
        b.words = 10;
        sc_core::sc_time delay;
        from->b_transport(b, delay);
        return b.arrivals;
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
    BOOST_REQUIRE(b.configure() == "");
    BOOST_TEST(b.net.feeds_iacts(2, 0));
    BOOST_TEST(!b.net.feeds_iacts(0, 0));
    b.deaf = 5;
    const auto taken = bench::send(b.iact[2]);
    BOOST_REQUIRE(taken.size() == 2U);
    BOOST_TEST(taken[0].sink == 0U);
    BOOST_TEST(taken[0].latency == sc_core::sc_time(5, sc_core::SC_NS));
    BOOST_TEST(taken[1].sink == 3U);
    BOOST_TEST(b.net.iact_traffic().mesh == 20U);
    BOOST_TEST(b.net.iact_traffic().local == 20U);
    BOOST_TEST(b.net.iact_traffic().buffered == 30U);
    BOOST_TEST(bench::send(b.iact[1]).empty());
}

BOOST_AUTO_TEST_CASE(psums_go_on_in_any_cluster_or_into_a_bank) {
    bench b(small(topology::crossbar));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    b.set(0, 2, psum_from_bank);
    b.set(4, 2, psum_from_cluster + 0);
    b.set(4, 3, psum_from_cluster + 4);
    BOOST_REQUIRE(b.configure() == "");
    BOOST_TEST(bench::send(b.bank[0]).front().sink == 200U);
    BOOST_TEST(bench::send(b.top[0]).front().sink == 208U);
    BOOST_TEST(bench::send(b.top[8]).front().sink == 108U);
    BOOST_TEST(bench::send(b.bank[8]).empty());
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
