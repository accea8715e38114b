#define BOOST_TEST_MODULE driver_accelerator
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>

#include "firmware/driver/eyeriss.h"
#include "tests/firmware/driver/image_builder.h"
#include "tests/firmware/driver/mock_bus.h"

using namespace eyeriss;
using test::image;
using test::mock_bus;

namespace {

/// conv, max pool, conv.
test::network_spec three_layers() {
    const auto map = [](unsigned c, unsigned h) {
        return test::tensor_spec{{1, c, h, h, 16, csc::map_format::csc}};
    };
    test::network_spec net;
    net.tensors = {map(2, 4), map(4, 4), map(4, 2), map(3, 2)};
    net.layers.resize(3);
    net.layers[0].inputs = {0};
    net.layers[0].output = 1;
    net.layers[1].op = EYERISS_OP_MAX_POOL;
    net.layers[1].inputs = {1};
    net.layers[1].output = 2;
    net.layers[1].params.params.pool = {2, 2, 2, 2, 0, 0, 0, 0, 0};
    net.layers[2].inputs = {2};
    net.layers[2].output = 3;
    net.output = 3;
    return net;
}

struct bench {
    image built{three_layers()};
    mock_bus bus{built};
    eyeriss_device device{};
    eyeriss_network network{};
    std::unique_ptr<eyeriss_workspace> work = std::make_unique<eyeriss_workspace>();
    std::vector<eyeriss_layer_report> reports;

    bench() {
        BOOST_TEST_REQUIRE(eyeriss_probe(&device, &bus.bus(), EYERISS_REG_BASE) == EYERISS_DRIVER_OK);
        BOOST_TEST_REQUIRE(eyeriss_network_open(&network, &device, EYERISS_IMAGE_ADDRESS) ==
                           EYERISS_DRIVER_OK);
    }
    eyeriss_result run() {
        const auto note = [](void* context, const eyeriss_layer_report* report) {
            static_cast<bench*>(context)->reports.push_back(*report);
        };
        return eyeriss_network_run(&network, work.get(), note, this);
    }
    std::vector<std::uint32_t> written(std::uint32_t offset) const {
        std::vector<std::uint32_t> values;
        for (const auto& [at, value] : bus.writes) {
            if (at == offset) values.push_back(value);
        }
        return values;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_network_runs_layer_by_layer_and_reports_each) {
    bench b;
    b.bus.layer_overflows = 3;
    BOOST_TEST(b.run() == EYERISS_DRIVER_OK);
    const std::vector<std::uint32_t> descriptors{b.built.layer(0).descriptor_offset,
                                                 b.built.layer(2).descriptor_offset};
    BOOST_TEST(b.bus.started == descriptors, boost::test_tools::per_element());
    BOOST_TEST(b.bus.registers[EYERISS_REG_IMAGE_BASE] == EYERISS_IMAGE_ADDRESS);
    const std::vector<std::uint32_t> markers{0, 1, 2, EYERISS_LAYER_NONE};
    BOOST_TEST(b.written(EYERISS_REG_LAYER) == markers, boost::test_tools::per_element());
    BOOST_TEST_REQUIRE(b.reports.size() == 3U);
    BOOST_TEST(b.reports[0].cycles == 0x1'0000'0003U);
    BOOST_TEST(b.reports[0].macs == 0x2'0000'0005U);
    BOOST_TEST(b.reports[0].overflows == 3U);
    BOOST_TEST(b.reports[1].cycles == 100U);
    BOOST_TEST(b.reports[1].macs == 0U);
    BOOST_TEST(std::string(b.reports[1].name) == "layer1");
    BOOST_TEST(std::string(eyeriss_op_name(b.reports[1].op)) == "max_pool");
    BOOST_TEST(b.bus.registers[EYERISS_REG_STATUS] == 0U);
}

BOOST_AUTO_TEST_CASE(start_keeps_the_interrupt_and_the_checks_on) {
    bench b;
    BOOST_TEST(eyeriss_layer_start(&b.network, 0) == EYERISS_DRIVER_OK);
    BOOST_TEST(b.written(EYERISS_REG_CTRL).back() ==
               (EYERISS_CTRL_START | EYERISS_CTRL_IRQ_ENABLE_DONE | EYERISS_CTRL_IRQ_ENABLE_ERROR |
                EYERISS_CTRL_CRC_CHECK));
}

BOOST_AUTO_TEST_CASE(each_error_code_of_the_hardware_comes_through) {
    for (std::uint32_t code = 1; code <= EYERISS_ERR_END_; ++code) {
        bench b;
        b.bus.on_start = mock_bus::behaviour::fails;
        b.bus.error_code = code;
        b.bus.error_info = 0xabc0 + code;
        BOOST_TEST(b.run() == EYERISS_DRIVER_HARDWARE);
        BOOST_TEST(b.device.fault.index == 0U);
        BOOST_TEST(b.device.fault.found == code);
        BOOST_TEST(b.device.fault.offset == 0xabc0 + code);
        BOOST_TEST(b.reports.empty());
        BOOST_TEST(b.bus.started.size() == 1U);
        BOOST_TEST(b.bus.waits == 1U);
        BOOST_TEST(b.written(EYERISS_REG_LAYER).back() == EYERISS_LAYER_NONE);
        BOOST_TEST(b.bus.registers[EYERISS_REG_STATUS] == 0U);
        const bool known = std::string(eyeriss_hardware_text(code)) != "Unknown error code.";
        BOOST_TEST(known == (code < EYERISS_ERR_END_));
        BOOST_TEST(known == (std::string(eyeriss_hardware_info(code)) != "info"));
    }
}

BOOST_AUTO_TEST_CASE(a_layer_that_never_ends_times_out_and_the_device_is_reset) {
    for (const auto behaviour : {mock_bus::behaviour::never, mock_bus::behaviour::stuck_interrupt}) {
        bench b;
        b.bus.on_start = behaviour;
        BOOST_TEST(b.run() == EYERISS_DRIVER_TIMEOUT);
        BOOST_TEST(b.device.fault.index == 0U);
        BOOST_TEST(b.device.fault.found == EYERISS_STATUS_BUSY);
        BOOST_TEST((b.written(EYERISS_REG_CTRL).back() & EYERISS_CTRL_RESET) != 0U);
        BOOST_TEST(b.bus.waits <= EYERISS_MAX_WAKE_UPS);
        BOOST_TEST(eyeriss_result_class(b.device.fault.result) == EYERISS_CLASS_TIMEOUT);
    }
}

BOOST_AUTO_TEST_CASE(a_busy_device_is_not_started) {
    bench b;
    b.bus.registers[EYERISS_REG_STATUS] = EYERISS_STATUS_BUSY;
    BOOST_TEST(b.run() == EYERISS_DRIVER_DEVICE_BUSY);
    BOOST_TEST(b.bus.started.empty());
}

BOOST_AUTO_TEST_CASE(a_map_that_does_not_decode_stops_the_core_layer) {
    bench b;
    b.built.at<std::uint16_t>(b.built.tensor(1).table_offset) = 17;  // a unit has 16 values
    BOOST_TEST(b.run() == EYERISS_DRIVER_TENSOR_DATA);
    BOOST_TEST(b.device.fault.index == 1U);
    BOOST_TEST(b.device.fault.found == 1U);
    BOOST_TEST(b.device.fault.offset == b.built.tensor(1).data_offset);
    BOOST_TEST(b.reports.size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_device_is_not_taken_for_the_accelerator) {
    bench b;
    const auto probe = [&](std::uint32_t offset, std::uint32_t value) {
        const std::uint32_t before = std::exchange(b.bus.registers[offset], value);
        const eyeriss_result result = eyeriss_probe(&b.device, &b.bus.bus(), EYERISS_REG_BASE);
        b.bus.registers[offset] = before;
        BOOST_TEST((result == EYERISS_DRIVER_OK || b.device.fault.offset == offset));
        BOOST_TEST((result == EYERISS_DRIVER_OK || b.device.fault.found == value));
        return result;
    };
    BOOST_TEST(probe(EYERISS_REG_ID, 0) == EYERISS_DRIVER_NO_DEVICE);
    BOOST_TEST(probe(EYERISS_REG_VERSION, EYERISS_ABI_VERSION + 1) == EYERISS_DRIVER_DEVICE_VERSION);
    BOOST_TEST(probe(EYERISS_REG_GEOMETRY, 0x04030008) == EYERISS_DRIVER_DEVICE_GEOMETRY);
    BOOST_TEST(probe(EYERISS_REG_GEOMETRY, 0x04030110) == EYERISS_DRIVER_OK);
}

BOOST_AUTO_TEST_CASE(single_layers_run_on_the_accelerator_and_on_the_core) {
    bench b;
    eyeriss_layer_report report{};
    BOOST_TEST(eyeriss_layer_run(&b.network, 0, b.work.get(), &report) == EYERISS_DRIVER_OK);
    BOOST_TEST(report.index == 0U);
    BOOST_TEST(report.cycles == b.bus.layer_cycles);
    BOOST_TEST(eyeriss_layer_run(&b.network, 1, b.work.get(), &report) == EYERISS_DRIVER_OK);
    BOOST_TEST(report.op == static_cast<std::uint32_t>(EYERISS_OP_MAX_POOL));
    BOOST_TEST(b.bus.registers[EYERISS_REG_LAYER] == 1U);
    BOOST_TEST(eyeriss_core_layer(&b.network, 0, b.work.get()) == EYERISS_DRIVER_LAYER_OP);
}

BOOST_AUTO_TEST_CASE(a_single_layer_that_fails_or_hangs_or_finds_the_device_busy_says_so) {
    const auto result = [](mock_bus::behaviour does, std::uint32_t status) {
        bench b;
        b.bus.on_start = does;
        b.bus.error_code = EYERISS_ERR_BUS;
        b.bus.registers[EYERISS_REG_STATUS] = status;
        eyeriss_layer_report report{};
        return eyeriss_layer_run(&b.network, 2, b.work.get(), &report);
    };
    BOOST_TEST(result(mock_bus::behaviour::fails, 0) == EYERISS_DRIVER_HARDWARE);
    BOOST_TEST(result(mock_bus::behaviour::never, 0) == EYERISS_DRIVER_TIMEOUT);
    BOOST_TEST(result(mock_bus::behaviour::stuck_interrupt, 0) == EYERISS_DRIVER_TIMEOUT);
    BOOST_TEST(result(mock_bus::behaviour::lost, 0) == EYERISS_DRIVER_OK);
    BOOST_TEST(result(mock_bus::behaviour::spurious, 0) == EYERISS_DRIVER_OK);
    BOOST_TEST(result(mock_bus::behaviour::completes, EYERISS_STATUS_BUSY) == EYERISS_DRIVER_DEVICE_BUSY);
}

BOOST_AUTO_TEST_CASE(the_watchdog_is_set_and_what_ecc_saw_is_read) {
    bench b;
    eyeriss_device_watchdog(&b.device, 12345);
    BOOST_TEST(b.bus.registers[EYERISS_REG_WATCHDOG] == 12345U);
    b.bus.registers[EYERISS_REG_ECC_DRAM_CORRECTED] = 3;
    b.bus.registers[EYERISS_REG_ECC_GLB_CORRECTED] = 4;
    b.bus.registers[EYERISS_REG_ECC_ADDRESS] = 0x84000040;
    const eyeriss_ecc ecc = eyeriss_ecc_read(&b.device);
    BOOST_TEST(ecc.dram_corrected == 3U);
    BOOST_TEST(ecc.glb_corrected == 4U);
    BOOST_TEST(ecc.address == 0x84000040U);
}

BOOST_AUTO_TEST_CASE(every_result_has_a_name_a_text_and_a_class) {
    for (unsigned i = 0; i < EYERISS_DRIVER_RESULTS; ++i) {
        const auto result = static_cast<eyeriss_result>(i);
        BOOST_TEST(std::string(eyeriss_result_name(result)) != "UNKNOWN");
        BOOST_TEST(std::string(eyeriss_result_text(result)) != "unknown result");
        BOOST_TEST((eyeriss_result_class(result) == EYERISS_CLASS_NONE) == (i == 0));
    }
    const auto beyond = static_cast<eyeriss_result>(EYERISS_DRIVER_RESULTS);
    BOOST_TEST(std::string(eyeriss_result_name(beyond)) == "UNKNOWN");
    BOOST_TEST(std::string(eyeriss_result_text(beyond)) == "unknown result");
    BOOST_TEST(eyeriss_result_class(beyond) == EYERISS_CLASS_DEVICE);
    BOOST_TEST(std::string(eyeriss_op_name(99)) == "unknown");
}
