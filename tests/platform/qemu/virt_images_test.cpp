#define BOOST_TEST_MODULE virt_images
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/platform/image_bench.h"
#include "tests/platform/qemu/qemu.h"

using namespace eyeriss;

namespace {

struct image_run {
    std::string image;
    std::string input = {};
    unsigned harts = 1;
    unsigned quantum_ns = 10'000;
    double most_milliseconds = 10'000;
};

test::program_outcome run_on_soc(const image_run& run) {
    arch::machine machine;
    machine.core.harts = run.harts;
    machine.core.quantum_ns = run.quantum_ns;
    machine.dram.capacity_mib = 128;
    test::image_bench bench(run.image, machine);
    bench.soc.uart().receive(run.input);
    const auto result = bench.run(run.most_milliseconds);
    return {bench.text, result.exit_code.value_or(-1)};
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

// The first lines that differ are what one wants to see of ten thousand.
void compare_with_qemu(const image_run& run, std::size_t least_lines) {
    const auto here = run_on_soc(run);
    const auto there = test::run_on_qemu_virt(test::image_path(run.image), run.input, run.harts);
    const auto ours = lines_of(here.text), theirs = lines_of(there.text);
    BOOST_TEST(ours.size() >= least_lines);
    BOOST_TEST(ours.size() == theirs.size());
    constexpr int most_shown = 10;
    int shown = 0;
    for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()) && shown < most_shown; ++i) {
        BOOST_TEST(ours[i] == theirs[i],
                   "line " << i + 1 << "\n  here: " << ours[i] << "\n  QEMU: " << theirs[i]);
        shown += ours[i] != theirs[i] ? 1 : 0;
    }
    BOOST_TEST((here.text == there.text));
    BOOST_TEST(here.exit_code == 0);
    BOOST_TEST(there.exit_code == 0);
    BOOST_TEST_MESSAGE(run.image << ": " << ours.size() << " lines are the same on QEMU");
}

}  // namespace

BOOST_AUTO_TEST_CASE(hello_prints_the_same_on_qemu) {
    compare_with_qemu({"qemu_hello"}, 6);
}

BOOST_AUTO_TEST_CASE(a_program_finds_the_same_at_entry) {
    compare_with_qemu({"qemu_entry"}, 13);
}

BOOST_AUTO_TEST_CASE(timer_interrupts_come_on_both) {
    compare_with_qemu({"qemu_timer"}, 11);
}

BOOST_AUTO_TEST_CASE(uart_interrupts_come_through_the_plic_on_both) {
    compare_with_qemu({"qemu_plic_uart", "a line from outside\n"}, 3);
}

BOOST_AUTO_TEST_CASE(memory_of_every_width_and_alignment_is_the_same) {
    compare_with_qemu({"qemu_memory"}, 3);
}

BOOST_AUTO_TEST_CASE(three_harts_lose_no_addition) {
    compare_with_qemu({.image = "qemu_harts", .harts = 3}, 4);
}

BOOST_AUTO_TEST_CASE(three_harts_in_lockstep_lose_no_addition) {
    compare_with_qemu({.image = "qemu_harts", .harts = 3, .quantum_ns = 5}, 4);
}

BOOST_AUTO_TEST_CASE(three_harts_that_change_within_a_reservation_lose_no_addition) {
    compare_with_qemu({.image = "qemu_harts", .harts = 3, .quantum_ns = 35}, 4);
}

BOOST_AUTO_TEST_CASE(random_csr_accesses_end_as_on_qemu) {
    compare_with_qemu({"qemu_csrs"}, 5000);
}

BOOST_AUTO_TEST_CASE(random_instructions_trap_as_on_qemu) {
    compare_with_qemu({"qemu_traps"}, 4500);
}

BOOST_AUTO_TEST_CASE(random_protection_refuses_what_qemu_refuses) {
    compare_with_qemu({"qemu_pmp"}, 3600);
}

BOOST_AUTO_TEST_CASE(random_interrupts_are_taken_as_on_qemu) {
    compare_with_qemu({"qemu_interrupts"}, 3000);
}
