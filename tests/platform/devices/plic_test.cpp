#define BOOST_TEST_MODULE plic
#include "platform/devices/plic.h"

#include "tests/platform/devices/device_bench.h"

using namespace eyeriss;
using test::tlm_master;

namespace {

constexpr std::uint64_t pending = 0x1000, enable = 0x2000, threshold = 0x200000, claim = 0x200004;

struct bench {
    platform::plic plic{"plic"};
    sc_core::sc_signal<bool> external, three, forty, last;

    bench() {
        plic.external_interrupt[0].bind(external);
        plic.levels[3].bind(three);
        plic.levels[40].bind(forty);
        plic.levels[95].bind(last);
    }
    void run(const std::function<void(tlm_master&)>& scenario) { test::run_scenario(plic, scenario); }
    void set(sc_core::sc_signal<bool>& line, bool level) {
        line.write(level);
        test::settle();
    }
};

void enable_all(tlm_master& m, std::uint32_t priority) {
    for (unsigned source = 1; source < platform::plic::sources; ++source) {
        m.write(4 * source, priority);
    }
    for (unsigned word = 0; word < 3; ++word) {
        m.write(enable + 4 * word, 0xffffffffU);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_source_interrupts_is_claimed_completed_and_pends_again_while_its_level_stands) {
    bench b;
    b.run([&](tlm_master& m) {
        enable_all(m, 1);
        b.set(b.forty, true);
        BOOST_TEST(b.external.read());
        BOOST_TEST(m.read<std::uint32_t>(pending + 4) == 1U << 8);
        BOOST_TEST(m.read<std::uint32_t>(claim) == 40U);
        test::settle();
        BOOST_TEST(!b.external.read());
        BOOST_TEST(m.read<std::uint32_t>(claim) == 0U);
        m.write(claim, 40U);
        test::settle();
        BOOST_TEST(b.external.read());
        BOOST_TEST(m.read<std::uint32_t>(claim) == 40U);
        b.set(b.forty, false);
        m.write(claim, 40U);
        test::settle();
        BOOST_TEST(!b.external.read());
    });
}

BOOST_AUTO_TEST_CASE(the_highest_priority_goes_first_and_the_lowest_number_among_equals) {
    bench b;
    b.run([&](tlm_master& m) {
        enable_all(m, 2);
        m.write(4 * 40, 7U);
        b.three.write(true);
        b.forty.write(true);
        b.set(b.last, true);
        BOOST_TEST(m.read<std::uint32_t>(claim) == 40U);
        BOOST_TEST(m.read<std::uint32_t>(claim) == 3U);
        BOOST_TEST(m.read<std::uint32_t>(claim) == 95U);
        BOOST_TEST(m.read<std::uint32_t>(claim) == 0U);
    });
}

BOOST_AUTO_TEST_CASE(enable_priority_and_threshold_each_mask) {
    bench b;
    b.run([&](tlm_master& m) {
        enable_all(m, 2);
        b.set(b.three, true);
        BOOST_TEST(b.external.read());
        m.write(threshold, 2U);
        test::settle();
        BOOST_TEST(!b.external.read());
        m.write(threshold, 1U);
        m.write(enable, ~8U);
        test::settle();
        BOOST_TEST(!b.external.read());
        BOOST_TEST(m.read<std::uint32_t>(claim) == 0U);
        m.write(enable, 8U);
        m.write(4 * 3, 0U);
        test::settle();
        BOOST_TEST(!b.external.read());
        m.write(4 * 3, 0xffU);
        BOOST_TEST(m.read<std::uint32_t>(4 * 3) == 7U);
        test::settle();
        BOOST_TEST(b.external.read());
    });
}

BOOST_AUTO_TEST_CASE(source_0_does_not_exist_and_wrong_completions_do_nothing) {
    bench b;
    b.run([&](tlm_master& m) {
        m.write(0, 7U);
        m.write(enable, 0xffffffffU);
        BOOST_TEST(m.read<std::uint32_t>(0) == 0U);
        BOOST_TEST(m.read<std::uint32_t>(enable) == 0xfffffffeU);
        BOOST_TEST(m.write(claim, 1000U) == tlm::TLM_OK_RESPONSE);
        BOOST_TEST(m.write(pending, 1U) == tlm::TLM_COMMAND_ERROR_RESPONSE);
        BOOST_TEST(m.write(4 * 96, 1U) == tlm::TLM_OK_RESPONSE);  // ignored, as on QEMU's virt
        BOOST_TEST(m.read<std::uint32_t>(4 * 96) == 0U);
        m.write(12, 1U);
        b.set(b.three, true);
        BOOST_TEST(m.read<std::uint32_t>(claim) == 3U);
        m.write(claim, 5U);
        test::settle();
        BOOST_TEST(!b.external.read());
    });
}
