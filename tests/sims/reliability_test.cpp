#define BOOST_TEST_MODULE reliability
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "sims/commands/reliability.h"
#include "tests/sims/program.h"
#include "tests/sims/reliability_table.h"

namespace eyeriss::test {
namespace {

constexpr std::size_t first_count = 4;  // behind fault, protection, coverage and reports

std::string run_with(const std::string& fault, const temporary_folder& folder, const std::string& more = "") {
    return fmt::format("run --network lenet5 --quiet --out {} --fault {} {}", word(folder / "out"), fault,
                       more);
}

/// Runs lenet5 under a fault from which the driver or the hardware recovers, and returns what firmware said.
/// The exit code is 0 only where each layer's output is bit-exact.
std::string recovers(const std::string& fault, const std::string& more = "") {
    const temporary_folder folder;
    const auto uart = folder / "uart.txt";
    const auto outcome = run_program(run_with(fault, folder, more + " --uart " + word(uart)));
    BOOST_TEST(outcome.exit_code == 0, fault << ": " << outcome.err);
    const auto text = read_text(folder / "out" / "summary.json");
    const auto summary = nlohmann::json::parse(text);
    BOOST_TEST(summary.at("complete") == true);
    return read_text(uart);
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_seeded_campaign_ends_as_claimed) {
    const auto outcome = run_program("reliability --scenarios 51 --seed 7 --json");
    BOOST_TEST(outcome.exit_code == 0, "seed 7: " << outcome.err);
    const auto json = nlohmann::json::parse(outcome.out);
    BOOST_TEST(json.at("outcomes").size() == 51U);
    std::uint64_t all = 0;
    std::uint64_t noticed = 0;
    for (const auto& row : json.at("outcomes")) {
        for (const auto name : sims::fault_outcome_names) {
            const auto count = row.at(std::string(name)).get<std::uint64_t>();
            all += count;
            if (name != "masked" && name != "silent") noticed += count;
        }
    }
    BOOST_TEST(all == 51U);
    BOOST_TEST(noticed > 10U);
}

BOOST_AUTO_TEST_CASE(the_pages_table_adds_up_to_a_thousand_and_has_every_claim) {
    const auto rows = table_rows(committed_campaign());
    const auto& claims = sims::fault_claims();
    BOOST_TEST_REQUIRE(rows.size() == claims.size() + 1);
    std::vector<std::uint64_t> sums(sims::fault_outcome_names.size());
    for (std::size_t i = 0; i < claims.size(); ++i) {
        BOOST_TEST_REQUIRE(rows[i].size() >= first_count + sums.size());
        BOOST_TEST(rows[i][0] == claims[i].family);
        BOOST_TEST(rows[i][1] == sims::protection_names.at(static_cast<std::size_t>(claims[i].with)));
        BOOST_TEST(rows[i][3] == sims::reports_text(claims[i]));
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += std::stoull(rows[i][first_count + k]);
        if (claims[i].covered == sims::coverage::always) BOOST_TEST(rows[i][first_count + 5] == "0");
    }
    std::uint64_t all = 0;
    for (std::size_t k = 0; k < sums.size(); ++k) {
        BOOST_TEST(rows.back()[first_count + k] == std::to_string(sums[k]));
        all += sums[k];
    }
    BOOST_TEST(all == 1000U);
    for (const std::size_t never : {4U, 6U, 7U}) BOOST_TEST(sums[never] == 0U);  // wrong code, hang, crash
}

BOOST_AUTO_TEST_CASE(sampled_rows_of_the_page_are_what_the_command_gives) {
    const auto committed = table_rows(committed_campaign());
    for (const std::string family : {"dma-stall", "dram-flip in maps", "glb-flip, 2 bits"}) {
        const auto outcome =
            run_program(fmt::format("reliability --scenarios 1000 --seed 1 --family '{}'", family));
        BOOST_TEST(outcome.exit_code == 0, outcome.err);
        auto rows = table_rows(outcome.out);
        rows.pop_back();
        BOOST_TEST_REQUIRE(rows.size() == sims::protection_names.size());
        for (const auto& row : rows) {
            BOOST_TEST((std::ranges::find(committed, row) != committed.end()),
                       row[0] << ", " << row[1] << " differs: " << outcome.out);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_family_that_is_none_ends_with_two_and_the_list) {
    const auto outcome = run_program("reliability --family meteorite");
    BOOST_TEST(outcome.exit_code == 2);
    BOOST_TEST(has(outcome.err, "--family is 'meteorite': expects one of 'dram-flip in tables', "),
               outcome.err);
}

BOOST_AUTO_TEST_CASE(a_hung_accelerator_is_ended_by_its_watchdog_and_named) {
    const temporary_folder folder;
    const auto outcome = run_program(run_with("stuck,cluster=0,router=1,port=iact,layer=0", folder));
    BOOST_TEST(outcome.exit_code == 1);
    BOOST_TEST(has(outcome.err, "code 14"), outcome.err);
    BOOST_TEST(has(outcome.err, "iact port 1 (cluster 0, router 1) stands still"), outcome.err);
}

BOOST_AUTO_TEST_CASE(stalls_that_end_behind_the_watchdogs_patience_are_recovered_from) {
    BOOST_TEST(has(recovers("dma-stall,layer=0,for=8ms"), "recovered: layer 0 after code 14 (1 retry)\n"));
    BOOST_TEST(has(recovers("stuck,cluster=0,router=1,port=iact,layer=0,for=8ms"),
                   "recovered: layer 0 after code 14 (1 retry)\n"));
}

BOOST_AUTO_TEST_CASE(a_stall_shorter_than_the_watchdogs_patience_costs_time_alone) {
    const auto total = [](const std::string& uart) {
        return std::stoull(uart.substr(uart.find("total ") + 6));
    };
    const auto undisturbed = recovers("irq-lost,line=counter");  // a line that never rises
    const auto stalled = recovers("dma-stall,layer=0,for=100us");
    BOOST_TEST(!has(stalled, "recovered"));
    constexpr std::uint64_t cycles_of_stall = 20000;
    BOOST_TEST(total(stalled) > total(undisturbed) + cycles_of_stall / 2);
    BOOST_TEST(total(stalled) < total(undisturbed) + cycles_of_stall * 2);
}

BOOST_AUTO_TEST_CASE(lost_late_and_spurious_interrupts_leave_the_output_as_it_is) {
    for (const std::string fault :
         {"irq-lost", "irq-late,for=1ms", "irq-spurious,at=1ms", "irq-spurious,line=error,at=1ms"}) {
        BOOST_TEST(!has(recovers(fault), "recovered"), fault);
    }
}

BOOST_AUTO_TEST_CASE(a_bus_error_once_is_recovered_from_whichever_transfer_it_hits) {
    for (const unsigned access : {40, 139}) {  // 139: of iacts, while the pass still waits for its weights
        const auto uart = recovers(fmt::format("bus-error,access={},times=1", access));
        BOOST_TEST(has(uart, " after code 6 (1 retry)\n"), uart);
    }
}

BOOST_AUTO_TEST_CASE(check_bits_correct_a_flip_and_every_check_of_the_driver_mends_a_map) {
    const auto corrected = recovers("glb-flip,cluster=0,bank=0,word=0,bit=3,layer=0", "--set glb.ecc=true");
    BOOST_TEST(!has(corrected, "recovered"));
    const auto mended = recovers("spad-flip,pe=0,word=0,bit=6,spad=psum,layer=0", "--checked");
    BOOST_TEST(has(mended, "recovered: layer 0 after OUTPUT_DIFFERS (1 retry)\n"), mended);
}

BOOST_AUTO_TEST_CASE(a_run_in_which_nothing_can_happen_any_more_ends_with_one_and_says_who_sleeps) {
    const auto outcome = run_program(
        fmt::format("boot {} --quiet --uart /dev/null", word(EYERISS_FIRMWARE "/test_sleeper.elf")));
    BOOST_TEST(outcome.exit_code == 1);
    BOOST_TEST(has(outcome.err, "nothing is pending and every hart sleeps: hart0 sleeps in wfi at pc 0x8"),
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

BOOST_AUTO_TEST_CASE(a_wrong_line_of_a_fault_file_is_named_with_file_and_line) {
    const temporary_folder folder;
    write_text(folder / "faults.yaml", "faults:\n  - fault: clock-gate\n    clusters: 3\n");
    const auto outcome =
        run_program(fmt::format("run --network lenet5 --quiet --faults {}", word(folder / "faults.yaml")));
    BOOST_TEST(outcome.exit_code == 2);
    BOOST_TEST(has(outcome.err, "faults.yaml:2: clock-gate has no key 'clusters'"), outcome.err);
}

}  // namespace eyeriss::test
