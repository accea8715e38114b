#define BOOST_TEST_MODULE bandwidth_test
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/sims/program.h"

using namespace eyeriss;

namespace {

struct outcome {
    double cycles = 0, bytes = 0;
};

outcome run_lenet(const std::string& settings, const test::temporary_folder& folder) {
    const auto ran = test::run_program(
        fmt::format("run --quiet --network lenet5 --out {} {}", test::word(folder / "out"), settings));
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    const auto summary = nlohmann::json::parse(test::read_text(folder / "out/summary.json"));
    return {summary.at("cycles_accelerator"),
            summary.at("dram_read_bytes").get<double>() + summary.at("dram_write_bytes").get<double>()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(throughput_never_rises_as_bandwidth_falls_and_a_shared_limit_adds_at_most_its_bytes) {
    constexpr double clock_mhz = 200;
    const test::temporary_folder folder;
    const auto ideal = run_lenet("", folder);
    // One set of mappings: nothing but the memory differs.
    const auto pinned = folder / "pinned.yaml";
    std::filesystem::copy_file(folder / "out/mappings.yaml", pinned);
    for (const std::string ports : {"shared", "split"}) {
        double before = ideal.cycles;
        for (const unsigned mbps : {51200U, 38400U, 25600U, 19200U, 12800U, 9600U, 6400U}) {
            const auto limited = run_lenet(
                fmt::format(
                    "--set dram.model=bandwidth --set dram.ports={} --set dram.limit_mbps={} --mapping {}",
                    ports, mbps, test::word(pinned)),
                folder);
            BOOST_TEST(limited.cycles >= before, ports << " at " << mbps << " MB/s");
            if (ports == "shared") {
                BOOST_TEST(limited.cycles - ideal.cycles <= limited.bytes * clock_mhz / mbps,
                           "at " << mbps << " MB/s");
            }
            before = limited.cycles;
        }
        BOOST_TEST(before > ideal.cycles);
    }
}
