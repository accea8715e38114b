#define BOOST_TEST_MODULE reliability
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/sims/program.h"

namespace eyeriss::test {
namespace {

std::string run_with(const std::string& fault, const temporary_folder& folder) {
    return fmt::format("run --network lenet5 --quiet --out {} --fault {}", word(folder / "out"), fault);
}

}  // namespace

BOOST_AUTO_TEST_CASE(fifty_seeded_scenarios_end_in_no_silent_corruption_where_something_claims_to_see_it) {
    const auto outcome = run_program("reliability --scenarios 50 --seed 7 --json");
    BOOST_TEST(outcome.exit_code == 0, "seed 7: " << outcome.err);
    const auto json = nlohmann::json::parse(outcome.out);
    std::uint64_t all = 0;
    std::uint64_t noticed = 0;
    for (const auto& row : json.at("outcomes")) {
        for (const std::string name : {"corrected", "recovered", "masked", "reported", "silent"}) {
            all += row.at(name).get<std::uint64_t>();
            if (name != "masked" && name != "silent") noticed += row.at(name).get<std::uint64_t>();
        }
    }
    BOOST_TEST(all == 50U);
    BOOST_TEST(noticed > 10U);
}

BOOST_AUTO_TEST_CASE(a_hung_accelerator_is_ended_by_its_watchdog_and_named) {
    const temporary_folder folder;
    const auto outcome = run_program(run_with("stuck,cluster=0,router=1,port=iact,layer=0", folder));
    BOOST_TEST(outcome.exit_code == 1);
    BOOST_TEST(outcome.err.find("code 14") != std::string::npos, outcome.err);
    BOOST_TEST(outcome.err.find("iact port 1 (cluster 0, router 1) stands still") != std::string::npos,
               outcome.err);
}

BOOST_AUTO_TEST_CASE(a_fault_that_is_none_ends_with_two_and_one_line) {
    const temporary_folder folder;
    const auto outcome = run_program(run_with("clock-gate,cluster=99", folder));
    BOOST_TEST(outcome.exit_code == 2);
    BOOST_TEST(
        outcome.err ==
        "eyeriss-vp: fault 'clock-gate,cluster=99': cluster is 99: this machine expects less than 16\n");
}

}  // namespace eyeriss::test
