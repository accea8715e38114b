#define BOOST_TEST_MODULE workload
#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstring>
#include <string>

#include "platform/soc.h"
#include "tests/platform/cpu/programs/workload.h"

using namespace eyeriss;

namespace {

constexpr std::uint32_t rounds_at = 0x84000000;

template <typename T>
std::span<std::uint8_t> bytes_of(T& value) {
    return {reinterpret_cast<std::uint8_t*>(&value), sizeof value};
}

}  // namespace

BOOST_AUTO_TEST_CASE(target_and_host_compute_the_same) {
    platform::soc soc("soc", arch::machine{});
    soc.load_elf(std::string(EYERISS_FIRMWARE_DIR) + "/test_workload.elf");
    std::uint32_t rounds = 20;
    soc.write_memory(rounds_at, bytes_of(rounds));
    const auto start = std::chrono::steady_clock::now();
    const auto result = soc.run({.until = sc_core::sc_time(10, sc_core::SC_SEC)});
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    BOOST_TEST(result.exit_code.value_or(-1) == 0);
    std::array<std::uint32_t, WORKLOAD_RESULTS> simulated{}, expected{};
    soc.read_memory(rounds_at + 4, bytes_of(simulated));
    workload(rounds, expected.data());
    BOOST_TEST(simulated == expected, boost::test_tools::per_element());
    const auto instructions = soc.cpu_statistics().instructions;
    BOOST_TEST_MESSAGE(instructions << " instructions, " << static_cast<double>(instructions) / seconds / 1e6
                                    << " MIPS");
}
