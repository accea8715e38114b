#define BOOST_TEST_MODULE driver_run_checks
#include <boost/test/unit_test.hpp>

#include <utility>
#include <vector>

#include "tests/firmware/driver/run_bench.h"

using namespace eyeriss;
using test::mock_bus;
using bench = test::run_bench;
using does = mock_bus::behaviour;

BOOST_AUTO_TEST_CASE(with_checks_an_interrupt_is_left_to_the_next_poll) {
    bench b;
    b.options.checksums = b.sums.data();
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    eyeriss_network_poll(&b.run);
    b.bus.end_layer();
    eyeriss_network_interrupt(&b.run);
    BOOST_TEST(b.run.state == EYERISS_RUN_BUSY);
    BOOST_TEST(!b.bus.interrupt_stands());
    BOOST_TEST(eyeriss_network_poll(&b.run) == EYERISS_RUN_READY);
    b.expect_done({0});
}

BOOST_AUTO_TEST_CASE(a_damaged_map_sends_the_run_back_to_the_layer_that_made_it) {
    bench b;
    b.options.checksums = b.sums.data();
    b.options.retries = 2;
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    while (b.done.size() < 3) {
        if (eyeriss_network_poll(&b.run) == EYERISS_RUN_BUSY) b.bus.end_layer();
    }
    b.damage(2);  // made by the pooling and read by layer 2, which is through
    b.damage(3);  // read next
    BOOST_TEST(eyeriss_network_wait(&b.run) == EYERISS_DRIVER_OK);
    b.expect_resumed({2, 1});
    BOOST_TEST(b.faults[0].result == EYERISS_DRIVER_MAP_CHECKSUM);
    BOOST_TEST(b.faults[0].index == 3U);
    BOOST_TEST(b.faults[0].found == 3U);
    BOOST_TEST(b.faults[0].offset == b.built.tensor(3).data_offset);
    BOOST_TEST(b.faults[1].found == 2U);
    b.expect_done({0, 1, 2, 1, 2, 3});
    BOOST_TEST(b.built.read(4) == std::vector<std::uint8_t>(12, 4), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_damaged_input_of_the_network_cannot_be_made_again) {
    bench b;
    b.options.checksums = b.sums.data();
    b.options.retries = 9;
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    b.damage(0);
    BOOST_TEST(eyeriss_network_wait(&b.run) == EYERISS_DRIVER_MAP_CHECKSUM);
    BOOST_TEST(b.bus.started.empty());
    b.expect_resumed({});
    b.expect_end(EYERISS_DRIVER_MAP_CHECKSUM);
}

BOOST_AUTO_TEST_CASE(a_layer_run_twice_must_give_the_same_output_twice) {
    bench b;
    b.options.repeat = 1;
    b.options.retries = 1;
    unsigned ended = 0;
    const auto honest = b.bus.on_end;
    b.bus.on_end = [&] {
        honest();
        if (++ended == 3) b.damage(3);  // layer 2, first time
    };
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_OK);
    b.expect_done({0, 1, 2, 3});
    b.expect_resumed({2});
    BOOST_TEST(b.faults[0].result == EYERISS_DRIVER_OUTPUT_DIFFERS);
    BOOST_TEST(b.faults[0].offset == 3U);
    BOOST_TEST(b.bus.started.size() == 2U + 2U + 2U + 2U);
    BOOST_TEST(b.built.read(4) == std::vector<std::uint8_t>(12, 4), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_map_that_is_damaged_while_a_layer_reads_it_is_made_again) {
    bench b;
    b.options.checksums = b.sums.data();
    b.options.retries = 1;
    unsigned ended = 0;
    const auto honest = b.bus.on_end;
    b.bus.on_end = [&] {
        honest();
        if (++ended == 2) b.damage(2);  // layer 2 is through with it, or not
    };
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_OK);
    b.expect_resumed({1});
    BOOST_TEST(b.faults[0].result == EYERISS_DRIVER_MAP_CHECKSUM);
    BOOST_TEST(b.faults[0].index == 2U);
    b.expect_done({0, 1, 1, 2, 3});
    BOOST_TEST(b.bus.started.size() == 4U);  // layer 2 twice
}

BOOST_AUTO_TEST_CASE(a_layer_on_the_core_runs_twice_too) {
    bench b;
    b.options.checksums = b.sums.data();
    b.options.repeat = 1;
    b.options.retries = 2;
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    while (b.run.layer != 1 || b.run.repeating == 0) {
        if (eyeriss_network_poll(&b.run) == EYERISS_RUN_BUSY) b.bus.end_layer();
    }
    b.built.bytes().at(b.built.tensor(1).data_offset) ^= 0x40U;  // between the first time and the second
    BOOST_TEST(eyeriss_network_wait(&b.run) == EYERISS_DRIVER_OK);
    b.expect_resumed({1, 0});
    BOOST_TEST(b.faults[0].result == EYERISS_DRIVER_OUTPUT_DIFFERS);
    BOOST_TEST(b.faults[1].result == EYERISS_DRIVER_MAP_CHECKSUM);
    b.expect_done({0, 0, 1, 2, 3});
    BOOST_TEST(b.built.read(4) == std::vector<std::uint8_t>(12, 4), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_output_that_is_damaged_before_the_end_is_made_again) {
    bench b;
    b.options.checksums = b.sums.data();
    b.options.retries = 1;
    BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
    while (b.run.layer != b.run.end) {
        if (eyeriss_network_poll(&b.run) == EYERISS_RUN_BUSY) b.bus.end_layer();
    }
    b.damage(4);
    BOOST_TEST(eyeriss_network_wait(&b.run) == EYERISS_DRIVER_OK);
    b.expect_resumed({3});
    BOOST_TEST(b.faults[0].result == EYERISS_DRIVER_MAP_CHECKSUM);
    BOOST_TEST(b.faults[0].index == 3U);
    BOOST_TEST(b.built.read(4) == std::vector<std::uint8_t>(12, 4), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(tables_that_change_during_a_run_end_it_and_cannot_be_made_again) {
    const auto end_of = [](auto spoil, bool checked) {
        bench b;
        if (checked) b.options.checksums = b.sums.data();
        b.options.retries = 9;
        b.options.on_layer = nullptr;
        BOOST_TEST(b.start() == EYERISS_DRIVER_OK);
        eyeriss_network_poll(&b.run);
        spoil(b);
        const auto result = eyeriss_network_wait(&b.run);
        b.expect_resumed({});
        return result;
    };
    const auto name = [](bench& b) { b.built.bytes().at(b.built.header().name_offset) ^= 1U; };
    const auto magic = [](bench& b) { b.built.bytes().at(0) ^= 1U; };
    BOOST_TEST(end_of(name, true) == EYERISS_DRIVER_IMAGE_CRC);
    BOOST_TEST(end_of(magic, true) == EYERISS_DRIVER_IMAGE_MAGIC);
    BOOST_TEST(end_of(name, false) == EYERISS_DRIVER_OK);
}

BOOST_AUTO_TEST_CASE(a_map_that_the_accelerator_cannot_decode_is_made_again) {
    // An offset or address in the data of the input, in its table, and in no input at all.
    const auto resumed = [](std::uint32_t code, auto info) {
        bench b;
        b.options.retries = 1;
        b.bus.script = {does::completes, does::completes, does::fails};
        b.bus.error_code = code;
        b.bus.error_info = info(b);
        BOOST_TEST(b.run_all() == EYERISS_DRIVER_OK);
        return b.resumed.at(0);
    };
    const auto data = [](bench& b) { return b.built.tensor(3).data_offset + 4; };
    const auto table = [](bench& b) { return b.built.tensor(3).table_offset + 1; };
    const auto weights = [](bench& b) { return b.built.header().payload_offset; };
    const auto in_bus = [](auto offset) {
        return [=](bench& b) { return EYERISS_IMAGE_ADDRESS + offset(b); };
    };
    BOOST_TEST(resumed(EYERISS_ERR_PAYLOAD_CODE, data) == 2U);
    BOOST_TEST(resumed(EYERISS_ERR_PAYLOAD_CODE, table) == 2U);
    BOOST_TEST(resumed(EYERISS_ERR_PAYLOAD_CODE, weights) == 3U);
    BOOST_TEST(resumed(EYERISS_ERR_ECC, in_bus(data)) == 2U);
    BOOST_TEST(resumed(EYERISS_ERR_ECC, in_bus(weights)) == 3U);
    BOOST_TEST(resumed(EYERISS_ERR_BUS, in_bus(data)) == 3U);
}

BOOST_AUTO_TEST_CASE(a_map_that_the_core_cannot_decode_is_made_again) {
    bench b;
    b.options.retries = 1;
    bool damaged = false;
    const auto honest = b.bus.on_end;
    b.bus.on_end = [&] {
        honest();
        if (!std::exchange(damaged, true)) {
            b.built.at<std::uint16_t>(b.built.tensor(1).table_offset) = 17;  // a unit has 16 values
        }
    };
    BOOST_TEST(b.run_all() == EYERISS_DRIVER_OK);
    b.expect_resumed({0});
    BOOST_TEST(b.faults[0].result == EYERISS_DRIVER_TENSOR_DATA);
    b.expect_done({0, 0, 1, 2, 3});
}
