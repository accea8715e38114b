#define BOOST_TEST_MODULE driver_counters
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "firmware/driver/counters.h"
#include "tests/firmware/driver/image_builder.h"
#include "tests/firmware/driver/mock_bus.h"

using namespace eyeriss;

namespace {

struct bench {
    test::image built{{{{{1, 1, 1, 1, 1, csc::map_format::csc}}}, {}, 0, 0}};
    test::mock_bus bus{built};
    eyeriss_device device{};

    bench() {
        BOOST_TEST_REQUIRE(eyeriss_probe(&device, &bus.bus(), EYERISS_REG_BASE) == EYERISS_DRIVER_OK);
        for (std::uint32_t i = 0; i < EYERISS_COUNTER_COUNT; ++i) bus.counters[i] = 0x1'0000'0000ULL * i + 3;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(all_counters_are_read_with_both_halves) {
    bench b;
    std::vector<std::uint64_t> values(EYERISS_COUNTER_COUNT);
    eyeriss_counters_read(&b.device, values.data());
    for (std::uint32_t i = 0; i < EYERISS_COUNTER_COUNT; ++i)
        BOOST_TEST(values[i] == 0x1'0000'0000ULL * i + 3);
}

BOOST_AUTO_TEST_CASE(a_counter_that_there_is_not_is_refused) {
    bench b;
    std::uint64_t value = 5;
    BOOST_TEST(eyeriss_counter_read(&b.device, EYERISS_COUNTER_COUNT, &value) == EYERISS_DRIVER_COUNTER);
    BOOST_TEST(value == 0U);
    BOOST_TEST(b.device.fault.found == static_cast<std::uint32_t>(EYERISS_COUNTER_COUNT));
    BOOST_TEST(eyeriss_counter_watch(&b.device, 0xffffffff, 1) == EYERISS_DRIVER_COUNTER);
    BOOST_TEST(b.bus.thresholds.empty());
    BOOST_TEST(std::string(eyeriss_counter_name(EYERISS_COUNTER_COUNT)) == "?");
    BOOST_TEST(std::string(eyeriss_counter_unit(EYERISS_COUNTER_COUNT)) == "?");
}

BOOST_AUTO_TEST_CASE(counters_are_named_as_the_table_has_them) {
    BOOST_TEST(std::string(eyeriss_counter_name(EYERISS_COUNTER_CYCLES)) == "CYCLES");
    BOOST_TEST(std::string(eyeriss_counter_unit(EYERISS_COUNTER_CYCLES)) == "cycles");
}

BOOST_AUTO_TEST_CASE(clearing_leaves_the_enables_as_they_are) {
    bench b;
    eyeriss_counters_clear(&b.device);
    BOOST_TEST(b.bus.counters.empty());
    BOOST_TEST(b.bus.writes.back().second == (b.device.enables | EYERISS_CTRL_CLEAR_COUNTERS));
}

BOOST_AUTO_TEST_CASE(a_watched_counter_keeps_its_interrupt_enabled_and_is_named_once) {
    bench b;
    BOOST_TEST(eyeriss_counter_watch(&b.device, EYERISS_COUNTER_CYCLES, 0x7'0000'0009ULL) ==
               EYERISS_DRIVER_OK);
    BOOST_TEST(b.bus.thresholds.at(EYERISS_COUNTER_CYCLES) == 0x7'0000'0009ULL);
    BOOST_TEST((b.bus.registers[EYERISS_REG_CTRL] & EYERISS_CTRL_IRQ_ENABLE_COUNTER) != 0U);
    eyeriss_device_reset(&b.device);
    BOOST_TEST((b.bus.registers[EYERISS_REG_CTRL] & EYERISS_CTRL_IRQ_ENABLE_COUNTER) != 0U);
    BOOST_TEST(eyeriss_counter_reached(&b.device) == EYERISS_NO_INDEX);
    b.bus.registers[EYERISS_REG_STATUS] = EYERISS_STATUS_COUNTER | EYERISS_STATUS_BUSY;
    b.bus.registers[EYERISS_REG_PERF_REACHED] = EYERISS_COUNTER_CYCLES;
    BOOST_TEST(eyeriss_counter_reached(&b.device) == static_cast<std::uint32_t>(EYERISS_COUNTER_CYCLES));
    BOOST_TEST(b.bus.registers[EYERISS_REG_STATUS] == static_cast<std::uint32_t>(EYERISS_STATUS_BUSY));
    BOOST_TEST(eyeriss_counter_reached(&b.device) == EYERISS_NO_INDEX);
}
