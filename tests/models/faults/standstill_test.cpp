#define BOOST_TEST_MODULE standstill
#include "models/arch/timing/standstill.h"

#include <boost/test/unit_test.hpp>

namespace eyeriss::arch::timing {
namespace {

using kind = unit::kind;

/// Three PEs in a chain, 0 at the bottom; iact port 4 feeds PE 1, port 5 the others.
struct bench {
    bench() {
        p.windows = 8;
        p.jobs.resize(m.noc.pes());
        for (const unsigned pe : {0U, 1U, 2U}) p.jobs[pe].column_cycles = columns;
        p.streams.push_back({4, 4, words, pairs, {{1, 0}}});
        p.streams.push_back({5, 5, words, pairs, {{0, 0}, {2, 0}}});
        chain c;
        c.pes = {{0, 0}, {1, 0}, {2, 0}};
        c.rows = 2;
        c.out_port = 3;
        p.chains.push_back(c);
    }
    machine m;
    pass p;
    std::vector<std::uint16_t> columns = std::vector<std::uint16_t>(4, 1);
    std::vector<std::uint32_t> words = std::vector<std::uint32_t>(20, 1);
    std::vector<std::uint16_t> pairs = std::vector<std::uint16_t>(20, 4);
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_stuck_iact_port_holds_its_pe_and_all_that_wait_for_it) {
    const bench b;
    const auto all = who_waits(b.p, {{kind::iact_port, 4}}, b.m);
    BOOST_TEST_REQUIRE(!all.empty());
    BOOST_TEST(to_string(all.front(), b.m) == "iact port 4 (cluster 1, router 1) stands still");
    BOOST_TEST(to_string(all.at(1), b.m) ==
               "PE 1 (cluster 0, row 0, column 1) waits for iacts from iact port 4 (cluster 1, router 1)");
    // PE 2 wants PE 1's psums, PE 0 room in its FIFO, the port out psums, port 5 room in both PEs.
    BOOST_TEST(all.size() == 6U);
    const auto way = longest_wait(all);
    BOOST_TEST((way.back().who == unit{kind::iact_port, 4}));
    for (std::size_t i = 0; i + 1 < way.size(); ++i) BOOST_TEST((way[i].whom == way[i + 1].who));
}

BOOST_AUTO_TEST_CASE(what_has_no_work_in_the_pass_holds_nobody) {
    const bench b;
    BOOST_TEST(who_waits(b.p, {{kind::pe, 100}, {kind::iact_port, 7}, {kind::psum_in_port, 3}}, b.m).empty());
}

}  // namespace eyeriss::arch::timing
