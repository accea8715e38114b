#pragma once

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <vector>

#include "firmware/driver/maps.h"
#include "firmware/driver/run.h"
#include "tests/firmware/driver/image_builder.h"
#include "tests/firmware/driver/mock_bus.h"

namespace eyeriss::test {

/// conv, max pool, conv, conv.
inline network_spec four_layers() {
    const auto map = [](unsigned c, unsigned h) {
        return tensor_spec{{1, c, h, h, 16, csc::map_format::csc}};
    };
    network_spec net;
    net.tensors = {map(2, 4), map(4, 4), map(4, 2), map(3, 2), map(3, 2)};
    net.layers.resize(4);
    for (std::uint32_t i = 0; i < 4; ++i) {
        net.layers[i].inputs = {i};
        net.layers[i].output = i + 1;
    }
    net.layers[1].op = EYERISS_OP_MAX_POOL;
    net.layers[1].params.params.pool = {2, 2, 2, 2, 0, 0, 0, 0, 0};
    net.output = 4;
    return net;
}

/// A device whose layers write outputs: layer i fills its map with i + 1.
struct run_bench {
    image built{four_layers()};
    mock_bus bus{built};
    eyeriss_device device{};
    eyeriss_network network{};
    eyeriss_run run{};
    eyeriss_run_options options{};
    std::unique_ptr<eyeriss_workspace> work = std::make_unique<eyeriss_workspace>();
    std::vector<std::uint32_t> sums = std::vector<std::uint32_t>(5);
    std::vector<std::uint32_t> done, resumed;
    std::vector<eyeriss_fault> faults;
    std::vector<eyeriss_result> ends;

    run_bench() {
        write_output(0, 7);
        write_output(1, 1);
        bus.on_end = [this] {
            const std::uint32_t layer = bus.registers[EYERISS_REG_LAYER];
            write_output(layer + 1, static_cast<std::uint8_t>(layer + 1));
        };
        BOOST_TEST_REQUIRE(eyeriss_probe(&device, &bus.bus(), EYERISS_REG_BASE) == EYERISS_DRIVER_OK);
        BOOST_TEST_REQUIRE(eyeriss_network_open(&network, &device, EYERISS_IMAGE_ADDRESS) ==
                           EYERISS_DRIVER_OK);
        BOOST_TEST_REQUIRE(eyeriss_device_is_idle(&device));
        options.context = this;
        options.on_layer = [](void* c, const eyeriss_layer_report* report) {
            static_cast<run_bench*>(c)->done.push_back(report->index);
        };
        options.on_retry = [](void* c, const eyeriss_fault* fault, std::uint32_t resume) {
            static_cast<run_bench*>(c)->faults.push_back(*fault);
            static_cast<run_bench*>(c)->resumed.push_back(resume);
        };
        options.on_end = [](void* c, eyeriss_result result) {
            static_cast<run_bench*>(c)->ends.push_back(result);
        };
    }
    void write_output(std::uint32_t tensor, std::uint8_t value) {
        const eyeriss_map map = eyeriss_map_of(&built.tensor(tensor), built.bytes().data());
        const std::vector<std::uint8_t> values(eyeriss_map_bytes(&map), value);
        eyeriss_map_write(&map, 0, values.data());
    }
    /// Turns one bit of a feature map's first unit.
    void damage(std::uint32_t tensor) { built.bytes().at(built.tensor(tensor).data_offset + 1) ^= 0x40U; }

    eyeriss_result start() { return eyeriss_network_start(&run, &network, work.get(), &options); }
    eyeriss_result run_all() {
        BOOST_TEST_REQUIRE(start() == EYERISS_DRIVER_OK);
        return eyeriss_network_wait(&run);
    }
    std::vector<std::uint32_t> written(std::uint32_t offset) const {
        std::vector<std::uint32_t> values;
        for (const auto& [at, value] : bus.writes) {
            if (at == offset) values.push_back(value);
        }
        return values;
    }
    void expect_done(const std::vector<std::uint32_t>& expected) const {
        BOOST_TEST(done == expected, boost::test_tools::per_element());
    }
    void expect_resumed(const std::vector<std::uint32_t>& expected) const {
        BOOST_TEST(resumed == expected, boost::test_tools::per_element());
    }
    void expect_end(eyeriss_result result) const {
        BOOST_TEST(run.state == EYERISS_RUN_ENDED);
        BOOST_TEST(run.result == result);
        BOOST_TEST(ends == std::vector<eyeriss_result>{result}, boost::test_tools::per_element());
        BOOST_TEST(bus.registers.at(EYERISS_REG_LAYER) == EYERISS_LAYER_NONE);
    }
};

}  // namespace eyeriss::test
