#define BOOST_TEST_MODULE run_network
#include <boost/test/unit_test.hpp>

#include <cstdarg>
#include <cstdio>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "firmware/apps/run_network/run_network.h"
#include "firmware/driver/eyeriss.h"
#include "firmware/hal/hal.h"
#include "tests/firmware/driver/image_builder.h"
#include "tests/firmware/driver/mock_bus.h"

using namespace eyeriss;

namespace {

/// The SoC below the HAL: the mock bus, an interrupt line, a timer that expires when nothing else can happen.
struct soc {
    test::image built;
    test::mock_bus bus{built};
    std::string uart;
    hal_irq_handler irq = nullptr, timer = nullptr;
    void* irq_context = nullptr;
    void* timer_context = nullptr;
    std::uint64_t deadline = UINT64_MAX, time = 10, cycles = 0;
    std::set<unsigned> irq_sources;  ///< enabled
    std::vector<unsigned> irq_history;

    explicit soc(const test::network_spec& net) : built(net) { current() = this; }
    ~soc() { current() = nullptr; }
    soc(const soc&) = delete;
    soc& operator=(const soc&) = delete;

    /// The HAL's functions carry no context.
    static soc*& current() {
        static soc* now = nullptr;
        return now;
    }
};

soc& hardware() {
    return *soc::current();
}

/// conv to 5 classes on a 2 x 2 map, then a max pool to 1 x 1.
test::network_spec small_network(unsigned batch = 1) {
    const auto map = [&](unsigned c, unsigned h) {
        return test::tensor_spec{{batch, c, h, h, 16, csc::map_format::csc}};
    };
    test::network_spec net;
    net.tensors = {map(2, 2), map(5, 2), map(5, 1)};
    net.layers.resize(2);
    net.layers[0].inputs = {0};
    net.layers[0].output = 1;
    net.layers[1].op = EYERISS_OP_MAX_POOL;
    net.layers[1].inputs = {1};
    net.layers[1].output = 2;
    net.layers[1].params.params.pool = {2, 2, 2, 2, 0, 0, 0, 0, 0};
    net.output = 2;
    return net;
}

}  // namespace

extern "C" {

std::uint32_t hal_read32(std::uint32_t address) {
    return hardware().bus.read(address);
}
void hal_write32(std::uint32_t address, std::uint32_t value) {
    hardware().bus.write(address, value);
}
void* hal_memory(std::uint32_t address, std::uint32_t bytes) {
    return hardware().bus.memory(address, bytes);
}
void hal_puts(const char* text) {
    hardware().uart += text;
}
int hal_printf(const char* format, ...) {
    char buffer[512];
    va_list arguments;
    va_start(arguments, format);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): the line above is what initialises it
    const int length = std::vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    hardware().uart += buffer;
    return length;
}
int hal_irq_enable(unsigned source, hal_irq_handler handler, void* context) {
    hardware().irq_sources.insert(source);
    hardware().irq_history.push_back(source);
    hardware().irq = handler;
    hardware().irq_context = context;
    return 0;
}
void hal_irq_disable(unsigned source) {
    hardware().irq_sources.erase(source);
}
std::uint64_t hal_time(void) {
    return hardware().time;
}
std::uint64_t hal_cycles(void) {
    return hardware().cycles += 1000;
}
void hal_timer_at(std::uint64_t deadline, hal_irq_handler handler, void* context) {
    hardware().deadline = deadline;
    hardware().timer = handler;
    hardware().timer_context = context;
}
void hal_wait_for(const volatile std::uint32_t* flag) {
    soc& s = hardware();
    while (*flag == 0) {
        if (s.bus.wait() == 0) {
            s.irq(s.irq_context);
        } else {
            s.cycles += (s.deadline - s.time) * 20;
            s.time = s.deadline;
            s.timer(s.timer_context);
        }
    }
}

}  // extern "C"

BOOST_AUTO_TEST_CASE(a_network_prints_its_layers_and_its_result) {
    soc s(small_network());
    std::vector<std::uint8_t> made(20, 1);
    made[3 * 4 + 2] = 200;
    s.built.write(1, made);
    BOOST_TEST(run_network() == 0);
    BOOST_TEST(s.uart ==
               "network test network\n"
               "layer 0 layer0 accelerator 4294967299 cycles\n"
               "layer 1 layer1 max_pool 1000 cycles\n"
               "total 7000 cycles, result 3 value 200\n");
    BOOST_TEST(s.irq_history == (std::vector<unsigned>{EYERISS_IRQ_DONE, EYERISS_IRQ_ERROR}),
               boost::test_tools::per_element());
    BOOST_TEST(s.irq_sources.empty());
    BOOST_TEST(s.deadline == UINT64_MAX);
}

BOOST_AUTO_TEST_CASE(a_batch_prints_a_result_for_each_input_and_overflows_are_told) {
    soc s(small_network(2));
    s.bus.layer_overflows = 7;
    s.bus.layer_cycles = 0;
    std::vector<std::uint8_t> made(40, 1);
    made[0] = 9;
    made[20 + 4 * 4] = 8;
    s.built.write(1, made);
    BOOST_TEST(run_network() == 0);
    BOOST_TEST(s.uart ==
               "network test network\n"
               "layer 0 layer0 accelerator - cycles, 7 psums overflowed\n"
               "layer 1 layer1 max_pool 1000 cycles\n"
               "input 0 result 0 value 9\n"
               "input 1 result 4 value 8\n"
               "total 7000 cycles, result 0 value 9\n");
}

BOOST_AUTO_TEST_CASE(a_bad_image_ends_with_the_field_and_the_image_class) {
    soc s(small_network());
    s.built.header().psum_bits = 99;
    s.built.seal();
    BOOST_TEST(run_network() == EYERISS_CLASS_IMAGE);
    BOOST_TEST(s.uart == "error: header.psum_bits is not in 1..32; found 0x63 at 0x3c\n");
}

BOOST_AUTO_TEST_CASE(a_hardware_error_ends_with_layer_and_code) {
    soc s(small_network());
    s.bus.on_start = test::mock_bus::behaviour::fails;
    s.bus.error_code = EYERISS_ERR_PAYLOAD_CRC;
    s.bus.error_info = 5;
    BOOST_TEST(run_network() == EYERISS_CLASS_HARDWARE);
    BOOST_TEST(s.uart ==
               "network test network\n"
               "error: at 0 (layer0): the accelerator ended the layer with an error: code 7, segment "
               "index 0x5: A weight or requant segment's checksum is wrong.\n");
}

BOOST_AUTO_TEST_CASE(a_layer_that_works_at_its_second_or_third_attempt_is_told_as_recovered) {
    const auto uart = [](std::deque<test::mock_bus::behaviour> script) {
        soc s(small_network());
        s.bus.script = std::move(script);
        s.bus.error_code = EYERISS_ERR_WATCHDOG;
        BOOST_TEST(run_network() == 0);
        return s.uart.substr(0, s.uart.find(" accelerator"));
    };
    using does = test::mock_bus::behaviour;
    BOOST_TEST(uart({does::fails}) ==
               "network test network\nrecovered: layer 0 after code 14 (1 retry)\nlayer 0 layer0");
    BOOST_TEST(uart({does::fails, does::fails}) ==
               "network test network\nrecovered: layer 0 after code 14 (2 retries)\nlayer 0 layer0");
    BOOST_TEST(uart({does::never}) ==
               "network test network\nrecovered: layer 0 after TIMEOUT (1 retry)\nlayer 0 layer0");
    BOOST_TEST(uart({does::spurious}) == "network test network\nlayer 0 layer0");
    BOOST_TEST(uart({does::lost}) == "network test network\nlayer 0 layer0");
}

BOOST_AUTO_TEST_CASE(the_accelerators_watchdog_is_on) {
    soc s(small_network());
    BOOST_TEST(run_network() == 0);
    BOOST_TEST(s.bus.registers[EYERISS_REG_WATCHDOG] != 0U);
}

BOOST_AUTO_TEST_CASE(a_silent_accelerator_ends_with_a_timeout) {
    soc s(small_network());
    s.bus.on_start = test::mock_bus::behaviour::never;
    BOOST_TEST(run_network() == EYERISS_CLASS_TIMEOUT);
    BOOST_TEST(s.uart.find("did not end the layer in time") != std::string::npos);
    BOOST_TEST(s.time >= 10ULL * HAL_TIMER_HZ);
}

BOOST_AUTO_TEST_CASE(a_missing_accelerator_ends_with_the_device_class) {
    soc s(small_network());
    s.bus.registers[EYERISS_REG_ID] = 0;
    BOOST_TEST(run_network() == EYERISS_CLASS_DEVICE);
    BOOST_TEST(s.uart == "error: register ID does not read as EYV2; found 0x0 at 0x0\n");
}

BOOST_AUTO_TEST_CASE(a_map_that_does_not_decode_ends_with_the_data_class) {
    soc s(small_network());
    s.built.at<std::uint16_t>(s.built.tensor(1).table_offset) = 0xffff;
    BOOST_TEST(run_network() == EYERISS_CLASS_DATA);
    BOOST_TEST(s.uart.find("error: at 1 (layer1): a unit of a feature map does not decode") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(with_every_check_each_layer_runs_twice_and_a_damaged_map_is_made_again) {
    soc s(small_network());
    unsigned ended = 0;
    s.bus.on_end = [&] {
        s.built.write(1, std::vector<std::uint8_t>(20, 1));
        if (++ended == 1) s.built.bytes().at(s.built.tensor(1).data_offset) ^= 0x40U;
    };
    BOOST_TEST(run_network_checked() == 0, s.uart);
    BOOST_TEST(s.bus.started.size() == 4U);
    BOOST_TEST(s.uart.find("recovered: layer 0 after OUTPUT_DIFFERS (1 retry)\n") != std::string::npos,
               s.uart);
}

BOOST_AUTO_TEST_CASE(more_maps_than_the_program_has_checksums_for_are_refused) {
    auto net = small_network();
    net.tensors.resize(1025, net.tensors[0]);
    soc s(net);
    BOOST_TEST(run_network_checked() == EYERISS_CLASS_PROGRAM);
    BOOST_TEST(s.uart ==
               "error: the network has 1025 maps: this program has room for the checksums of 1024\n");
    BOOST_TEST(run_network() == 0, s.uart);
}
