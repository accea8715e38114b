#define BOOST_TEST_MODULE driver_run
#include <boost/test/unit_test.hpp>

#include <array>
#include <random>
#include <string>

#include "tests/firmware/driver/run_bench.h"

using namespace eyeriss;
using test::mock_bus;
using bench = test::run_bench;
using does = mock_bus::behaviour;

BOOST_AUTO_TEST_CASE(polling_never_waits_and_ends_with_the_callback) {
    bench b;
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    BOOST_TEST(b.bus.started.empty());
    BOOST_TEST(eyeriss_network_poll(&b.run) == EYERISS_RUN_BUSY);
    BOOST_TEST(eyeriss_network_poll(&b.run) == EYERISS_RUN_BUSY);
    b.bus.end_layer();
    BOOST_TEST(eyeriss_network_poll(&b.run) == EYERISS_RUN_READY);
    b.expect_done({0});
    BOOST_TEST(eyeriss_network_poll(&b.run) == EYERISS_RUN_READY);
    b.expect_done({0, 1});
    for (unsigned layer = 2; layer < 4; ++layer) {
        BOOST_TEST(eyeriss_network_poll(&b.run) == EYERISS_RUN_BUSY);
        b.bus.end_layer();
        BOOST_TEST(eyeriss_network_poll(&b.run) == EYERISS_RUN_READY);
    }
    BOOST_TEST(b.ends.empty());
    BOOST_TEST(eyeriss_network_poll(&b.run) == EYERISS_RUN_ENDED);
    BOOST_TEST(eyeriss_network_poll(&b.run) == EYERISS_RUN_ENDED);
    BOOST_TEST(b.bus.waits == 0U);
    b.expect_end(EYERISS_DRIVER_OK);
}

BOOST_AUTO_TEST_CASE(interrupts_alone_take_a_run_from_layer_to_layer_of_the_accelerator) {
    bench b;
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    eyeriss_network_poll(&b.run);
    b.bus.end_layer();
    BOOST_TEST(b.bus.interrupt_stands());
    eyeriss_network_interrupt(&b.run);
    BOOST_TEST(!b.bus.interrupt_stands());
    BOOST_TEST(b.run.state == EYERISS_RUN_READY);  // the pooling is left to the next poll
    eyeriss_network_poll(&b.run);
    eyeriss_network_poll(&b.run);
    b.bus.end_layer();
    eyeriss_network_interrupt(&b.run);
    BOOST_TEST(b.run.state == EYERISS_RUN_BUSY);
    BOOST_TEST(b.run.layer == 3U);
    b.bus.end_layer();
    eyeriss_network_interrupt(&b.run);
    b.expect_done({0, 1, 2, 3});
    BOOST_TEST(eyeriss_network_poll(&b.run) == EYERISS_RUN_ENDED);
    b.expect_end(EYERISS_DRIVER_OK);
}

BOOST_AUTO_TEST_CASE(an_interrupt_that_nobody_expects_is_masked_and_changes_nothing) {
    bench b;
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    b.bus.registers[EYERISS_REG_STATUS] = EYERISS_STATUS_DONE;
    eyeriss_network_interrupt(&b.run);
    BOOST_TEST(!b.bus.interrupt_stands());
    BOOST_TEST(b.run.state == EYERISS_RUN_READY);
    b.expect_done({});
}

BOOST_AUTO_TEST_CASE(a_run_of_some_layers_stops_behind_them) {
    bench b;
    b.options.first_layer = 1;
    b.options.layer_count = 2;
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_OK);
    b.expect_done({1, 2});
    b.expect_end(EYERISS_DRIVER_OK);
}

BOOST_AUTO_TEST_CASE(layers_that_the_network_does_not_have_are_refused) {
    const auto refused = [](std::uint32_t first, std::uint32_t count) {
        bench b;
        b.options.first_layer = first;
        b.options.layer_count = count;
        BOOST_TEST(b.start() == EYERISS_DRIVER_RUN_LAYERS);
        BOOST_TEST(b.device.fault.index == first);
        BOOST_TEST(b.device.fault.found == count);
        BOOST_TEST(eyeriss_network_wait(&b.run) == EYERISS_DRIVER_RUN_LAYERS);
        BOOST_TEST(b.ends.empty());
        BOOST_TEST(eyeriss_result_class(EYERISS_DRIVER_RUN_LAYERS) == EYERISS_CLASS_PROGRAM);
    };
    refused(4, 0);
    refused(3, 2);
    refused(0xffffffff, 1);
    refused(1, 0xffffffff);
}

BOOST_AUTO_TEST_CASE(a_failed_layer_is_tried_again_after_a_reset) {
    bench b;
    b.options.retries = 2;
    b.bus.script = {does::completes, does::fails, does::fails};
    b.bus.error_code = EYERISS_ERR_BUS;
    b.bus.error_info = 0x84001234;
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_OK);
    b.expect_done({0, 1, 2, 3});
    b.expect_resumed({2, 2});
    BOOST_TEST(b.faults[0].result == EYERISS_DRIVER_HARDWARE);
    BOOST_TEST(b.faults[0].found == static_cast<std::uint32_t>(EYERISS_ERR_BUS));
    BOOST_TEST(b.faults[0].offset == 0x84001234U);
    BOOST_TEST(b.run.retried == 2U);
    b.expect_end(EYERISS_DRIVER_OK);
}

BOOST_AUTO_TEST_CASE(a_layer_that_keeps_failing_ends_the_run_when_no_retry_is_left) {
    bench b;
    b.options.retries = 3;
    b.bus.on_start = does::fails;
    b.bus.error_code = EYERISS_ERR_WATCHDOG;
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_HARDWARE);
    BOOST_TEST(b.bus.started.size() == 4U);
    b.expect_resumed({0, 0, 0});
    b.expect_end(EYERISS_DRIVER_HARDWARE);
    BOOST_TEST(b.device.fault.found == static_cast<std::uint32_t>(EYERISS_ERR_WATCHDOG));
}

BOOST_AUTO_TEST_CASE(a_layer_that_never_ends_is_cut_at_its_limit_of_cycles) {
    bench b;
    b.options.timeout_cycles = 50'000;
    b.options.retries = 1;
    b.bus.script = {does::never};
    b.bus.reset_reads = 3;
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_OK);
    b.expect_done({0, 1, 2, 3});
    b.expect_resumed({0});
    BOOST_TEST(b.faults[0].result == EYERISS_DRIVER_TIMEOUT);
    BOOST_TEST(b.faults[0].found == static_cast<std::uint32_t>(EYERISS_STATUS_BUSY));
    BOOST_TEST(b.bus.deadlines.at(0) >= 50'000U);
    BOOST_TEST(b.bus.deadlines.at(0) < 51'000U);
}

BOOST_AUTO_TEST_CASE(a_polled_run_is_cut_at_its_limit_too) {
    bench b;
    b.options.timeout_cycles = 5'000;
    b.bus.on_start = does::never;
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    unsigned polls = 0;
    while (eyeriss_network_poll(&b.run) != EYERISS_RUN_ENDED) BOOST_TEST_REQUIRE(++polls < 100U);
    BOOST_TEST(b.bus.waits == 0U);
    b.expect_end(EYERISS_DRIVER_TIMEOUT);
    BOOST_TEST((b.written(EYERISS_REG_CTRL).back() & EYERISS_CTRL_RESET) != 0U);
}

BOOST_AUTO_TEST_CASE(without_a_limit_patience_and_wake_ups_bound_a_layer) {
    for (const auto behaviour : {does::never, does::stuck_interrupt}) {
        bench b;
        b.bus.on_start = behaviour;
        BOOST_TEST(b.run_all() == EYERISS_DRIVER_TIMEOUT);
        BOOST_TEST(b.bus.waits <= EYERISS_MAX_WAKE_UPS);
        b.expect_end(EYERISS_DRIVER_TIMEOUT);
    }
}

BOOST_AUTO_TEST_CASE(a_lost_interrupt_costs_time_and_no_retry) {
    bench b;
    b.options.timeout_cycles = 50'000;
    b.bus.script = {does::lost};
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_OK);
    b.expect_done({0, 1, 2, 3});
    BOOST_TEST(b.run.retried == 0U);
}

BOOST_AUTO_TEST_CASE(an_interrupt_for_nothing_is_slept_over_with_the_lines_enabled_again) {
    bench b;
    b.bus.script = {does::spurious};
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    eyeriss_network_poll(&b.run);
    b.bus.registers[EYERISS_REG_CTRL] = 0;  // as the handler of the HAL's bus leaves it
    BOOST_TEST(eyeriss_network_wait(&b.run) == EYERISS_DRIVER_OK);
    b.expect_done({0, 1, 2, 3});
    BOOST_TEST((b.bus.registers[EYERISS_REG_CTRL] & EYERISS_CTRL_IRQ_ENABLE_DONE) != 0U);
}

BOOST_AUTO_TEST_CASE(an_accelerator_that_stays_busy_after_its_reset_is_given_up) {
    bench b;
    b.options.timeout_cycles = 5'000;
    b.options.retries = 5;
    b.bus.on_start = does::never;
    b.bus.reset_reads = 1'000'000;
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_DEVICE_BUSY);
    BOOST_TEST(b.bus.started.size() == 1U);
    b.expect_end(EYERISS_DRIVER_DEVICE_BUSY);
}

BOOST_AUTO_TEST_CASE(a_cancelled_run_resets_the_accelerator_and_the_next_one_waits_for_that) {
    bench b;
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    eyeriss_network_poll(&b.run);
    b.bus.reset_reads = 4;
    eyeriss_network_cancel(&b.run);
    b.expect_end(EYERISS_DRIVER_CANCELLED);
    BOOST_TEST(b.device.fault.result == EYERISS_DRIVER_CANCELLED);
    BOOST_TEST((b.written(EYERISS_REG_CTRL).back() & EYERISS_CTRL_RESET) != 0U);
    eyeriss_network_cancel(&b.run);
    BOOST_TEST(b.ends.size() == 1U);

    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    BOOST_TEST(b.run.state == EYERISS_RUN_RESETTING);
    BOOST_TEST(eyeriss_network_poll(&b.run) == EYERISS_RUN_RESETTING);
    BOOST_TEST(eyeriss_network_wait(&b.run) == EYERISS_DRIVER_OK);
    b.expect_done({0, 1, 2, 3});
}

BOOST_AUTO_TEST_CASE(a_run_can_be_cancelled_between_layers) {
    bench b;
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    const auto resets = b.written(EYERISS_REG_CTRL).size();
    eyeriss_network_cancel(&b.run);
    b.expect_end(EYERISS_DRIVER_CANCELLED);
    BOOST_TEST(b.written(EYERISS_REG_CTRL).size() == resets);
}

BOOST_AUTO_TEST_CASE(a_callback_can_cancel_its_run) {
    bench b;
    b.options.on_layer = [](void* c, const eyeriss_layer_report*) {
        eyeriss_network_cancel(&static_cast<bench*>(c)->run);
    };
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_CANCELLED);
    BOOST_TEST(b.bus.started.size() == 1U);
    b.expect_end(EYERISS_DRIVER_CANCELLED);

    bench again;
    again.options.retries = 3;
    again.options.on_retry = [](void* c, const eyeriss_fault*, std::uint32_t) {
        eyeriss_network_cancel(&static_cast<bench*>(c)->run);
    };
    again.bus.script = {does::fails};
    again.bus.error_code = EYERISS_ERR_BUS;
    BOOST_TEST(again.run_all() == EYERISS_DRIVER_CANCELLED);
    BOOST_TEST(again.bus.started.size() == 1U);
    again.expect_end(EYERISS_DRIVER_CANCELLED);
    BOOST_TEST(eyeriss_device_is_idle(&again.device));
}

BOOST_AUTO_TEST_CASE(a_device_that_someone_else_uses_ends_the_run) {
    bench b;
    b.options.retries = 3;
    b.bus.registers[EYERISS_REG_STATUS] = EYERISS_STATUS_BUSY;
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_DEVICE_BUSY);
    b.expect_resumed({});
}

BOOST_AUTO_TEST_CASE(a_run_without_callbacks_goes_through_the_same_layers) {
    bench b;
    b.options = {};
    b.options.retries = 1;
    b.bus.script = {does::fails};
    b.bus.error_code = EYERISS_ERR_BUS;
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_OK);
    BOOST_TEST(b.bus.started.size() == 4U);
    BOOST_TEST(b.run.retried == 1U);
}

BOOST_AUTO_TEST_CASE(any_mixture_of_troubles_ends_in_the_right_output_or_the_right_refusal) {
    for (unsigned seed = 0; seed < 400; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            std::mt19937 random(seed);
            const auto pick = [&](unsigned below) {
                return std::uniform_int_distribution<unsigned>(0, below - 1)(random);
            };
            constexpr std::array kinds{does::completes, does::fails,    does::never,
                                       does::lost,      does::spurious, does::stuck_interrupt};
            bench b;
            b.options.timeout_cycles = 20'000;
            b.options.retries = pick(5);
            b.options.repeat = pick(2);
            if (pick(2) != 0) b.options.checksums = b.sums.data();
            b.bus.reset_reads = pick(4);
            b.bus.error_code = EYERISS_ERR_BUS;
            // Troubles in the order of the starts; what comes after the script is well.
            unsigned troubles = 0;
            eyeriss_result last = EYERISS_DRIVER_OK;
            for (unsigned i = pick(8); i > 0; --i) {
                b.bus.script.push_back(kinds.at(pick(kinds.size())));
                const auto now = b.bus.script.back();
                const bool fails = now == does::fails;
                if (!fails && now != does::never && now != does::stuck_interrupt) continue;
                last = fails ? EYERISS_DRIVER_HARDWARE : EYERISS_DRIVER_TIMEOUT;
                if (++troubles > b.options.retries) break;
            }
            // The script may be longer than the run: what was not started was no trouble.
            const auto result = b.run_all();
            if (troubles <= b.options.retries || !b.bus.script.empty()) {
                BOOST_TEST(result == EYERISS_DRIVER_OK);
                BOOST_TEST(b.built.read(4) == std::vector<std::uint8_t>(12, 4),
                           boost::test_tools::per_element());
            } else {
                BOOST_TEST(result == last);
                BOOST_TEST(b.run.retried == b.options.retries);
            }
            b.expect_end(result);
        }
    }
}

BOOST_AUTO_TEST_CASE(states_have_names) {
    BOOST_TEST(std::string(eyeriss_run_state_name(EYERISS_RUN_RESETTING)) == "resetting");
    BOOST_TEST(std::string(eyeriss_run_state_name(static_cast<eyeriss_run_state>(9))) == "unknown");
}
