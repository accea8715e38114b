#define BOOST_TEST_MODULE bus
#include <boost/test/unit_test.hpp>
#include <set>

#include "models/abi/noc_config.h"
#include "noc/broadcast_bus.h"

using namespace eyeriss::noc;

namespace {

/// Three rows of four PEs.
noc_parameters small() {
    noc_parameters p;
    p.kind = topology::bus;
    p.cluster_rows = 3;
    p.cluster_cols = 1;
    p.pe_rows = 1;
    p.pe_cols = 4;
    return p;
}

/// The buses with a source and a sink at every socket. Sinks of rows tell which PEs were named.
struct bench : sc_core::sc_module {
    noc_parameters p = small();
    broadcast_bus bus;
    sc_core::sc_vector<stream_out<bench>> iact, weight, bank, top;
    sc_core::sc_vector<stream_in<bench>> iact_sink, weight_sink, bank_sink, bottom_sink;
    std::vector<std::uint32_t> words;

    bench()
        : sc_module("bench"),
          bus("bus", p, sc_core::sc_time(5, sc_core::SC_NS)),
          iact("iact", 3),
          weight("weight", 3),
          bank("bank", 12),
          top("top", 12),
          iact_sink("iact_sink", 3),
          weight_sink("weight_sink", 3),
          bank_sink("bank_sink", 12),
          bottom_sink("bottom_sink", 12),
          words(std::size_t{3} * bus.config_words_per_cluster()) {
        for (unsigned c = 0; c < 3; ++c) {
            join(iact[c], bus.iact_source(c, 0), bus.iact_sink(c, 0), iact_sink[c], c);
            join(weight[c], bus.weight_source(c, 0), bus.weight_sink(c, 0), weight_sink[c], c);
            for (unsigned col = 0; col < 4; ++col) {
                const unsigned i = c * 4 + col;
                join(bank[i], bus.psum_bank_source(c, col), bus.psum_bank_sink(c, col), bank_sink[i], i);
                join(top[i], bus.psum_pe_source(c, col), bus.psum_pe_sink(c, col), bottom_sink[i], i);
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
        b.arrivals.push_back({static_cast<std::uint32_t>(sink) << 8 | b.pes, delay});
    }
    void set(unsigned row, unsigned col, unsigned iact_tag, unsigned weight_tag, unsigned in, unsigned out) {
        const unsigned tag = p.bus_tag_bits();
        std::size_t bit =
            std::size_t{row} * bus.config_words_per_cluster() * 32 + std::size_t{col} * (2 * tag + 4);
        const auto put = [&](unsigned value, unsigned bits) {
            for (unsigned i = 0; i < bits; ++i, ++bit) words[bit / 32] |= (value >> i & 1U) << bit % 32;
        };
        put(iact_tag, tag);
        put(weight_tag, tag);
        put(in, EYERISS_BUS_PSUM_BITS);
        put(out, EYERISS_BUS_PSUM_BITS);
    }
    std::string configure() {
        unsigned bad = 0;
        return bus.configure(words, bad);
    }
    static std::set<std::uint32_t> send(stream_out<bench>& from, std::uint32_t tag) {
        burst b;
        b.words = 10;
        b.pes = tag;
        sc_core::sc_time delay;
        from->b_transport(b, delay);
        std::set<std::uint32_t> sinks;
        for (const auto& a : b.arrivals) {
            BOOST_TEST(a.latency == sc_core::sc_time(5, sc_core::SC_NS));
            sinks.insert(a.sink);
        }
        return sinks;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(any_set_of_pes_is_one_transfer) {
    bench b;
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    b.set(0, 1, 5, 0, 0, 0);
    b.set(2, 0, 5, 0, 0, 0);
    b.set(2, 3, 5, 0, 0, 0);
    b.set(1, 1, 6, 0, 0, 0);
    BOOST_REQUIRE(b.configure() == "");
    BOOST_CHECK(bench::send(b.iact[1], 5) == (std::set<std::uint32_t>{0x002, 0x209}));
    BOOST_CHECK(bench::send(b.iact[0], 6) == std::set<std::uint32_t>{0x102});
    BOOST_CHECK(bench::send(b.iact[0], 7).empty());
    BOOST_TEST(b.bus.iact_traffic().mesh == 30U);
    BOOST_TEST(b.bus.iact_traffic().local == 30U);  // X-buses of rows 0 and 2, and of row 1
    BOOST_TEST(b.bus.weight_traffic().mesh == 0U);
}

BOOST_AUTO_TEST_CASE(psums_climb_by_links_and_go_back_to_their_bank) {
    bench b;
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    b.set(0, 2, 0, 0, EYERISS_BUS_PSUM_BUS, EYERISS_BUS_PSUM_LINK);
    b.set(1, 2, 0, 0, EYERISS_BUS_PSUM_LINK, EYERISS_BUS_PSUM_BUS);
    BOOST_REQUIRE(b.configure() == "");
    BOOST_CHECK(bench::send(b.bank[2], 0) == std::set<std::uint32_t>{2U << 8 | 2U});
    BOOST_CHECK(bench::send(b.bank[6], 0).empty());
    burst up;
    up.pes = 2;  // as it came from bank 2
    sc_core::sc_time delay;
    b.top[2]->b_transport(up, delay);
    b.top[6]->b_transport(up, delay);
    BOOST_REQUIRE(up.arrivals.size() == 2U);
    BOOST_TEST(up.arrivals[0].sink >> 8 == 6U);
    BOOST_TEST(up.arrivals[0].latency == sc_core::SC_ZERO_TIME);
    BOOST_TEST(up.arrivals[1].sink >> 8 == 2U);
}

BOOST_AUTO_TEST_CASE(settings_that_join_nothing_are_refused_by_name) {
    bench b;
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    b.set(1, 3, 13, 0, 0, 0);
    BOOST_TEST(b.configure() == "bench.bus: PE 3 of row 1 has tag 13, but there are 12");
    b.words.assign(b.words.size(), 0);
    b.set(0, 0, 0, 0, EYERISS_BUS_PSUM_LINK, 0);
    BOOST_TEST(b.configure() == "bench.bus: PE 0 of row 0 waits for psums of a neighbour that sends none");
    b.words.assign(b.words.size(), 0);
    b.set(2, 1, 0, 0, EYERISS_BUS_PSUM_BUS, EYERISS_BUS_PSUM_LINK);
    BOOST_TEST(b.configure() == "bench.bus: PE 1 of row 2 sends psums to a neighbour that takes none");
    b.words.assign(b.words.size(), 0);
    b.set(2, 1, 0, 0, 3, 0);
    BOOST_TEST(b.configure() == "bench.bus: PE 1 of row 2 takes or gives psums no known way");
}
