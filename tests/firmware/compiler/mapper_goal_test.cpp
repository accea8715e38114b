#define BOOST_TEST_MODULE mapper_goal
#include "firmware/compiler/mapper_goal.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "firmware/compiler/mapper_contest.h"
#include "firmware/compiler/predict_actions.h"
#include "tests/firmware/compiler/mapper_shapes.h"

// What the mapping search makes least, and how it does on large arrays.

using namespace eyeriss;
using compiler::search_cost;

namespace {

constexpr unsigned seed = 20261117;

/// A layer with sparse operands.
struct problem {
    problem(const arch::layer_shape& shape, std::minstd_rand& random)
        : op(test::random_conv(shape, 0.4, random)) {
        for (std::size_t i = 0; i < std::size_t{shape.batch} * shape.channels_in() * shape.h * shape.w; ++i)
            input.push_back(random() % 100 < 55 ? static_cast<std::uint8_t>(1 + random() % 255) : 0);
    }
    [[nodiscard]] compiler::calibration data() const { return {input, false, 0}; }

    compiler::conv_op op;
    std::vector<std::uint8_t> input;
};

std::vector<arch::layer_shape> small_layers() {
    return {test::conv(16, 24, 14, 3, 1, 1), test::conv(32, 64, 7, 1), test::conv(24, 24, 14, 3, 1, 1, 24),
            test::conv(64, 100, 1, 1), test::conv(3, 16, 23, 5, 2)};
}

/// Prices of the order of the published ratios: registers 1, a hop 2, a bank 6, DRAM 200, and PE-cycles.
energy::energy_table plausible_table() {
    energy::energy_table table;
    energy::for_each_action([&](energy::action a) {
        switch (energy::info(a).part) {
            case energy::component::dram:
                table.picojoules[a] = 200;
                break;
            case energy::component::glb:
                table.picojoules[a] = 6;
                break;
            case energy::component::noc:
            case energy::component::pe_to_pe:
            case energy::component::port:
                table.picojoules[a] = 2;
                break;
            case energy::component::leakage:
                table.picojoules[a] = 0.5;
                break;
            default:
                table.picojoules[a] = 1;
        }
    });
    return table;
}

struct spent {
    double cycles = 0, picojoules = 0;
};

/// What a mapping takes, all passes looked at.
spent spent_by(const problem& p, const arch::mapping& map, const arch::machine& m,
               const energy::energy_table& table) {
    constexpr auto all = ~std::uint64_t{0};
    const auto time = compiler::predict(p.op, map, m, p.data(), all);
    const auto sum = energy::energy_of(compiler::predict_actions(p.op, map, m, p.data(), all, time), table);
    return {time.cycles, sum.on_chip() + sum.dram()};
}

compiler::mapping_choice search(const problem& p, const arch::machine& m, search_cost cost,
                                const energy::energy_table& table) {
    const compiler::search_goal goal{cost, table};
    return compiler::search_mapping(p.op, m, {0.55}, p.data(), "layer", compiler::weight_coding::csc, goal);
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_cost_is_least_under_the_mapping_searched_for_it) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::minstd_rand random(seed);
    const arch::machine m;
    const auto table = plausible_table();
    unsigned saved = 0;
    for (const auto& shape : small_layers()) {
        const problem p(shape, random);
        const auto fastest = search(p, m, search_cost::cycles, table);
        const auto thriftiest = search(p, m, search_cost::energy, table);
        const auto best_product = search(p, m, search_cost::edp, table);
        const auto fast = spent_by(p, fastest.map, m, table);
        const auto thrifty = spent_by(p, thriftiest.map, m, table);
        const auto product = spent_by(p, best_product.map, m, table);
        BOOST_TEST(thrifty.picojoules <= fast.picojoules, shape.type());
        BOOST_TEST(fast.cycles <= thrifty.cycles, shape.type());
        BOOST_TEST(product.cycles * product.picojoules <= fast.cycles * fast.picojoules, shape.type());
        BOOST_TEST(thriftiest.picojoules == thrifty.picojoules, shape.type());
        BOOST_TEST(fastest.picojoules == 0.0);
        BOOST_TEST((search(p, m, search_cost::energy, table).map == thriftiest.map), "a second search");
        saved += thrifty.picojoules < 0.98 * fast.picojoules ? 1 : 0;
    }
    BOOST_TEST(saved > 0U);  // else the two costs would ask for one mapping
}

BOOST_AUTO_TEST_CASE(where_only_leakage_takes_energy_the_fastest_mapping_takes_least) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::minstd_rand random(seed);
    const arch::machine m;
    energy::energy_table table;
    table.picojoules[energy::action::leakage] = 1;
    for (const auto& shape : small_layers()) {
        const problem p(shape, random);
        BOOST_TEST(search(p, m, search_cost::energy, table).cycles ==
                       search(p, m, search_cost::cycles, table).cycles,
                   shape.type());
    }
}

BOOST_AUTO_TEST_CASE(a_search_looks_at_less_of_each_mapping_on_a_larger_array) {
    const compiler::search_effort published(192);
    BOOST_TEST(published.first_look == 12U);
    BOOST_TEST(published.second_look == 48U);
    BOOST_TEST(published.final_look == 400U);
    BOOST_TEST(published.candidates == 64U);
    const compiler::search_effort large(16384);
    BOOST_TEST(large.final_look < published.final_look);
    BOOST_TEST(large.candidates < published.candidates);
    BOOST_TEST(large.first_look > 0U);
}

BOOST_AUTO_TEST_CASE(on_large_arrays_every_pe_with_work_is_sent_iacts) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::minstd_rand random(seed);
    unsigned with_work = 0;
    for (const unsigned side : {8U, 16U, 32U}) {
        arch::machine m;
        m.noc.cluster_rows = m.noc.cluster_cols = side;
        m.noc.pe_rows = m.noc.pe_cols = 4;
        m.pe.macs = 1;
        for (const auto& shape : {test::conv(40, 104, 9, 3, 1, 1), test::conv(130, 70, 6, 1),
                                  test::conv(33, 33, 8, 3, 2, 1, 33)}) {
            const problem p(shape, random);
            for (const auto& map : compiler::best_mappings(p.op, m, {0.55}, 4)) {
                const arch::tiling tiles(shape, map, m);
                const auto data = p.data();
                compiler::pass_planner planner(p.op, tiles, m, data);
                for (std::uint64_t pass = 0; pass < tiles.passes(); ++pass) {
                    const auto plan = planner.plan(tiles.index(pass), true);
                    std::vector<unsigned> rows(m.noc.pes());
                    for (const auto& stream : plan.streams) {
                        for (const auto& sink : stream.sinks) ++rows[sink.pe];
                    }
                    for (std::uint32_t pe = 0; pe < m.noc.pes(); ++pe) {
                        if (!plan.jobs[pe].works()) continue;
                        ++with_work;
                        BOOST_REQUIRE_MESSAGE(rows[pe] == 1U, map.text()
                                                                  << ": PE " << pe << " of pass " << pass
                                                                  << " is sent " << rows[pe] << " rows");
                    }
                }
            }
        }
    }
    BOOST_TEST(with_work > 10000U);
}
