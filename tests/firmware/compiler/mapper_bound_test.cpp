#define BOOST_TEST_MODULE mapper_bound
#include "firmware/compiler/mapper_bound.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "firmware/compiler/mapper.h"
#include "firmware/compiler/mapper_energy.h"
#include "firmware/compiler/predict_actions.h"
#include "tests/firmware/compiler/mapper_shapes.h"

// Bounds of the mapping search against the exact prediction: no bound may exceed the time.

using namespace eyeriss;

namespace {

constexpr unsigned seed = 20260512;

class draws {
public:
    explicit draws(unsigned start) : random_(start) {}
    unsigned operator()(unsigned low, unsigned high) {
        return low + static_cast<unsigned>(random_()) % (high - low + 1);
    }
    bool one_in(unsigned n) { return (*this)(1, n) == 1; }
    std::minstd_rand& engine() { return random_; }

private:
    std::minstd_rand random_;
};

arch::layer_shape random_shape(draws& draw) {
    arch::layer_shape s;
    s.groups = draw.one_in(3) ? draw(2, 10) : 1;
    s.batch = draw.one_in(5) ? 2 : 1;
    s.m = draw(1, 40);
    s.c = draw(1, 30);
    s.r = draw(1, 5);
    s.s = draw(1, 5);
    s.h = draw(s.r, s.r + 9);
    s.w = draw(s.s, s.s + 9);
    s.stride_h = draw(1, 3);
    s.stride_w = draw(1, 3);
    s.pad_top = draw(0, s.r - 1);
    s.pad_bottom = draw(0, s.r - 1);
    s.pad_left = draw(0, s.s - 1);
    s.pad_right = draw(0, s.s - 1);
    return s;
}

arch::machine random_machine(draws& draw) {
    arch::machine m;
    m.noc.cluster_rows = draw(1, 8);
    m.noc.cluster_cols = draw(1, 3);
    m.noc.pe_rows = draw(1, 4);
    m.noc.pe_cols = draw(1, 4);
    m.pe.macs = draw(1, 2);
    m.pe.psum_transfer_takes_ports = !draw.one_in(4);
    m.pe.weight_double_buffer = draw.one_in(4);
    if (draw.one_in(5)) {
        m.pe.sparse = false;
    } else if (draw.one_in(5)) {
        m.control.feature_maps = arch::compression::raw;
    }
    return m;
}

/// Broadcast buses: a row of PEs in each cluster, dense PEs of one MAC.
arch::machine random_bus(draws& draw) {
    arch::machine m;
    m.noc.kind = noc::topology::bus;
    m.noc.cluster_rows = draw(1, 12);
    m.noc.cluster_cols = m.noc.pe_rows = 1;
    m.noc.pe_cols = draw(1, 8);
    m.pe.sparse = false;
    m.pe.macs = 1;
    m.pe.psum_transfer_takes_ports = !draw.one_in(4);
    m.pe.weight_double_buffer = draw.one_in(4);
    return m;
}

/// Any price for any action, free ones among them.
energy::energy_table random_table(draws& draw) {
    energy::energy_table table;
    energy::for_each_action(
        [&](energy::action a) { table.picojoules[a] = draw.one_in(4) ? 0.0 : draw(1, 100); });
    return table;
}

/// An input with zeros that cluster by channel and row, as those of networks do.
std::vector<std::uint8_t> random_input(const arch::layer_shape& s, draws& draw) {
    std::vector<std::uint8_t> values;
    for (unsigned row = 0; row < s.batch * s.channels_in() * s.h; ++row) {
        const unsigned percent = draw(0, 100);
        for (unsigned x = 0; x < s.w; ++x) {
            values.push_back(static_cast<std::uint8_t>(draw(0, 99) < percent ? draw(1, 255) : 0));
        }
    }
    return values;
}

/// Any mapping at all, most of them illegal.
arch::mapping random_mapping(const arch::layer_shape& s, const arch::machine& m, draws& draw) {
    arch::mapping map;
    map.m0 = draw(1, std::min(s.m, m.pe.psum_entries));
    map.c0 = draw(1, std::min(s.c, 6U));
    map.s0 = draw(1, s.s);
    map.r1 = draw(1, s.r);
    map.c1 = draw(1, 3);
    map.chain_clusters = (map.c1 * map.r1 + m.noc.pe_rows - 1) / m.noc.pe_rows;
    arch::split rest{s.groups, s.batch, (s.m + map.m0 - 1) / map.m0, s.e()};
    const auto take = [&](unsigned& left, unsigned& places) {
        const unsigned factor = draw(1, std::max(1U, std::min({left, places, 4U})));
        left = (left + factor - 1) / factor;
        places /= factor;
        return factor;
    };
    const auto spread = [&](unsigned places) {
        arch::split out;
        out.m = take(rest.m, places);
        out.e = take(rest.e, places);
        out.g = take(rest.g, places);
        out.n = take(rest.n, places);
        return out;
    };
    map.vertical = spread(m.noc.cluster_rows / std::min(map.chain_clusters, m.noc.cluster_rows));
    map.horizontal = spread(m.noc.cluster_cols * m.noc.pe_cols);
    std::shuffle(map.order.begin(), map.order.end(), draw.engine());
    map.weight_dense = !m.pe.sparse || draw.one_in(4);
    map.iact_dense = !m.pe.sparse || m.control.feature_maps == arch::compression::raw || draw.one_in(4);
    map.iact_single_buffer = draw.one_in(2);
    return map;
}

/// A layer with operands on a machine, and its legal mappings among random ones.
struct problem {
    problem(const arch::machine& machine, draws& draw)
        : m(machine),
          shape(random_shape(draw)),
          op(test::random_conv(shape, draw(0, 100) / 100.0, draw.engine())),
          input(random_input(shape, draw)),
          data{input, false, draw.one_in(4) ? 3 : 0},
          profile(op.shape, op.weights) {}

    template <typename Visit>
    void for_each_mapping(draws& draw, Visit visit) const {
        for (unsigned tried = 0; tried < 30; ++tried) {
            const auto map = random_mapping(shape, m, draw);
            if (arch::check(map, shape, m, compiler::worst_weight_words(op, map)).empty()) visit(map);
        }
    }

    arch::machine m;
    arch::layer_shape shape;
    compiler::conv_op op;
    std::vector<std::uint8_t> input;
    compiler::calibration data;
    compiler::weight_profile profile;
};

/// How close bounds come on average: a bound that says nothing would pass everything else.
struct tightness {
    unsigned mappings = 0;
    double sum = 0;
    void add(double share) {
        ++mappings;
        sum += share;
    }
    [[nodiscard]] double mean() const { return sum / mappings; }
};

void check_cycles(const problem& p, const arch::mapping& map, tightness& tight) {
    const auto words = p.profile.column_words(map.m0);
    const compiler::iact_profile iacts(p.shape, p.data, map.iact_dense);
    compiler::tile_bounds bounds(p.shape, p.m, iacts, words, map);
    const auto cycles = compiler::predict(p.op, map, p.m, p.data, ~std::uint64_t{0}).cycles;
    const auto bound = bounds.cycles(map);
    BOOST_TEST(static_cast<double>(bound) <= cycles, map.text() << ": bound " << bound << ", " << cycles);
    BOOST_TEST(bounds.least() <= bound);
    const auto totals = compiler::total_columns(p.shape, p.m, iacts, words, map.m0, map.weight_dense);
    BOOST_TEST(compiler::least_cycles(totals, p.shape, p.m, map) <= bounds.least());
    tight.add(static_cast<double>(bound) / cycles);
}

void check_energy(const problem& p, const arch::mapping& map, const energy::energy_table& table,
                  tightness& tight) {
    constexpr double rounding = 1 + 1e-9;  // of sums of doubles
    const auto words = p.profile.column_words(map.m0);
    const compiler::iact_profile iacts(p.shape, p.data, map.iact_dense);
    const auto totals = compiler::total_columns(p.shape, p.m, iacts, words, map.m0, map.weight_dense);
    const compiler::energy_work work(p.op, p.m, p.data, map.iact_dense);
    const auto columns = compiler::count_columns(work, words, map.m0, map.weight_dense, totals.busy);
    const compiler::energy_bounds bounds(work, p.m, table, columns, map);
    compiler::tile_bounds cycle_bounds(p.shape, p.m, iacts, words, map);

    const auto time = compiler::predict(p.op, map, p.m, p.data, ~std::uint64_t{0});
    const auto actions = compiler::predict_actions(p.op, map, p.m, p.data, ~std::uint64_t{0}, time);
    const auto spent = energy::energy_of(actions, table);
    const double picojoules = spent.on_chip() + spent.dram();
    const auto cycles = cycle_bounds.cycles(map);
    const double bound = bounds.picojoules(map, static_cast<double>(cycles));
    BOOST_TEST(bound <= picojoules * rounding, map.text() << ": bound " << bound << ", " << picojoules);
    BOOST_TEST(bounds.least(cycles) <= bound * rounding, map.text());
    tight.add(bound / picojoules);
}

void check_bounds(arch::machine (*machine)(draws&), unsigned layers) {
    BOOST_TEST_MESSAGE("seed " << seed);
    draws draw(seed);
    tightness tight;
    for (unsigned layer = 0; layer < layers; ++layer) {
        const problem p(machine(draw), draw);
        p.for_each_mapping(draw, [&](const arch::mapping& map) { check_cycles(p, map, tight); });
    }
    BOOST_TEST(tight.mappings > layers);
    BOOST_TEST_MESSAGE(tight.mappings << " mappings; bounds at " << tight.mean() << " of the time");
    BOOST_TEST(tight.mean() > 0.5);
}

void check_energy_bounds(arch::machine (*machine)(draws&), unsigned layers) {
    BOOST_TEST_MESSAGE("seed " << seed);
    draws draw(seed);
    tightness tight;
    for (unsigned layer = 0; layer < layers; ++layer) {
        const problem p(machine(draw), draw);
        const auto table = random_table(draw);
        p.for_each_mapping(draw, [&](const arch::mapping& map) { check_energy(p, map, table, tight); });
    }
    BOOST_TEST(tight.mappings > layers);
    BOOST_TEST_MESSAGE(tight.mappings << " mappings; bounds at " << tight.mean() << " of the energy");
    BOOST_TEST(tight.mean() > 0.6);
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_bound_exceeds_the_predicted_cycles) {
    check_bounds(random_machine, 400);
}

BOOST_AUTO_TEST_CASE(no_bound_exceeds_the_predicted_cycles_on_buses) {
    check_bounds(random_bus, 100);
}

BOOST_AUTO_TEST_CASE(no_bound_exceeds_the_predicted_energy) {
    check_energy_bounds(random_machine, 100);
}

BOOST_AUTO_TEST_CASE(no_bound_exceeds_the_predicted_energy_on_buses) {
    check_energy_bounds(random_bus, 60);
}

BOOST_AUTO_TEST_CASE(a_full_layer_on_one_pe_is_bound_by_its_words) {
    arch::machine m;
    m.noc.cluster_rows = m.noc.cluster_cols = m.noc.pe_rows = m.noc.pe_cols = 1;
    const auto shape = test::conv(2, 4, 6, 1);  // C 2, M 4, 6 x 6 outputs
    compiler::conv_op op;
    op.shape = shape;
    op.weights.assign(8, 1);
    const std::vector<std::uint8_t> input(2 * 36, 1);
    const compiler::iact_profile iacts(shape, {input, false, 0}, false);
    BOOST_TEST(iacts.turns().size() == 2U);
    BOOST_TEST(iacts.turns()[0] == 36U);
    const compiler::weight_profile profile(shape, op.weights);
    arch::mapping map;
    map.m0 = 4;
    map.c0 = 2;
    compiler::tile_bounds bounds(shape, m, iacts, profile.column_words(4), map);
    // 36 windows of 2 columns of 2 words and 2 cycles of psums; 4 words and 1 of column ends to load once.
    BOOST_TEST(bounds.cycles(map) == 36U * (4 + 2) + 5);
    const auto totals = compiler::total_columns(shape, m, iacts, profile.column_words(4), 4, false);
    BOOST_TEST(totals.busy == 36U * 4);
    BOOST_TEST(compiler::least_cycles(totals, shape, m, map) == 36U * (4 + 2) + 4);
    map.order = {arch::loop::g, arch::loop::n, arch::loop::e, arch::loop::m,
                 arch::loop::c, arch::loop::r, arch::loop::s};
    map.c0 = 1;
    compiler::tile_bounds split(shape, m, iacts, profile.column_words(4), map);
    // Two passes a row: 36 windows twice, of 1 column; tiles of 2 words and 1 are loaded for each of 6 rows.
    BOOST_TEST(split.cycles(map) == 2 * 36U * (2 + 2) + 6 * 2 * (2 + 1));
    BOOST_TEST(compiler::weight_load_repeats(map, shape) == 6U);
    map.order = {arch::loop::g, arch::loop::n, arch::loop::m, arch::loop::c,
                 arch::loop::r, arch::loop::s, arch::loop::e};
    BOOST_TEST(compiler::weight_load_repeats(map, shape) == 1U);
}

BOOST_AUTO_TEST_CASE(demanded_rows_count_each_use_of_each_row) {
    arch::layer_shape shape = test::conv(1, 1, 4, 3);  // 4 x 4 input, 3 x 3 filter
    const std::vector<std::uint8_t> input{1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1};
    const compiler::iact_profile iacts(shape, {input, false, 0}, false);
    BOOST_TEST(shape.e() == 2U);
    // Rows hold 1, 2, 0 and 4 pairs; rows 1 and 2 serve two output rows each.
    BOOST_TEST(iacts.demanded_bits(1, 3, 8) == (1 + 2 * 2 + 4) * 12 + 2 * 3 * 4 * 4U);
    const compiler::iact_profile raw(shape, {input, false, 0}, true);
    BOOST_TEST(raw.demanded_bits(1, 3, 8) == 2 * 3 * 4 * 8U);
}
