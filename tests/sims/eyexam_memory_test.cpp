#define BOOST_TEST_MODULE eyexam_memory
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "platform/part_file.h"
#include "sims/inputs/places.h"
#include "sims/results/results_eyexam.h"
#include "tests/sims/program.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using sims::examine;
using sims::memory_peak;

namespace {

const auto exact = boost::test_tools::tolerance(1e-12);
constexpr double effectual = 100'000;

/// An FC layer of 100,000 effectual MACs, which 384 lanes take 261 turns for, and its traffic with memory.
accelerator::layer_report fully_connected(std::uint64_t read, std::uint64_t written,
                                          std::vector<std::uint64_t> ports) {
    accelerator::layer_report out;
    out.shape = {1, 1, 1000, 1024, 1, 1, 1, 1};
    out.map.m0 = 16;
    out.map.c0 = 9;
    out.map.c1 = 3;
    out.map.vertical.m = out.map.horizontal.m = 8;
    out.macs_effectual = static_cast<std::uint64_t>(effectual);
    out.cycles = 5000;
    out.dram_read_bytes = read;
    out.dram_write_bytes = written;
    out.dram_port_bytes = std::move(ports);
    return out;
}

double bandwidth_bound(const accelerator::layer_report& report, const arch::machine& machine,
                       const std::optional<memory_peak>& peak = std::nullopt) {
    return examine(report, machine, peak)[static_cast<std::size_t>(arch::eyexam_bound::bandwidth)];
}

memory_peak ddr3(unsigned channels) {
    dram::controller_parameters controller;
    controller.channels = channels;
    return sims::peak_of(platform::read_part(platform::find_part("ddr3-1600k-x8", sims::parts_folder())),
                         controller);
}

}  // namespace

// DDR3-1600, 64 bits: two transfers of 8 bytes in 1.25 ns are 12.8 GB/s, 64 bytes a cycle of 200 MHz. The
// write queue holds 64 bursts of 64 bytes: 4096 bytes.
BOOST_AUTO_TEST_CASE(a_part_is_bound_by_its_pins_but_for_what_its_queues_hold) {
    arch::machine machine;
    machine.dram.model = arch::dram_model::part;
    const auto peak = ddr3(1);
    BOOST_TEST(peak.bytes_per_second == 12.8e9, exact);
    BOOST_TEST(peak.held_bytes == 4096U);
    // Of 68,096 bytes read 64,000 count, of 4,196 written 100: 64,100 / 64 cycles.
    const auto report = fully_connected(68'096, 4'196, {68'096, 4'196});
    BOOST_TEST(bandwidth_bound(report, machine, peak) == effectual * 64 / 64'100, exact);
    // Two channels carry 128 bytes a cycle and hold 8,192: 59,904 / 128 cycles.
    BOOST_TEST(bandwidth_bound(report, machine, ddr3(2)) == effectual * 128 / 59'904, exact);
    // What the queues hold altogether binds nothing.
    const auto small = fully_connected(4'000, 4'000, {4'000, 4'000});
    BOOST_TEST(bandwidth_bound(small, machine, peak) == effectual / 261, exact);
}

// 25,600 MB/s are 128 bytes a cycle, a sixteenth of them, 8, at each cluster's port.
BOOST_AUTO_TEST_CASE(ports_of_their_own_are_bound_by_the_busiest) {
    arch::machine machine;
    machine.dram.model = arch::dram_model::bandwidth;
    std::vector<std::uint64_t> ports(16, 2'000);
    ports[5] = 8'000;
    const auto report = fully_connected(36'000, 2'000, ports);
    BOOST_TEST(bandwidth_bound(report, machine) == effectual * 128 / 38'000, exact);
    machine.dram.ports = arch::memory_ports::split;
    BOOST_TEST(bandwidth_bound(report, machine) == effectual * 8 / 8'000, exact);
}

// 1,600 MB/s are 8 bytes a cycle.
BOOST_AUTO_TEST_CASE(regulators_of_the_bus_bind_the_ports_that_they_regulate) {
    arch::machine machine;
    machine.bus.write_limit_mbps = 1'600;
    const auto report = fully_connected(64'000, 8'000, {64'000, 8'000});
    BOOST_TEST(bandwidth_bound(report, machine) == effectual * 8 / 8'000, exact);
    machine.dram.model = arch::dram_model::part;  // a burst of 64 bytes goes ahead
    BOOST_TEST(bandwidth_bound(report, machine) == effectual * 8 / 7'936, exact);
    machine.bus.read_limit_mbps = 1'600;
    BOOST_TEST(bandwidth_bound(report, machine) == effectual * 8 / 63'936, exact);
}

BOOST_AUTO_TEST_CASE(an_ideal_memory_binds_nothing) {
    const auto report = fully_connected(1'000'000, 1'000'000, {1'000'000, 1'000'000});
    BOOST_TEST(bandwidth_bound(report, arch::machine()) == effectual / 261, exact);
}

BOOST_AUTO_TEST_CASE(bounds_descend_on_every_memory) {
    const test::temporary_folder folder;
    bool some_memory_binds = false;
    for (const std::string memory :
         {"--set dram.model=ddr3-1600k-x16", "--set dram.model=lpddr4-3200-x16 --set dram.channels=2",
          "--set dram.model=ddr4-2400r-x8 --set dram.ports=split",
          "--set dram.model=bandwidth --set dram.limit_mbps=400 --set dram.ports=split",
          "--set dram.model=bandwidth --set dram.limit_mbps=400",
          "--set dram.model=ddr3-1600k-x8 --set bus.read_limit_mbps=100 --set bus.write_limit_mbps=10",
          "--set dram.ports=split --set bus.read_limit_mbps=50"}) {
        BOOST_TEST_CONTEXT(memory) {
            const auto ran = test::run_program("run --network lenet5 --quiet --no-timeline --out " +
                                               test::word(folder / "out") + " " + memory);
            BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
            const auto summary = nlohmann::json::parse(test::read_text(folder / "out/summary.json"));
            for (const auto& layer : summary.at("layers")) {
                if (!layer.contains("eyexam")) continue;
                const auto& bounds = layer.at("eyexam");
                const auto at = [&](std::size_t i) {
                    return bounds.at(std::string(arch::eyexam_names.at(i))).get<double>();
                };
                for (std::size_t i = 1; i < arch::eyexam_names.size(); ++i)
                    BOOST_TEST(at(i) <= at(i - 1), layer.at("name") << ": " << arch::eyexam_names.at(i));
                some_memory_binds |= at(5) < 0.5 * at(4);
            }
        }
    }
    BOOST_TEST(some_memory_binds);
}
