#define BOOST_TEST_MODULE reference_array
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>

#include "tests/oracle/plain.h"
#include "tests/reference/circuits.h"
#include "tests/reference/plan.h"

namespace {

using namespace eyeriss::reference;

std::vector<std::int64_t> oracle_of(const layer& l, const operands& o) {
    eyeriss::oracle::conv_problem p;
    p.groups = l.groups, p.batch = l.batch, p.m = l.m, p.c = l.c, p.h = l.h, p.w = l.w, p.r = l.r, p.s = l.s;
    p.stride_h = l.stride_h, p.stride_w = l.stride_w;
    p.pad_top = l.pad_top, p.pad_left = l.pad_left, p.pad_bottom = l.pad_bottom, p.pad_right = l.pad_right;
    p.x = o.iacts;
    p.weights = o.weights;
    return eyeriss::oracle::conv(p);
}

/// Random layers, mappings, machines.
class generator {
public:
    explicit generator(unsigned seed) : random_(seed) {}
    int upto(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }
    std::vector<int> sparse(int size, int low, int high) {
        const int percent = upto(0, 100);
        std::vector<int> values(static_cast<std::size_t>(size));
        for (int& v : values) v = upto(1, 100) <= percent ? upto(low, high) : 0;
        return values;
    }
    std::vector<std::size_t> permutation(std::size_t size) {
        std::vector<std::size_t> order(size);
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::shuffle(order.begin(), order.end(), random_);
        return order;
    }
    layer some_layer() {
        layer l;
        l.groups = upto(1, 3), l.batch = upto(1, 2), l.m = upto(1, 9), l.c = upto(1, 9);
        l.r = upto(1, 3), l.s = upto(1, 3), l.h = upto(l.r, 7), l.w = upto(l.s, 7);
        l.stride_h = upto(1, 2), l.stride_w = upto(1, 2);
        l.pad_top = upto(0, 1), l.pad_left = upto(0, 1), l.pad_bottom = upto(0, 1), l.pad_right = upto(0, 1);
        return l;
    }
    machine some_machine() {
        machine k;
        k.rows = static_cast<std::size_t>(upto(1, 4));
        k.cols = static_cast<std::size_t>(upto(1, 2));
        k.configuration = static_cast<cycle>(upto(0, 70));
        return k;
    }
    spatial some_split(int room) {
        spatial s;
        for (int* factor : {&s.m, &s.e, &s.n, &s.g}) *factor = upto(1, std::min(3, room / s.product()));
        return s;
    }
    mapping some_mapping(const layer& l, const machine& k) {
        mapping m;
        m.s0 = upto(1, l.s);
        const int segments = (m.s0 + l.stride_w - 1) / l.stride_w;
        m.c0 = upto(1, std::min(l.c, 16 / (segments * l.stride_w)));
        m.m0 = upto(1, l.m);
        m.r1 = upto(1, l.r);
        const int most = static_cast<int>(k.rows * k.pe_rows) / m.r1;
        m.c1 = upto(1, std::min(most, (l.c + m.c0 - 1) / m.c0));
        m.chain_clusters = (m.c1 * m.r1 + 2) / 3;
        m.vertical = some_split(static_cast<int>(k.rows) / m.chain_clusters);
        m.horizontal = some_split(static_cast<int>(k.cols * k.pe_cols));
        std::shuffle(m.order.begin(), m.order.end(), random_);
        m.raw_weights = upto(0, 3) == 0;
        m.raw_iacts = upto(0, 3) == 0;
        m.whole_banks = upto(0, 3) == 0;
        m.multicast_iacts = upto(0, 1) == 0;
        m.multicast_weights = upto(0, 1) == 0;
        return m;
    }

private:
    std::mt19937 random_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(circuit_follows_its_multiplexers_along_a_column_and_its_rows) {
    circuits mesh(3, 2);
    mesh.connect(0, {0, 1, 2, 3});
    mesh.connect(4, {4, 5});
    std::vector<unsigned> hops(6, 99);
    for (const reached& r : mesh.reach(0)) hops[r.cluster] = r.hops;
    BOOST_TEST(hops == (std::vector<unsigned>{0, 1, 1, 2, 99, 99}));
    BOOST_TEST(mesh.reach(4).size() == 2U);
    BOOST_CHECK_EXCEPTION(mesh.connect(5, {4}), std::invalid_argument, [](const std::invalid_argument& e) {
        return std::string(e.what()).find("cluster 4") != std::string::npos;
    });
}

// The case "Two clusters, two passes" of doc/reference_cases.md.
BOOST_AUTO_TEST_CASE(two_clusters_share_iacts_and_add_to_their_banks) {
    layer l;
    l.m = l.c = 2, l.w = 4;
    machine k;
    k.rows = k.pe_rows = k.pe_cols = 1;
    k.configuration = 10;
    mapping m;
    m.horizontal.m = 2;
    const operands o{{1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4}};
    const planned p = plan(l, m, k, o);
    const run_result r = run(p.what);
    BOOST_TEST(outputs(l, p, r) == oracle_of(l, o));
    BOOST_TEST(r.total == 45U);
    const std::vector<window_times> first{{21, 22}, {23, 24}, {25, 26}, {27, 28},
                                          {37, 38}, {39, 40}, {41, 42}, {43, 44}};
    BOOST_REQUIRE(r.windows[0].size() == first.size());
    BOOST_REQUIRE(r.windows[1].size() == first.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        BOOST_TEST(r.windows[0][i].accumulated == first[i].accumulated);
        BOOST_TEST(r.windows[0][i].moved == first[i].moved);
        BOOST_TEST(r.windows[1][i].accumulated == first[i].accumulated + 1);
        BOOST_TEST(r.windows[1][i].moved == first[i].moved + 1);
    }
    ledger expected;
    for (const auto& [c, n] : std::initializer_list<std::pair<cause, cycle>>{{cause::configuration, 10},
                                                                             {cause::loading_weights, 4},
                                                                             {cause::wait_dram, 1},
                                                                             {cause::wait_iact, 1},
                                                                             {cause::bubble, 12},
                                                                             {cause::one_lane, 8},
                                                                             {cause::psum_ports, 8}})
        expected.add(c, n);
    ledger second = expected;
    expected.add(cause::finished_early);
    second.add(cause::wait_iact);
    BOOST_TEST((r.ledgers[0] == expected));
    BOOST_TEST((r.ledgers[1] == second));
}

BOOST_AUTO_TEST_CASE(short_chain_waits_until_the_long_one_before_has_left_the_column) {
    layer l;
    l.m = 32, l.c = 4;
    machine k;
    k.rows = k.cols = 1;
    mapping m;
    m.m0 = 32, m.c1 = 3;
    operands o{{1, 1, 1, 1}, std::vector<int>(128)};
    for (int row = 0; row < 32; ++row) {
        o.weights[row * 4] = o.weights[row * 4 + 3] = row == 0 ? 1 : 0;
        o.weights[row * 4 + 1] = row < 16 ? 1 : 0;
        o.weights[row * 4 + 2] = 1;
    }
    const planned p = plan(l, m, k, o);
    const run_result r = run(p.what);
    BOOST_TEST(outputs(l, p, r) == oracle_of(l, o));
    // The top's 16 words leave in 40-55; the bottom's second 16 go over the same port after them.
    BOOST_TEST(r.windows[8].front().moved == 55U);
    BOOST_TEST(r.windows[0].back().moved == 71U);
}

BOOST_AUTO_TEST_CASE(random_layers_equal_the_plain_loops_in_any_order_of_stepping) {
    constexpr unsigned seed = 20260102;
    BOOST_TEST_MESSAGE("seed " << seed);
    generator g(seed);
    int ran = 0, refused = 0;
    while (ran < 300) {
        const layer l = g.some_layer();
        const machine k = g.some_machine();
        const mapping m = g.some_mapping(l, k);
        const operands o{g.sparse(l.batch * l.groups * l.c * l.h * l.w, -128, 127),
                         g.sparse(l.groups * l.m * l.c * l.r * l.s, -128, 127)};
        planned p;
        try {
            p = plan(l, m, k, o);
        } catch (const std::invalid_argument&) {
            ++refused;
            continue;
        }
        BOOST_TEST_INFO("layer " << ran);
        const run_result r = run(p.what);
        BOOST_REQUIRE(outputs(l, p, r) == oracle_of(l, o));
        for (const ledger& cycles : r.ledgers) BOOST_REQUIRE(cycles.total() == r.total);
        const run_result permuted = run(p.what, g.permutation(k.pes()));
        BOOST_REQUIRE(permuted.total == r.total);
        BOOST_REQUIRE((permuted.windows == r.windows && permuted.ledgers == r.ledgers));
        BOOST_REQUIRE(
            (permuted.banks == r.banks && permuted.iacts == r.iacts && permuted.weights == r.weights));
        BOOST_REQUIRE((permuted.psums_in == r.psums_in && permuted.psums_out == r.psums_out));
        ++ran;
    }
    BOOST_TEST_MESSAGE(refused << " mappings refused");
}
