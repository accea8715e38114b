#define BOOST_TEST_MODULE device_tree
#include "platform/devices/device_tree.h"

#include <libfdt.h>

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

using namespace eyeriss::platform;

namespace {

device_tree_description four_harts() {
    device_tree_description machine;
    machine.harts = 4;
    machine.timebase_hz = 10'000'000;
    machine.memory = {0x80000000, 0x40000000};
    machine.plic = {0x0c000000, 0x600000};
    machine.plic_sources = 96;
    return machine;
}

std::uint32_t cell(const void* tree, const std::string& node, const char* property, int index) {
    const int at = fdt_path_offset(tree, node.c_str());
    int bytes = 0;
    const auto* cells = static_cast<const fdt32_t*>(fdt_getprop(tree, at, property, &bytes));
    BOOST_TEST_REQUIRE(cells != nullptr, node << " has no " << property);
    BOOST_TEST_REQUIRE(bytes >= 4 * (index + 1));
    return fdt32_to_cpu(cells[index]);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_tree_is_whole_and_names_memory_harts_and_contexts) {
    const auto tree = make_device_tree(four_harts(), 0x4000);
    BOOST_TEST(fdt_check_full(tree.data(), tree.size()) == 0);
    BOOST_TEST(cell(tree.data(), "/memory@80000000", "reg", 1) == 0x80000000U);
    BOOST_TEST(cell(tree.data(), "/memory@80000000", "reg", 3) == 0x40000000U);
    BOOST_TEST(cell(tree.data(), "/cpus/cpu@3", "reg", 0) == 3U);
    BOOST_TEST(fdt_path_offset(tree.data(), "/cpus/cpu@4") == -FDT_ERR_NOTFOUND);
    const auto handle = cell(tree.data(), "/cpus/cpu@3/interrupt-controller", "phandle", 0);
    // machine mode's line of hart 3 is context 6
    BOOST_TEST(cell(tree.data(), "/soc/plic@c000000", "interrupts-extended", 12) == handle);
    BOOST_TEST(cell(tree.data(), "/soc/plic@c000000", "interrupts-extended", 13) == 11U);
}

BOOST_AUTO_TEST_CASE(a_tree_that_finds_no_room_is_refused) {
    BOOST_CHECK_THROW(make_device_tree(four_harts(), 500), std::length_error);
}
