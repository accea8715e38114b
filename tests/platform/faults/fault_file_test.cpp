#define BOOST_TEST_MODULE fault_file
#include "platform/faults/fault_file.h"

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

using namespace eyeriss;

namespace {

void expect_refused(const std::string& text, const std::string& message) {
    BOOST_CHECK_EXCEPTION(platform::read_faults(text, "scenario.yaml"), std::invalid_argument,
                          [&](const std::invalid_argument& e) {
                              BOOST_TEST(e.what() == message);
                              return true;
                          });
}

}  // namespace

BOOST_AUTO_TEST_CASE(texts_and_maps_are_read_in_their_order) {
    const auto list = platform::read_faults(
        "# two of them\n"
        "faults:\n"
        "  - dma-stall,access=12\n"
        "  - fault: clock-gate\n"
        "    cluster: 3\n"
        "    layer: 2\n"
        "    for: 20us\n",
        "scenario.yaml");
    BOOST_TEST_REQUIRE(list.size() == 2U);
    BOOST_TEST((list[0].what == faults::kind::dma_stall));
    BOOST_TEST((list[0].when == faults::trigger{faults::trigger::moment::access, 12}));
    BOOST_TEST((list[1].what == faults::kind::clock_gate));
    BOOST_TEST(list[1].cluster == 3U);
    BOOST_TEST((list[1].when == faults::trigger{faults::trigger::moment::layer, 2}));
    BOOST_TEST(list[1].duration_ps == 20'000'000U);
    BOOST_TEST(platform::read_faults("faults: []\n", "scenario.yaml").empty());
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_named_with_its_line_and_what_there_is) {
    expect_refused(
        "faults:\n  - fault: clock-gate\n    clusters: 3\n",
        "scenario.yaml:2: clock-gate has no key 'clusters': expects cluster, for, at, layer or access");
    expect_refused("faults:\n  - dma-stall\n  - spad-flip,pe=1,word=2,bit=3,bank=4\n",
                   "scenario.yaml:3: spad-flip has no key 'bank': expects pe, word, bit, spad, at, layer or "
                   "access");
}

BOOST_AUTO_TEST_CASE(a_wrong_unit_or_time_is_named_with_its_line) {
    const std::string times = "expects a time such as 10us, with ps, ns, us, ms or s, at most 10000s";
    expect_refused("faults:\n  - fault: dma-stall\n    for: 10 parsecs\n",
                   "scenario.yaml:2: for is '10 parsecs': " + times);
    expect_refused("faults:\n\n  - dram-flip,address=0x84000100,bit=3,at=10\n",
                   "scenario.yaml:3: at is '10': " + times);
    expect_refused("faults:\n  - dma-stall,at=-1us\n", "scenario.yaml:2: at is '-1us': " + times);
    expect_refused("faults:\n  - dma-stall,at=10001s\n", "scenario.yaml:2: at is '10001s': " + times);
}

BOOST_AUTO_TEST_CASE(an_unknown_fault_and_a_missing_kind_are_named) {
    expect_refused("faults:\n  - meteorite\n",
                   "scenario.yaml:2: 'meteorite' is no fault: expects one of dram-flip, descriptor-flip, "
                   "glb-flip, spad-flip, bus-error, stuck, dma-stall, clock-gate, irq-lost, irq-spurious, "
                   "irq-late");
    expect_refused("faults:\n  - cluster: 3\n", "scenario.yaml:2: expects a key 'fault' that names the kind");
    expect_refused("faults:\n  - [dma-stall]\n", "scenario.yaml:2: expects a fault as a text or as a map");
    expect_refused("faults:\n  - fault: clock-gate\n    cluster: [1, 2]\n",
                   "scenario.yaml:3: cluster: expects one value");
}

BOOST_AUTO_TEST_CASE(a_file_of_another_form_is_refused) {
    const std::string form = "expects one key, 'faults', with a list";
    expect_refused("fault: dma-stall\n", "scenario.yaml:1: " + form);
    expect_refused("faults:\n  - dma-stall\nmore: 1\n", "scenario.yaml:1: " + form);
    expect_refused("faults: dma-stall\n", "scenario.yaml:1: " + form);
    BOOST_CHECK_EXCEPTION(platform::read_faults("faults: [\n", "scenario.yaml"), std::invalid_argument,
                          [](const auto& e) { return std::string(e.what()).starts_with("scenario.yaml:"); });
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_named) {
    BOOST_CHECK_EXCEPTION(
        platform::read_fault_file("no/such.yaml"), std::invalid_argument,
        [](const auto& e) { return std::string(e.what()) == "no/such.yaml: cannot be read"; });
}
