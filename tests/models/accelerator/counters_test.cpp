#define BOOST_TEST_MODULE counters
#include <boost/test/unit_test.hpp>
#include <numeric>

#include "models/abi/counter_table.h"
#include "tests/models/accelerator/layer_bench.h"
#include "tests/models/accelerator/random_layer.h"

using namespace eyeriss;
using test::layer_bench;

namespace {

constexpr std::uint64_t seed = 20260301;

std::uint64_t read_counter(layer_bench& bench, std::uint32_t number) {
    bench.write_register(EYERISS_REG_PERF_SELECT, number);
    return bench.read_register(EYERISS_REG_PERF_LO) | std::uint64_t{bench.read_register(EYERISS_REG_PERF_HI)}
                                                          << 32;
}

void set_threshold(layer_bench& bench, std::uint32_t number, std::uint64_t value) {
    bench.write_register(EYERISS_REG_PERF_SELECT, number);
    bench.write_register(EYERISS_REG_PERF_THRESHOLD_HI, static_cast<std::uint32_t>(value >> 32));
    bench.write_register(EYERISS_REG_PERF_THRESHOLD_LO, static_cast<std::uint32_t>(value));
}

/// Loads a random layer of the sequence and runs it.
accelerator::layer_report run_random(layer_bench& bench, std::mt19937_64& random) {
    const auto layer = test::make_random_layer(random, false);
    bench.load(compiler::compile(layer.net, {}), layer.input);
    const auto report = bench.run();
    BOOST_REQUIRE_MESSAGE(report.error == 0, bench.dut.last_error());
    return report;
}

void keep_lines_on(layer_bench& bench, std::uint32_t more) {
    bench.write_register(EYERISS_REG_CTRL,
                         EYERISS_CTRL_IRQ_ENABLE_DONE | EYERISS_CTRL_IRQ_ENABLE_COUNTER | more);
}

}  // namespace

BOOST_AUTO_TEST_CASE(counters_are_the_sums_of_the_layers_reports_until_they_are_cleared) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    test::play({}, accelerator::timing::timed, [&](layer_bench& bench) {
        accelerator::ledger ledger{};
        std::uint64_t cycles = 0, macs = 0, nominal = 0, read = 0, written = 0, glb = 0, mesh = 0;
        constexpr unsigned layers = 5;
        for (unsigned i = 0; i < layers; ++i) {
            const auto report = run_random(bench, random);
            for (std::size_t c = 0; c < ledger.size(); ++c) ledger[c] += report.pe_cycles[c];
            cycles += report.cycles;
            macs += report.macs_effectual;
            nominal += report.macs_nominal;
            read += report.dram_read_bytes;
            written += report.dram_write_bytes;
            glb += report.glb_read_bytes;
            mesh += report.iact.mesh + report.weight.mesh + report.psum.mesh;
        }
        for (std::uint32_t c = 0; c < ledger.size(); ++c) BOOST_TEST(read_counter(bench, c) == ledger[c]);
        BOOST_TEST(std::accumulate(ledger.begin(), ledger.end(), std::uint64_t{0}) ==
                   cycles * arch::machine().noc.pes());
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_CYCLES) == cycles);
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_LAYERS) == layers);
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_MACS_EFFECTUAL) == macs);
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_MACS_NOMINAL) == nominal);
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_DRAM_READ_BYTES) == read);
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_DRAM_WRITE_BYTES) == written);
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_GLB_READ_BYTES) == glb);
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_IACT_MESH_WORDS) +
                       read_counter(bench, EYERISS_COUNTER_WEIGHT_MESH_WORDS) +
                       read_counter(bench, EYERISS_COUNTER_PSUM_MESH_WORDS) ==
                   mesh);
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_COUNT) == 0U);
        BOOST_TEST(cycles > 0U);
        keep_lines_on(bench, EYERISS_CTRL_RESET);  // counters outlive the reset of a failed layer
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_CYCLES) == cycles);
        keep_lines_on(bench, EYERISS_CTRL_CLEAR_COUNTERS);
        for (std::uint32_t c = 0; c < EYERISS_COUNTER_COUNT; ++c) BOOST_TEST(read_counter(bench, c) == 0U);
    });
}

BOOST_AUTO_TEST_CASE(a_counter_that_reaches_its_threshold_interrupts_once_on_a_line_of_its_own) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    test::play({}, accelerator::timing::timed, [&](layer_bench& bench) {
        set_threshold(bench, EYERISS_COUNTER_LAYERS, 2);
        set_threshold(bench, EYERISS_COUNTER_MACS_NOMINAL, std::uint64_t{1} << 40);
        BOOST_TEST(bench.read_register(EYERISS_REG_PERF_THRESHOLD_HI) == 1U << 8);
        run_random(bench, random);
        BOOST_TEST(!bench.counter_irq.read());
        run_random(bench, random);
        BOOST_TEST(bench.counter_irq.read());
        BOOST_TEST(!bench.error_irq.read());
        BOOST_TEST(bench.read_register(EYERISS_REG_STATUS) == static_cast<unsigned>(EYERISS_STATUS_COUNTER));
        BOOST_TEST(bench.read_register(EYERISS_REG_PERF_REACHED) ==
                   static_cast<unsigned>(EYERISS_COUNTER_LAYERS));
        bench.write_register(EYERISS_REG_STATUS, EYERISS_STATUS_COUNTER);
        sc_core::wait(1, sc_core::SC_NS);
        BOOST_TEST(!bench.counter_irq.read());
        run_random(bench, random);
        BOOST_TEST(!bench.counter_irq.read());  // it has been reached before
        keep_lines_on(bench, EYERISS_CTRL_CLEAR_COUNTERS);
        run_random(bench, random);
        run_random(bench, random);
        BOOST_TEST(bench.counter_irq.read());  // the threshold has stayed
        bench.write_register(EYERISS_REG_CTRL, EYERISS_CTRL_IRQ_ENABLE_DONE);
        sc_core::wait(1, sc_core::SC_NS);
        BOOST_TEST(!bench.counter_irq.read());
    });
}

BOOST_AUTO_TEST_CASE(a_refused_layer_interrupts_on_the_line_for_errors_and_counts_as_failed) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    test::play({}, accelerator::timing::timed, [&](layer_bench& bench) {
        const auto layer = test::make_random_layer(random, false);
        bench.load(compiler::compile(layer.net, {}), layer.input);
        bench.write_register(EYERISS_REG_DESC_OFFSET, 4);  // no descriptor there
        bench.write_register(EYERISS_REG_CTRL, EYERISS_CTRL_START | EYERISS_CTRL_IRQ_ENABLE_DONE |
                                                   EYERISS_CTRL_IRQ_ENABLE_ERROR);
        sc_core::wait(bench.error_irq.posedge_event());
        BOOST_TEST(!bench.done_irq.read());
        BOOST_TEST(bench.read_register(EYERISS_REG_ERROR_CODE) ==
                   static_cast<unsigned>(EYERISS_ERR_DESC_MAGIC));
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_LAYERS) == 1U);
        BOOST_TEST(read_counter(bench, EYERISS_COUNTER_FAILED_LAYERS) == 1U);
    });
}
