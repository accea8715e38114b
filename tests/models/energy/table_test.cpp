#define BOOST_TEST_MODULE energy_table
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stdexcept>

#include "models/energy/table.h"

using namespace eyeriss;
using namespace eyeriss::energy;

namespace {

const auto exact = boost::test_tools::tolerance(1e-12);

/// A table of one rule for all actions.
cost_table table_of(scaling grows, double relative, double scale) {
    cost_table t;
    t.name = "test";
    t.mac16_picojoules = scale;
    for_each_action([&](action a) { t.costs[a] = {relative, grows, 16, 512, std::nullopt, "A", "test"}; });
    return t;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_multiplier_of_half_the_bits_takes_a_quarter) {
    const auto t = resolve(table_of(scaling::squared, 1, 4), {});
    BOOST_TEST(t.picojoules[action::mac] == 1.0, exact);
    arch::machine wide;
    wide.pe.operand_bits = 16;
    BOOST_TEST(resolve(table_of(scaling::squared, 1, 4), wide).picojoules[action::mac] == 4.0, exact);
}

BOOST_AUTO_TEST_CASE(a_transfer_takes_what_its_bits_take) {
    const auto t = resolve(table_of(scaling::width, 2, 1), {});
    BOOST_TEST(t.picojoules[action::iact_mesh_link] == 3.0, exact);
    BOOST_TEST(t.picojoules[action::psum_hop] == 5.0, exact);
    BOOST_TEST(t.picojoules[action::dram_read] == 1.0, exact);
}

// 24 bits of a memory of 288 bytes against 16 bits of 512 bytes; a bank of 384 words of two 20-bit psums.
BOOST_AUTO_TEST_CASE(a_memory_takes_bits_times_the_cube_root_of_its_bytes) {
    const auto t = resolve(table_of(scaling::storage, 1, 1), {});
    BOOST_TEST(t.picojoules[action::weight_data_read] == 1.5 * std::cbrt(288.0 / 512), exact);
    BOOST_TEST(t.picojoules[action::psum_spad_write] == 1.25 * std::cbrt(80.0 / 512), exact);
    BOOST_TEST(t.picojoules[action::glb_psum_read] == 2.5 * std::cbrt(1920.0 / 512), exact);
    arch::machine dense;
    dense.pe.sparse = false;
    BOOST_TEST(resolve(table_of(scaling::storage, 1, 1), dense).picojoules[action::weight_data_read] ==
                   std::cbrt(192.0 / 512),
               exact);
}

BOOST_AUTO_TEST_CASE(the_two_published_memories_lie_on_the_rule) {
    // 16 bits from 0.5 kB take 1, from 108 kB 6: the same law from either end.
    BOOST_TEST(std::cbrt(108 * 1024.0 / 512) == 6.0, exact);
}

BOOST_AUTO_TEST_CASE(a_bus_reads_from_the_whole_buffer) {
    arch::machine m;
    m.noc.kind = noc::topology::bus;
    m.noc.cluster_rows = 12;
    m.noc.cluster_cols = m.noc.pe_rows = 1;
    m.noc.pe_cols = 16;
    m.glb.iact_bank_words = 2048;
    m.glb.psum_bank_words = 128;
    BOOST_TEST(size_of(action::glb_iact_read, m).bytes == 192 * 1024.0, exact);
    BOOST_TEST(size_of(action::glb_psum_read, m).bytes == 192 * 1024.0, exact);
    BOOST_TEST(size_of(action::glb_iact_read, {}).bytes == 1536.0, exact);
}

BOOST_AUTO_TEST_CASE(components_add_up_and_dram_stands_beside_the_chip) {
    energy_table t;
    action_counts counts;
    double expected = 0;
    unsigned i = 0;
    for_each_action([&](action a) {
        counts[a] = ++i;
        t.picojoules[a] = 0.5 * i;
        expected += 0.5 * i * i;
    });
    const auto e = energy_of(counts, t);
    BOOST_TEST(e.on_chip() + e.dram() == expected, exact);
    const auto of = [&](action a) { return double(counts[a]) * t.picojoules[a]; };
    BOOST_TEST(e.dram() == of(action::dram_read) + of(action::dram_write), exact);
    BOOST_TEST(e[component::mac] == of(action::mac) + of(action::mac_gated), exact);
    BOOST_TEST(e[component::pe_to_pe] == of(action::psum_hop), exact);
}

BOOST_AUTO_TEST_CASE(the_fitted_scale_gives_the_energy_that_was_asked_for) {
    auto table = table_of(scaling::width, 1, 1);
    table.costs[action::requantise].picojoules = 7.0;  // stated, so it does not scale
    table.costs[action::dram_read].relative = 1e9;     // off the chip, so it does not matter
    action_counts counts;
    counts[action::mac] = 1000;
    counts[action::psum_hop] = 50;
    counts[action::requantise] = 10;
    counts[action::dram_read] = 5;
    table.mac16_picojoules = fit_scale(table, {}, counts, 5000);
    BOOST_TEST(energy_of(counts, resolve(table, {})).on_chip() == 5000.0, exact);
    BOOST_CHECK_THROW((void)fit_scale(table, {}, counts, 60), std::invalid_argument);
    BOOST_CHECK_THROW((void)fit_scale(table, {}, {}, 60), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(each_action_has_a_key_of_its_own) {
    for_each_action([](action a) {
        BOOST_TEST((find_action(info(a).key) == a), info(a).key);
        BOOST_TEST(info(a).block().size() + info(a).verb().size() + 1 == info(a).key.size());
    });
    BOOST_TEST(!find_action("mac.divide").has_value());
}
