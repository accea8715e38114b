#define BOOST_TEST_MODULE bus
#include <boost/test/unit_test.hpp>
#include <set>

#include "models/abi/noc_config.h"
#include "noc/broadcast_bus.h"
#include "tests/noc/network_bench.h"

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

/// Sinks of rows tell which PEs were named.
struct bench : eyeriss::test::network_bench<broadcast_bus> {
    bench() : network_bench(small()) {}
    void take(int sink, burst& b, sc_core::sc_time& delay) override {
        b.arrivals.push_back({static_cast<std::uint32_t>(sink) << 8 | b.pes, delay});
    }
    void set(unsigned row, unsigned col, unsigned iact_tag, unsigned weight_tag, unsigned in, unsigned out) {
        const unsigned tag = p.bus_tag_bits();
        std::size_t bit = std::size_t{col} * (2 * tag + 4);
        put(row, bit, iact_tag, tag);
        put(row, bit, weight_tag, tag);
        put(row, bit, in, EYERISS_BUS_PSUM_BITS);
        put(row, bit, out, EYERISS_BUS_PSUM_BITS);
    }
    static std::set<std::uint32_t> sinks_of(const burst& b) {
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
    BOOST_REQUIRE(b.configure().empty());
    BOOST_CHECK(bench::sinks_of(bench::send(b.iact[1], 5)) == (std::set<std::uint32_t>{0x002, 0x209}));
    BOOST_CHECK(bench::sinks_of(bench::send(b.iact[0], 6)) == std::set<std::uint32_t>{0x102});
    BOOST_CHECK(bench::send(b.iact[0], 7).arrivals.empty());
    BOOST_TEST(b.net.iact_traffic().mesh == 30U);
    BOOST_TEST(b.net.iact_traffic().local == 30U);  // X-buses of rows 0 and 2, and of row 1
    BOOST_TEST(b.net.weight_traffic().mesh == 0U);
}

BOOST_AUTO_TEST_CASE(psums_climb_by_links_and_go_back_to_their_bank) {
    bench b;
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    b.set(0, 2, 0, 0, EYERISS_BUS_PSUM_BUS, EYERISS_BUS_PSUM_LINK);
    b.set(1, 2, 0, 0, EYERISS_BUS_PSUM_LINK, EYERISS_BUS_PSUM_BUS);
    BOOST_REQUIRE(b.configure().empty());
    BOOST_CHECK(bench::sinks_of(bench::send(b.bank[2], 0)) ==
                std::set<std::uint32_t>{(bench::first_bottom + 2) << 8 | 2U});
    BOOST_CHECK(bench::send(b.bank[6], 0).arrivals.empty());
    burst up;
    up.pes = 2;  // as it came from bank 2
    sc_core::sc_time delay;
    b.top[2]->b_transport(up, delay);
    b.top[6]->b_transport(up, delay);
    BOOST_REQUIRE(up.arrivals.size() == 2U);
    BOOST_TEST(up.arrivals[0].sink >> 8 == bench::first_bottom + 6);
    BOOST_TEST(up.arrivals[0].latency == sc_core::SC_ZERO_TIME);
    BOOST_TEST(up.arrivals[1].sink >> 8 == bench::first_bank + 2);
}

BOOST_AUTO_TEST_CASE(settings_that_join_nothing_are_refused_by_name) {
    bench b;
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    b.set(1, 3, 13, 0, 0, 0);
    BOOST_TEST(b.configure() == "bench.net: PE 3 of row 1 has tag 13, but there are 12");
    b.words.assign(b.words.size(), 0);
    b.set(0, 0, 0, 0, EYERISS_BUS_PSUM_LINK, 0);
    BOOST_TEST(b.configure() == "bench.net: PE 0 of row 0 waits for psums of a neighbour that sends none");
    b.words.assign(b.words.size(), 0);
    b.set(2, 1, 0, 0, EYERISS_BUS_PSUM_BUS, EYERISS_BUS_PSUM_LINK);
    BOOST_TEST(b.configure() == "bench.net: PE 1 of row 2 sends psums to a neighbour that takes none");
    b.words.assign(b.words.size(), 0);
    b.set(2, 1, 0, 0, 3, 0);
    BOOST_TEST(b.configure() == "bench.net: PE 1 of row 2 takes or gives psums no known way");
}
