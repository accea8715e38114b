#define BOOST_TEST_MODULE mesh
#include <boost/test/unit_test.hpp>
#include <functional>
#include <set>

#include "models/abi/noc_config.h"
#include "noc/hierarchical_mesh.h"

using namespace eyeriss::noc;
using namespace eyeriss::noc::ports;

namespace {

/// Sources and sinks at every local port of a mesh.
struct bench : sc_core::sc_module {
    noc_parameters p;
    hierarchical_mesh mesh;
    sc_core::sc_vector<stream_out<bench>> iact, weight, bank, top;
    sc_core::sc_vector<stream_in<bench>> iact_sink, weight_sink, bank_sink, bottom_sink;
    std::vector<std::uint32_t> words;

    explicit bench(const noc_parameters& parameters)
        : sc_module("bench"),
          p(parameters),
          mesh("mesh", p, sc_core::sc_time(5, sc_core::SC_NS)),
          iact("iact", p.clusters() * p.pe_rows),
          weight("weight", p.clusters() * p.pe_rows),
          bank("bank", p.clusters() * p.pe_cols),
          top("top", p.clusters() * p.pe_cols),
          iact_sink("iact_sink", iact.size()),
          weight_sink("weight_sink", weight.size()),
          bank_sink("bank_sink", bank.size()),
          bottom_sink("bottom_sink", top.size()),
          words(std::size_t{p.clusters()} * mesh.config_words_per_cluster()) {
        for (unsigned c = 0; c < p.clusters(); ++c) {
            auto& cluster = mesh.cluster(c / p.cluster_cols, c % p.cluster_cols);
            for (unsigned i = 0; i < p.pe_rows; ++i)
                join(iact, iact_sink, c * p.pe_rows + i, cluster.iact[i], iact_local, iact_local);
            for (unsigned i = 0; i < p.pe_rows; ++i)
                join(weight, weight_sink, c * p.pe_rows + i, cluster.weight[i], weight_local, weight_local);
            for (unsigned i = 0; i < p.pe_cols; ++i) {
                join(bank, bottom_sink, c * p.pe_cols + i, cluster.psum[i], psum_bank, psum_pe);
                join(top, bank_sink, c * p.pe_cols + i, cluster.psum[i], psum_pe, psum_bank);
            }
        }
    }

    template <typename Out, typename In>
    void join(Out& out, In& in, unsigned index, router& r, unsigned source, unsigned destination) {
        out[index].bind(r.in[source]);
        in[index].register_b_transport(this, &bench::take, static_cast<int>(index));
        r.out[destination].bind(in[index]);
    }
    void take(int sink, burst& b, sc_core::sc_time& delay) {
        b.arrivals.push_back({static_cast<std::uint32_t>(sink), delay});
    }

    /// Bits as models/abi/noc_config.h counts them.
    void enable(unsigned cluster, unsigned bit, bool on) {
        auto& word = words[cluster * mesh.config_words_per_cluster() + bit / 32];
        word = (word & ~(1U << bit % 32)) | ((on ? 1U : 0U) << bit % 32);
    }
    /// Makes a source the one driver of a destination port whose first bit is given.
    void set(unsigned cluster, unsigned first, unsigned ports, unsigned source) {
        for (unsigned i = 0; i < ports; ++i) enable(cluster, first + i, i == source);
    }
    static unsigned iact_bit(unsigned plane, unsigned destination) {
        return (plane * iact_count + destination) * iact_count;
    }
    [[nodiscard]] unsigned weight_bit(unsigned row, unsigned destination) const {
        return p.pe_rows * iact_count * iact_count + (row * weight_count + destination) * weight_count;
    }
    [[nodiscard]] unsigned psum_bit(unsigned col, unsigned destination) const {
        return p.pe_rows * (iact_count * iact_count + weight_count * weight_count) +
               (col * psum_count + destination) * psum_count;
    }
    void set_iact(unsigned c, unsigned plane, unsigned destination, unsigned source) {
        set(c, iact_bit(plane, destination), iact_count, source);
    }
    void set_weight(unsigned c, unsigned row, unsigned destination, unsigned source) {
        set(c, weight_bit(row, destination), weight_count, source);
    }
    void set_psum(unsigned c, unsigned col, unsigned destination, unsigned source) {
        set(c, psum_bit(col, destination), psum_count, source);
    }
    std::string configure() {
        unsigned bad = 0;
        return mesh.configure(words, bad);
    }
    static burst send(stream_out<bench>& from, std::uint64_t count) {
        burst b;
        b.words = count;
        sc_core::sc_time delay;
        from->b_transport(b, delay);
        return b;
    }
};

std::set<std::uint32_t> sinks(const burst& b) {
    std::set<std::uint32_t> s;
    for (const auto& a : b.arrivals) s.insert(a.sink);
    return s;
}

/// Runs a scenario on an elaborated bench.
void play(const noc_parameters& p, const std::function<void(bench&)>& scenario) {
    bench b(p);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    scenario(b);
}

}  // namespace

BOOST_AUTO_TEST_CASE(ports_are_numbered_as_software_knows_them) {
    BOOST_TEST(unsigned{iact_north} == unsigned{EYERISS_IACT_NORTH});
    BOOST_TEST(unsigned{iact_south} == unsigned{EYERISS_IACT_SOUTH});
    BOOST_TEST(unsigned{iact_east} == unsigned{EYERISS_IACT_EAST});
    BOOST_TEST(unsigned{iact_local} == unsigned{EYERISS_IACT_LOCAL});
    BOOST_TEST(unsigned{iact_west} == unsigned{EYERISS_IACT_WEST});
    BOOST_TEST(unsigned{iact_count} == unsigned{EYERISS_IACT_PORTS});
    BOOST_TEST(unsigned{weight_east} == unsigned{EYERISS_WEIGHT_EAST});
    BOOST_TEST(unsigned{weight_local} == unsigned{EYERISS_WEIGHT_LOCAL});
    BOOST_TEST(unsigned{weight_west} == unsigned{EYERISS_WEIGHT_WEST});
    BOOST_TEST(unsigned{weight_count} == unsigned{EYERISS_WEIGHT_PORTS});
    BOOST_TEST(unsigned{psum_mesh} == unsigned{EYERISS_PSUM_MESH});
    BOOST_TEST(unsigned{psum_bank} == unsigned{EYERISS_PSUM_BANK});
    BOOST_TEST(unsigned{psum_pe} == unsigned{EYERISS_PSUM_PE});
    BOOST_TEST(unsigned{psum_count} == unsigned{EYERISS_PSUM_PORTS});
    BOOST_TEST(router::none == unsigned{EYERISS_PORT_NONE});
}

BOOST_AUTO_TEST_CASE(unicast_keeps_every_source_in_its_cluster) {
    play({}, [](bench& b) {
        for (unsigned c = 0; c < b.p.clusters(); ++c) {
            for (unsigned i = 0; i < b.p.pe_rows; ++i) b.set_iact(c, i, iact_local, iact_local);
        }
        BOOST_REQUIRE(b.configure().empty());
        for (unsigned s = 0; s < b.iact.size(); ++s) {
            const auto sent = bench::send(b.iact[s], 7);
            BOOST_CHECK(sinks(sent) == std::set<std::uint32_t>{s});
            BOOST_TEST(sent.arrivals[0].latency == sc_core::SC_ZERO_TIME);
        }
        BOOST_TEST(b.mesh.iact_traffic().mesh == 0U);
        BOOST_TEST(b.mesh.iact_traffic().local == 7U * b.iact.size());
    });
}

BOOST_AUTO_TEST_CASE(broadcast_reaches_all_clusters_and_crosses_each_link_once) {
    play({}, [](bench& b) {
        for (unsigned c = 0; c < b.p.clusters(); ++c) {
            const unsigned row = c / 2, col = c % 2;
            const unsigned from = c == 0 ? iact_local : col == 1 && row == 0 ? iact_west : iact_north;
            b.set_iact(c, 0, iact_local, from);
            if (row < 7) b.set_iact(c, 0, iact_south, from);
            if (c == 0) b.set_iact(c, 0, iact_east, iact_local);
        }
        BOOST_REQUIRE(b.configure().empty());
        const auto sent = bench::send(b.iact[0], 10);
        BOOST_TEST(sent.arrivals.size() == 16U);
        BOOST_TEST(sinks(sent).size() == 16U);
        BOOST_TEST(b.mesh.iact_traffic().mesh == 10U * 15U);  // a spanning tree of 16 clusters
        sc_core::sc_time farthest;
        for (const auto& a : sent.arrivals) farthest = std::max(farthest, a.latency);
        BOOST_TEST(farthest == sc_core::sc_time(8 * 5, sc_core::SC_NS));  // seven rows and one column away
    });
}

BOOST_AUTO_TEST_CASE(vertical_multicast_stays_in_its_column) {
    play({}, [](bench& b) {
        for (unsigned row = 0; row < 4; ++row) {
            b.set_iact(row * 2 + 1, 2, iact_local, row == 0 ? iact_local : iact_north);
            if (row < 3) b.set_iact(row * 2 + 1, 2, iact_south, row == 0 ? iact_local : iact_north);
        }
        BOOST_REQUIRE(b.configure().empty());
        const std::set<std::uint32_t> expected{1 * 3 + 2, 3 * 3 + 2, 5 * 3 + 2, 7 * 3 + 2};
        BOOST_CHECK(sinks(bench::send(b.iact[1 * 3 + 2], 1)) == expected);
        BOOST_TEST(bench::send(b.iact[0], 1).arrivals.empty());
    });
}

BOOST_AUTO_TEST_CASE(weights_reach_the_neighbour_and_psums_the_south) {
    play({}, [](bench& b) {
        b.set_weight(4, 1, weight_local, weight_local);
        b.set_weight(4, 1, weight_east, weight_local);
        b.set_weight(5, 1, weight_local, weight_west);
        b.set_psum(4, 3, psum_pe, psum_bank);
        b.set_psum(4, 3, psum_mesh, psum_pe);
        b.set_psum(6, 3, psum_pe, psum_mesh);
        b.set_psum(6, 3, psum_bank, psum_pe);
        BOOST_REQUIRE(b.configure().empty());
        BOOST_CHECK(sinks(bench::send(b.weight[4 * 3 + 1], 5)) ==
                    (std::set<std::uint32_t>{4 * 3 + 1, 5 * 3 + 1}));
        BOOST_CHECK(sinks(bench::send(b.bank[4 * 4 + 3], 5)) == std::set<std::uint32_t>{4 * 4 + 3});
        const auto south = bench::send(b.top[4 * 4 + 3], 5);
        BOOST_CHECK(sinks(south) == std::set<std::uint32_t>{6 * 4 + 3});
        BOOST_TEST(south.arrivals[0].latency == sc_core::sc_time(5, sc_core::SC_NS));
        BOOST_CHECK(sinks(bench::send(b.top[6 * 4 + 3], 5)) == std::set<std::uint32_t>{6 * 4 + 3});
    });
}

BOOST_AUTO_TEST_CASE(routes_that_leave_the_array_or_turn_back_are_refused_by_name) {
    play({}, [](bench& b) {
        b.set_iact(0, 1, iact_north, iact_local);
        BOOST_TEST(b.configure().find("bench.mesh.cluster_0.iact_1") == 0U);
        b.set_iact(0, 1, iact_north, router::none);
        b.set_iact(3, 0, iact_south, iact_south);
        const auto message = b.configure();
        BOOST_TEST(message.find("cluster_3.iact_0") != std::string::npos);
        BOOST_TEST(message.find("send back") != std::string::npos);
    });
}

BOOST_AUTO_TEST_CASE(two_drivers_on_a_port_are_refused_by_name) {
    play({}, [](bench& b) {
        b.set_iact(2, 1, iact_local, iact_local);
        b.enable(2, bench::iact_bit(1, iact_local) + iact_north, true);
        BOOST_TEST(b.configure() ==
                   "bench.mesh.cluster_2.iact_1: destination port PEs has two drivers, north and bank");
        b.set_iact(2, 1, iact_local, router::none);
        b.set_weight(5, 2, weight_local, weight_local);
        b.enable(5, b.weight_bit(2, weight_local) + weight_west, true);
        BOOST_TEST(b.configure() ==
                   "bench.mesh.cluster_5.weight_2: destination port PEs has two drivers, off-chip and west");
        b.set_weight(5, 2, weight_local, router::none);
        b.set_psum(9, 3, psum_bank, psum_pe);
        b.enable(9, b.psum_bit(3, psum_bank) + psum_mesh, true);
        BOOST_TEST(b.configure() ==
                   "bench.mesh.cluster_9.psum_3: destination port bank has two drivers, north and top PE");
    });
}

BOOST_AUTO_TEST_CASE(destinations_that_no_source_reaches_are_refused_by_name) {
    play({}, [](bench& b) {
        b.set_iact(3, 0, iact_local, iact_north);
        BOOST_TEST(b.configure() ==
                   "bench.mesh.cluster_3.iact_0: source port north is passed on, but nothing is sent there");
        b.set_iact(1, 0, iact_south, iact_local);
        BOOST_TEST(b.configure() == "");
        b.set_iact(3, 0, iact_local, router::none);
        BOOST_TEST(b.configure() ==
                   "bench.mesh.cluster_1.iact_0: destination port south leads to "
                   "bench.mesh.cluster_3.iact_0, which passes it to nobody");
        b.set_iact(1, 0, iact_south, router::none);
        b.set_psum(4, 1, psum_pe, psum_mesh);
        BOOST_TEST(b.configure() ==
                   "bench.mesh.cluster_4.psum_1: source port north is passed on, but nothing is sent there");
    });
}

BOOST_AUTO_TEST_CASE(a_ring_without_a_source_is_refused) {
    play({}, [](bench& b) {
        // Clockwise through clusters 0, 1, 3, 2: every link is driven, and no bank drives any.
        b.set_iact(0, 0, iact_east, iact_south);
        b.set_iact(1, 0, iact_south, iact_west);
        b.set_iact(3, 0, iact_west, iact_north);
        b.set_iact(2, 0, iact_north, iact_east);
        BOOST_TEST(b.configure().find("but nothing is sent there") != std::string::npos);
    });
}

BOOST_AUTO_TEST_CASE(a_wider_mesh_passes_bursts_through_middle_columns) {
    noc_parameters p;
    p.cluster_rows = 3;
    p.cluster_cols = 5;
    play(p, [](bench& b) {
        for (unsigned col = 0; col < 5; ++col) {
            const unsigned from = col == 0 ? weight_local : weight_west;
            b.set_weight(5 + col, 0, weight_local, from);
            if (col < 4) b.set_weight(5 + col, 0, weight_east, from);
        }
        BOOST_REQUIRE(b.configure().empty());
        const auto sent = bench::send(b.weight[5 * 3], 3);
        BOOST_TEST(sent.arrivals.size() == 5U);
        BOOST_TEST(b.mesh.weight_traffic().mesh == 12U);
    });
}
