#define BOOST_TEST_MODULE accelerator
#include <boost/test/unit_test.hpp>

#include <numeric>

#include "tests/models/accelerator/layer_bench.h"
#include "tests/models/accelerator/random_layer.h"

using namespace eyeriss;
using test::layer_bench;

namespace {

constexpr std::uint64_t timed_seed = 20260101, untimed_seed = 20260102, wrapping_seed = 20260103,
                        wide_seed = 20260104;

/// Runs `count` random layers and holds output, counts and ledger against the oracle.
void run_random_layers(const arch::machine& m, accelerator::timing mode, unsigned count, bool accumulators,
                       std::uint64_t seed) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    test::play(m, mode, [&](layer_bench& bench) {
        for (unsigned i = 0; i < count; ++i) {
            const auto layer = test::make_random_layer(random, accumulators);
            const auto net = compiler::compile(layer.net, m);
            bench.load(net, layer.input);
            bench.memory.bytes_read = bench.memory.bytes_written = 0;
            const auto report = bench.run();
            BOOST_TEST_CONTEXT("layer " << i << ": " << net.mappings[0].map.text()) {
                BOOST_REQUIRE_MESSAGE(report.error == 0, bench.dut.last_error());
                BOOST_REQUIRE(bench.output() == layer.expected(static_cast<int>(m.pe.psum_bits)));
                // Nothing is left out silently: the memory saw what the accelerator says it moved.
                BOOST_TEST(report.dram_read_bytes == bench.memory.bytes_read);
                BOOST_TEST(report.dram_write_bytes == bench.memory.bytes_written);
                BOOST_TEST(report.macs_nominal == layer.op().shape.macs());
                BOOST_TEST(static_cast<std::int64_t>(report.macs_effectual) ==
                           oracle::effectual_products(layer.problem));
                const auto charged =
                    std::accumulate(report.pe_cycles.begin(), report.pe_cycles.end(), std::uint64_t{0});
                BOOST_TEST(charged == report.cycles * m.noc.pes());
                BOOST_TEST((report.cycles > 0) == (mode == accelerator::timing::timed));
            }
        }
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_layers_equal_the_plain_oracle_with_times) {
    run_random_layers({}, accelerator::timing::timed, 250, false, timed_seed);
}

BOOST_AUTO_TEST_CASE(random_layers_equal_the_plain_oracle_untimed) {
    run_random_layers({}, accelerator::timing::functional, 250, false, untimed_seed);
}

BOOST_AUTO_TEST_CASE(sums_wrap_at_20_bits_as_the_oracle_says) {
    run_random_layers({}, accelerator::timing::functional, 100, true, wrapping_seed);
}

BOOST_AUTO_TEST_CASE(sums_of_32_bits_equal_the_plain_result) {
    arch::machine m;
    m.pe.psum_bits = 32;
    run_random_layers(m, accelerator::timing::functional, 100, true, wide_seed);
}
