#define BOOST_TEST_MODULE fault_claims
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

#include "models/abi/image.h"
#include "models/faults/fault_text.h"
#include "sims/commands/reliability.h"

using namespace eyeriss;
using sims::fault_outcome;
using sims::protection;

namespace {

/// A run that firmware ended with a code and these words.
sims::network_run ended(int code, const std::string& uart, bool exact) {
    sims::network_run run;
    run.result.stopped_by = "firmware";
    run.result.guest_exit_code = static_cast<std::uint32_t>(code);
    run.uart = uart;
    run.output_exact = exact;
    return run;
}

sims::fault_scenario scenario(std::string_view family, protection with, const std::string& fault) {
    const auto& claims = sims::fault_claims();
    const auto found =
        std::ranges::find_if(claims, [&](const auto& c) { return c.family == family && c.with == with; });
    BOOST_TEST_REQUIRE((found != claims.end()));
    return {static_cast<std::size_t>(found - claims.begin()),
            found->covered == sims::coverage::always,
            {faults::parse_fault(fault)}};
}

const sims::fault_scenario& stalled() {
    static const auto s = scenario("dma-stall", protection::none, "dma-stall");
    return s;
}

std::string hardware(int code) {
    return "error: at 1 (conv2): the accelerator ended the layer with an error: code " +
           std::to_string(code) + ", number of who waits 0x3: Nothing moved for WATCHDOG cycles.\n";
}

void expect(const sims::fault_scenario& s, const sims::network_run& run, fault_outcome outcome,
            const std::string& report, bool failure) {
    const auto v = sims::classify(s, run);
    BOOST_TEST(static_cast<int>(v.outcome) == static_cast<int>(outcome));
    BOOST_TEST(v.report == report);
    BOOST_TEST(sims::is_failure(s, v) == failure);
}

sims::fault_space small_space() {
    sims::fault_space space;
    space.payload_begin = 1000;
    space.payload_end = 5000;
    space.maps = {{5000, 6000}, {6000, 6100}};
    space.layers = {0, 2};
    space.plain = {1'000'000, 9'000'000, 1000};
    space.checked = {1'000'000, 30'000'000, 3000};
    return space;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_firmware_says_is_read_by_code_name_or_cause) {
    const auto said = sims::read_reports(
        "network lenet5\nrecovered: layer 0 after code 8 (1 retry)\nlayer 0 conv1 accelerator 12 cycles\n"
        "recovered: layer 1 after TIMEOUT (2 retries)\n" +
        hardware(14));
    BOOST_TEST(said.error == "code 14");
    BOOST_TEST(said.recovered == (std::vector<std::string>{"code 8", "TIMEOUT"}),
               boost::test_tools::per_element());
    BOOST_TEST(
        sims::read_reports("error: header.header_crc32 is not that of the bytes before the payload; found "
                           "0x1 at 0xc\n")
            .error == "IMAGE_CRC");
    BOOST_TEST(
        sims::read_reports("error: at 2 (pool1): a unit of a feature map does not decode; found 0x1 at 0x2\n")
            .error == "TENSOR_DATA");
    BOOST_TEST(
        sims::read_reports("\ntrap: load access fault (mcause 0x00000005) at pc 0x80000000, mtval 0x0\n")
            .error == "trap 5");
    BOOST_TEST(sims::read_reports("layer 0 conv1 accelerator 12 cycles\n").error.empty());
}

BOOST_AUTO_TEST_CASE(an_error_counts_as_reported_with_the_right_code_alone) {
    expect(stalled(), ended(3, hardware(14), false), fault_outcome::reported, "code 14", false);
    expect(stalled(), ended(3, hardware(6), false), fault_outcome::wrong_code, "code 6", true);
    expect(stalled(), ended(3, hardware(0), false), fault_outcome::wrong_code, "code 0", true);
    expect(stalled(), ended(3, "", false), fault_outcome::wrong_code, "", true);
    expect(stalled(),
           ended(4, "error: at 1: the accelerator did not end the layer in time; found 0x1 at 0xc\n", false),
           fault_outcome::wrong_code, "TIMEOUT", true);
}

BOOST_AUTO_TEST_CASE(a_recovery_is_held_to_its_code_too) {
    const auto recovered = [](const std::string& what) {
        return ended(0, "recovered: layer 1 after " + what + " (1 retry)\n", true);
    };
    expect(stalled(), recovered("code 14"), fault_outcome::recovered, "code 14", false);
    expect(stalled(), recovered("code 8"), fault_outcome::wrong_code, "code 8", true);
    const auto lost = scenario("irq-lost", protection::none, "irq-lost");
    expect(lost, recovered("TIMEOUT"), fault_outcome::wrong_code, "TIMEOUT", true);
}

BOOST_AUTO_TEST_CASE(each_word_of_a_descriptor_has_its_code) {
    const auto flipped = [](unsigned word) {
        return scenario("descriptor-flip", protection::none,
                        "descriptor-flip,bit=0,layer=0,word=" + std::to_string(word));
    };
    expect(flipped(0), ended(3, hardware(1), false), fault_outcome::reported, "code 1", false);
    expect(flipped(0), ended(3, hardware(4), false), fault_outcome::wrong_code, "code 4", true);
    expect(flipped(2), ended(3, hardware(3), false), fault_outcome::reported, "code 3", false);
    expect(flipped(9), ended(3, hardware(4), false), fault_outcome::reported, "code 4", false);
    expect(flipped(9), ended(3, hardware(2), false), fault_outcome::wrong_code, "code 2", true);
}

BOOST_AUTO_TEST_CASE(silence_fails_where_something_covers_the_place_and_hangs_fail_anywhere) {
    expect(stalled(), ended(0, "", false), fault_outcome::silent, "", true);
    const auto uncovered = scenario("glb-flip", protection::none, "glb-flip,cluster=0,bank=0,word=0,bit=0");
    expect(uncovered, ended(0, "", false), fault_outcome::silent, "", false);
    auto hung = ended(0, "", false);
    hung.result.stopped_by = "max-time";
    expect(uncovered, hung, fault_outcome::hang, "max-time", true);
    auto corrected = ended(0, "", true);
    corrected.corrected_words = 1;
    expect(uncovered, corrected, fault_outcome::corrected, "", false);
    expect(uncovered, ended(0, "", true), fault_outcome::masked, "", false);
}

BOOST_AUTO_TEST_CASE(claims_take_turns_over_every_kind_under_every_protection) {
    const auto space = small_space();
    const auto claims = sims::fault_claims().size();
    BOOST_TEST(claims % sims::protection_names.size() == 0U);
    std::set<faults::kind> kinds;
    for (std::uint64_t i = 0; i < 20 * claims; ++i) {
        const auto s = sims::draw_scenario(space, {}, 3, i);
        BOOST_TEST(s.claim == i % claims);
        arch::machine m;
        m.dram.ecc = m.glb.ecc = s.claimed().with == protection::check_bits;
        for (const auto& f : s.faults) {
            kinds.insert(f.what);
            BOOST_TEST(faults::check(f, m).empty(), "seed 3, " << i << ": " << faults::to_text(f));
        }
    }
    BOOST_TEST(kinds.size() == 11U);
}

BOOST_AUTO_TEST_CASE(flips_of_memory_stay_in_their_region_and_time) {
    const auto space = small_space();
    const auto claims = sims::fault_claims().size();
    for (std::uint64_t i = 0; i < 50 * claims; ++i) {
        const auto s = sims::draw_scenario(space, {}, 4, i);
        const auto& claim = s.claimed();
        if (!claim.family.starts_with("dram-flip")) continue;
        const auto at = *s.faults.front().address - EYERISS_IMAGE_ADDRESS;
        const auto when = s.faults.front().when.value;
        BOOST_TEST_CONTEXT("seed 4, " << i) {
            BOOST_TEST((at < 1000) == claim.family.starts_with("dram-flip in tables"));
            BOOST_TEST((at >= 5000) == claim.family.starts_with("dram-flip in maps"));
            BOOST_TEST(when < space.moments(claim.with).ended_ps);
            if (at >= 5000) BOOST_TEST(when >= 1'000'000U);
            if (claim.covered == sims::coverage::before_run) BOOST_TEST(s.covered == (when == 0));
        }
    }
}
