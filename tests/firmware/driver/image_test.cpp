#define BOOST_TEST_MODULE driver_image
#include <boost/test/unit_test.hpp>

#include <functional>
#include <random>
#include <set>

#include "firmware/driver/eyeriss.h"
#include "tests/firmware/driver/image_builder.h"
#include "tests/firmware/driver/mock_bus.h"

using namespace eyeriss;
using test::image;
using test::mock_bus;

namespace {

/// One layer of each operator; the numbers are those of every_operator()'s layers.
enum layer_number : unsigned { accelerator, max_pool, average_pool, add, concat, requant, reshape, softmax };

test::tensor_spec map(unsigned channels, unsigned height, unsigned width) {
    return {{1, channels, height, width, 16, csc::map_format::csc}};
}

test::network_spec every_operator() {
    test::network_spec net;
    net.tensors = {map(3, 6, 6), map(4, 6, 6), map(4, 3, 3),  map(4, 3, 3), map(4, 3, 3),
                   map(8, 3, 3), map(8, 3, 3), map(72, 1, 1), map(72, 1, 1)};
    net.layers.resize(8);
    const auto set = [&](unsigned i, std::uint32_t op, std::vector<std::uint32_t> inputs,
                         std::uint32_t output) {
        net.layers[i].op = op;
        net.layers[i].inputs = std::move(inputs);
        net.layers[i].output = output;
    };
    set(accelerator, EYERISS_OP_ACCELERATOR, {0}, 1);
    set(max_pool, EYERISS_OP_MAX_POOL, {1}, 2);
    set(average_pool, EYERISS_OP_AVERAGE_POOL, {1}, 3);
    set(add, EYERISS_OP_ADD, {2, 3}, 4);
    set(concat, EYERISS_OP_CONCAT, {2, 4}, 5);
    set(requant, EYERISS_OP_REQUANT, {5}, 6);
    set(reshape, EYERISS_OP_RESHAPE, {6}, 7);
    set(softmax, EYERISS_OP_SOFTMAX, {7}, 8);
    net.layers[max_pool].params.params.pool = {2, 2, 2, 2, 0, 0, 0, 0, 0};
    net.layers[average_pool].params.params.pool = {2, 2, 2, 2, 0, 0, 0, 3, 1};
    net.layers[add].params.params.add = {1, 1, 0, 0, 255};
    net.layers[concat].tables.assign(512, 9);
    net.layers[requant].tables.assign(256, 9);
    net.layers[softmax].tables.assign(1024, 1);
    net.layers[softmax].params.params.table.inverse_scale = 256;
    net.output = 8;
    return net;
}

struct opened {
    eyeriss_result result;
    eyeriss_fault fault;
};

opened open(image& built, mock_bus& bus) {
    eyeriss_device device;
    eyeriss_network network;
    BOOST_TEST_REQUIRE(eyeriss_probe(&device, &bus.bus(), EYERISS_REG_BASE) == EYERISS_DRIVER_OK);
    const eyeriss_result result = eyeriss_network_open(&network, &device, EYERISS_IMAGE_ADDRESS);
    BOOST_TEST((result != EYERISS_DRIVER_OK || network.memory == built.bytes().data()));
    return {result, device.fault};
}

/// A field that is made wrong in a good image whose checksums are right.
struct wrong_field {
    eyeriss_result expected;
    std::function<std::uint32_t&(image&)> field;
    std::uint32_t value;
    std::uint32_t index;
};

template <typename T>
std::uint32_t& word(T& field) {
    static_assert(sizeof(T) == 4);
    return reinterpret_cast<std::uint32_t&>(field);
}

#define HEADER(name, field, value)                                                                 \
    {                                                                                              \
        EYERISS_DRIVER_##name, [](image& i) -> std::uint32_t& { return i.header().field; }, value, \
            EYERISS_NO_INDEX                                                                       \
    }
#define TENSOR(name, number, field, value)                                                              \
    {                                                                                                   \
        EYERISS_DRIVER_##name, [](image& i) -> std::uint32_t& { return word(i.tensor(number).field); }, \
            value, number                                                                               \
    }
#define LAYER(name, number, field, value)                                                              \
    {                                                                                                  \
        EYERISS_DRIVER_##name, [](image& i) -> std::uint32_t& { return word(i.layer(number).field); }, \
            value, number                                                                              \
    }
#define DESCRIPTOR(name, field, value)                                                                    \
    {                                                                                                     \
        EYERISS_DRIVER_##name, [](image& i) -> std::uint32_t& { return i.descriptor(0).field; }, value, 0 \
    }

const std::vector<wrong_field>& wrong_fields() {
    static const std::vector<wrong_field> all{
        HEADER(IMAGE_MAGIC, magic, 0x12345678),
        HEADER(IMAGE_VERSION, version, 2),
        HEADER(IMAGE_HEADER_BYTES, header_bytes, 76),
        HEADER(IMAGE_FILE_BYTES, file_bytes, 8),
        HEADER(IMAGE_FILE_BYTES, file_bytes, 0xfffffff0),
        HEADER(IMAGE_MEMORY_BYTES, memory_bytes, 0x10000000),
        HEADER(IMAGE_PAYLOAD_OFFSET, payload_offset, 8),
        HEADER(IMAGE_PAYLOAD_OFFSET, payload_offset, 0x0fffffff),
        HEADER(IMAGE_TENSOR_COUNT, tensor_count, 0),
        HEADER(IMAGE_TENSOR_COUNT, tensor_count, 0x40000000),
        HEADER(IMAGE_TENSOR_TABLE, tensor_table_offset, 97),
        HEADER(IMAGE_TENSOR_TABLE, tensor_table_offset, 0xfffffffc),
        HEADER(IMAGE_LAYER_COUNT, layer_count, 0),
        HEADER(IMAGE_LAYER_COUNT, layer_count, 1000),
        HEADER(IMAGE_LAYER_TABLE, layer_table_offset, 4),
        HEADER(IMAGE_LAYER_TABLE, layer_table_offset, 0x80000000),
        HEADER(IMAGE_INPUT_TENSOR, input_tensor, 9),
        HEADER(IMAGE_OUTPUT_TENSOR, output_tensor, 9),
        HEADER(IMAGE_NAME, name_offset, 0xffffffff),
        HEADER(IMAGE_GEOMETRY, geometry, 0x04030108),
        HEADER(IMAGE_PSUM_BITS, psum_bits, 0),
        HEADER(IMAGE_PSUM_BITS, psum_bits, 33),
        HEADER(IMAGE_RESERVED, reserved[0], 1),
        HEADER(IMAGE_RESERVED, reserved[3], 1),
        TENSOR(TENSOR_SHAPE, 0, batch, 0),
        TENSOR(TENSOR_SHAPE, 0, channels, 65536),
        TENSOR(TENSOR_SHAPE, 3, height, 0),
        TENSOR(TENSOR_SHAPE, 3, width, 0xffffffff),
        TENSOR(TENSOR_DTYPE, 2, dtype, 3),
        TENSOR(TENSOR_FORMAT, 2, format, 3),
        TENSOR(TENSOR_FORMAT, 2, format, EYERISS_FORMAT_RAW32),
        TENSOR(TENSOR_BLOCK_CHANNELS, 2, block_channels, 0),
        TENSOR(TENSOR_UNIT_STRIDE, 2, unit_stride_bytes, 16),
        TENSOR(TENSOR_UNIT_STRIDE, 2, unit_stride_bytes, 21),
        TENSOR(TENSOR_DATA_OFFSET, 8, data_offset, 0x7fffffc0),
        TENSOR(TENSOR_DATA_OFFSET, 8, data_offset, 0),
        TENSOR(TENSOR_TABLE_OFFSET, 8, table_offset, 0xfffffffc),
        TENSOR(TENSOR_TABLE_OFFSET, 8, table_offset, 2),
        TENSOR(TENSOR_ZERO_POINT, 1, zero_point, 256),
        TENSOR(TENSOR_ZERO_POINT, 1, zero_point, 0xffffffff),
        LAYER(LAYER_OP, accelerator, op, 8),
        LAYER(LAYER_NAME, add, name_offset, 0x7fffffff),
        LAYER(LAYER_INPUT_COUNT, accelerator, input_count, 2),
        LAYER(LAYER_INPUT_COUNT, add, input_count, 1),
        LAYER(LAYER_INPUT_COUNT, concat, input_count, 9),
        LAYER(LAYER_INPUT_COUNT, concat, input_count, 0),
        LAYER(LAYER_INPUT, max_pool, inputs[0], 9),
        LAYER(LAYER_INPUT, concat, inputs[1], 0xffffffff),
        LAYER(LAYER_ORDER, max_pool, inputs[0], 8),
        LAYER(LAYER_OUTPUT, reshape, output, 9),
        LAYER(LAYER_OUTPUT, add, output, 3),
        LAYER(LAYER_DESCRIPTOR, accelerator, descriptor_offset, 0xfffffffc),
        LAYER(LAYER_DESCRIPTOR, accelerator, descriptor_offset, 2),
        LAYER(LAYER_SHAPE, max_pool, output, 5),
        LAYER(LAYER_SHAPE, add, inputs[0], 1),
        LAYER(LAYER_SHAPE, add, inputs[1], 1),
        LAYER(LAYER_SHAPE, concat, inputs[1], 1),
        LAYER(LAYER_SHAPE, requant, output, 7),
        LAYER(LAYER_SHAPE, reshape, output, 4),
        LAYER(LAYER_SHAPE, softmax, output, 2),
        LAYER(LAYER_POOL_WINDOW, max_pool, params.pool.kernel_h, 0),
        LAYER(LAYER_POOL_WINDOW, average_pool, params.pool.kernel_w, 0),
        LAYER(LAYER_POOL_SCALE, average_pool, params.pool.multiplier, 0xffffffff),
        LAYER(LAYER_POOL_SCALE, average_pool, params.pool.shift, 60),
        LAYER(LAYER_ADD_SHIFT, add, params.add.shift, 63),
        LAYER(LAYER_ADD_CLIP, add, params.add.clip_low, 0xffffffff),
        LAYER(LAYER_ADD_CLIP, add, params.add.clip_high, 256),
        LAYER(LAYER_TABLE, concat, params.table.table_offset, 0xfffffff0),
        LAYER(LAYER_TABLE, requant, params.table.table_offset, 0x00100000),
        LAYER(LAYER_TABLE, softmax, params.table.table_offset, 2),
        LAYER(LAYER_SOFTMAX_SCALE, softmax, params.table.inverse_scale, 0),
        LAYER(LAYER_SOFTMAX_SCALE, softmax, params.table.inverse_scale, 65537),
        DESCRIPTOR(DESCRIPTOR_MAGIC, magic, 0),
        DESCRIPTOR(DESCRIPTOR_VERSION, version, 0),
        DESCRIPTOR(DESCRIPTOR_BYTES, total_bytes, 0x10000000),
        DESCRIPTOR(DESCRIPTOR_BYTES, total_bytes, 4),
        DESCRIPTOR(DESCRIPTOR_LAYER, layer_index, 1),
        DESCRIPTOR(DESCRIPTOR_INPUT, in.data_offset, 64),
        DESCRIPTOR(DESCRIPTOR_OUTPUT, out.data_offset, 64),
        DESCRIPTOR(DESCRIPTOR_WEIGHTS, weight_table_offset, 0xfffffffc),
        DESCRIPTOR(DESCRIPTOR_WEIGHTS, weight_table_offset, 2),
        DESCRIPTOR(DESCRIPTOR_REQUANT, requant_offset, 0xffffffff),
    };
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_good_image_of_every_operator_opens) {
    image built(every_operator());
    mock_bus bus(built);
    const opened done = open(built, bus);
    BOOST_TEST(done.result == EYERISS_DRIVER_OK, eyeriss_result_text(done.result));
}

BOOST_AUTO_TEST_CASE(every_wrong_field_is_refused_by_name_and_place) {
    for (std::size_t i = 0; i < wrong_fields().size(); ++i) {
        const wrong_field& wrong = wrong_fields()[i];
        image built(every_operator());
        mock_bus bus(built);
        std::uint32_t& field = wrong.field(built);
        const auto place = reinterpret_cast<const std::uint8_t*>(&field) - built.bytes().data();
        field = wrong.value;
        built.seal();
        const opened done = open(built, bus);
        BOOST_TEST_CONTEXT("case " << i << ", expected: " << eyeriss_result_text(wrong.expected)
                                   << "; found: " << eyeriss_result_text(done.result)) {
            BOOST_TEST(done.result == wrong.expected);
            BOOST_TEST(done.fault.result == wrong.expected);
            BOOST_TEST(done.fault.offset == place);
            BOOST_TEST(done.fault.index == wrong.index);
            BOOST_TEST(done.fault.found == wrong.value);
        }
    }
}

BOOST_AUTO_TEST_CASE(wrong_tensors_of_core_layers_are_refused) {
    const auto expect = [](eyeriss_result expected, const std::function<void(test::network_spec&)>& change) {
        test::network_spec net = every_operator();
        change(net);
        image built(net);
        mock_bus bus(built);
        const opened done = open(built, bus);
        BOOST_TEST(done.result == expected, eyeriss_result_text(done.result));
    };
    expect(EYERISS_DRIVER_LAYER_WIDTH, [](auto& net) {
        for (const unsigned i : {0, 1}) net.tensors[i].layout.width = 4097;
        net.tensors[1].layout.block_channels = 2;
        net.layers[max_pool].params.params.pool.stride_w = 4096;
    });
    expect(EYERISS_DRIVER_OK, [](auto& net) {
        for (const unsigned i : {0, 1}) net.tensors[i].layout.width = 4096;
        for (const unsigned i : {0, 1, 2, 3}) net.tensors[i].layout.block_channels = 2;
    });
    // The input's rows fit, but not in the blocks of the output that they are read in.
    expect(EYERISS_DRIVER_LAYER_WIDTH, [](auto& net) {
        for (const unsigned i : {0, 1}) net.tensors[i].layout.width = 4096;
        net.tensors[1].layout.block_channels = 2;
    });
    expect(EYERISS_DRIVER_LAYER_DTYPE, [](auto& net) { net.tensors[2].dtype = EYERISS_DTYPE_I8; });
    expect(EYERISS_DRIVER_LAYER_DTYPE, [](auto& net) { net.tensors[7].dtype = EYERISS_DTYPE_I8; });
    expect(EYERISS_DRIVER_LAYER_DTYPE, [](auto& net) {
        net.layers[concat].params.params.table.identity = 1;
        for (const unsigned i : {5, 6, 7}) net.tensors[i].dtype = EYERISS_DTYPE_I8;
    });
    expect(EYERISS_DRIVER_LAYER_DTYPE, [](auto& net) {
        net.tensors[1].dtype = EYERISS_DTYPE_I32;
        net.tensors[1].layout.format = csc::map_format::raw32;
    });
    expect(EYERISS_DRIVER_LAYER_POOL_WINDOW,
           [](auto& net) { net.layers[max_pool].params.params.pool.pad_top = 2; });
    expect(EYERISS_DRIVER_LAYER_POOL_WINDOW,
           [](auto& net) { net.layers[max_pool].params.params.pool.stride_w = 3; });
    expect(EYERISS_DRIVER_TENSOR_BLOCK_CHANNELS, [](auto& net) {
        for (const unsigned i : {0, 1}) net.tensors[i].layout.width = 40000;
    });
}

BOOST_AUTO_TEST_CASE(a_weight_segment_outside_the_file_is_refused) {
    image built(every_operator());
    mock_bus bus(built);
    const std::uint32_t table = built.descriptor(0).weight_table_offset;
    built.at<eyeriss_weight_segment>(table).bytes = built.header().file_bytes;
    built.seal();
    const opened done = open(built, bus);
    BOOST_TEST(done.result == EYERISS_DRIVER_DESCRIPTOR_WEIGHTS);
    BOOST_TEST(done.fault.offset == table);
}

BOOST_AUTO_TEST_CASE(a_descriptor_with_a_wrong_checksum_is_refused) {
    image built(every_operator());
    mock_bus bus(built);
    built.descriptor(0).stride_h ^= 1U;
    built.seal_header();
    BOOST_TEST(open(built, bus).result == EYERISS_DRIVER_DESCRIPTOR_CRC);
}

BOOST_AUTO_TEST_CASE(any_flipped_bit_before_the_payload_is_refused) {
    std::mt19937 random(20261121);
    image built(every_operator());
    mock_bus bus(built);
    for (std::uint32_t at = 0; at < built.header().payload_offset; ++at) {
        const auto bit = static_cast<std::uint8_t>(1U << std::uniform_int_distribution<>(0, 7)(random));
        const std::uint32_t end = built.header().payload_offset;
        built.bytes()[at] ^= bit;
        const opened done = open(built, bus);
        built.bytes()[at] ^= bit;
        BOOST_TEST_REQUIRE(built.header().payload_offset == end);
        BOOST_TEST_REQUIRE(eyeriss_result_class(done.result) == EYERISS_CLASS_IMAGE, "byte " << at);
    }
}

BOOST_AUTO_TEST_CASE(random_words_in_tables_with_right_checksums_never_lead_out_of_the_image) {
    // The sanitizer build turns a missed check into an error; here, opening decides and running must hold.
    for (unsigned seed = 0; seed < 3000; ++seed) {
        std::mt19937 random(seed);
        image built(every_operator());
        mock_bus bus(built);
        const std::uint32_t words = built.header().payload_offset / 4;
        const std::uint32_t at = std::uniform_int_distribution<std::uint32_t>(3, words - 1)(random);
        const std::uint32_t values[] = {0, 1, 0xffffffffU, 0x80000000U, static_cast<std::uint32_t>(random())};
        built.at<std::uint32_t>(std::size_t{at} * 4) = values[seed % 5];
        if (built.header().payload_offset / 4 != words) continue;
        built.seal_header();
        eyeriss_device device;
        eyeriss_network network;
        auto work = std::make_unique<eyeriss_workspace>();
        BOOST_TEST_REQUIRE(eyeriss_probe(&device, &bus.bus(), EYERISS_REG_BASE) == EYERISS_DRIVER_OK);
        if (eyeriss_network_open(&network, &device, EYERISS_IMAGE_ADDRESS) == EYERISS_DRIVER_OK) {
            BOOST_TEST(eyeriss_network_run(&network, work.get(), nullptr, nullptr) == EYERISS_DRIVER_OK,
                       "seed " << seed);
        } else {
            BOOST_TEST(eyeriss_result_class(device.fault.result) == EYERISS_CLASS_IMAGE, "seed " << seed);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_image_that_lies_badly_is_refused) {
    image built(every_operator());
    mock_bus bus(built);
    eyeriss_device device;
    eyeriss_network network;
    BOOST_TEST_REQUIRE(eyeriss_probe(&device, &bus.bus(), EYERISS_REG_BASE) == EYERISS_DRIVER_OK);
    BOOST_TEST(eyeriss_network_open(&network, &device, EYERISS_IMAGE_ADDRESS + 4) ==
               EYERISS_DRIVER_IMAGE_PLACE);
    BOOST_TEST(eyeriss_network_open(&network, &device, 0x1000) == EYERISS_DRIVER_IMAGE_PLACE);
    bus.memory_bytes = 60;
    BOOST_TEST(eyeriss_network_open(&network, &device, EYERISS_IMAGE_ADDRESS) == EYERISS_DRIVER_IMAGE_PLACE);
    bus.memory_bytes = built.bytes().size() - 1;
    BOOST_TEST(eyeriss_network_open(&network, &device, EYERISS_IMAGE_ADDRESS) ==
               EYERISS_DRIVER_IMAGE_MEMORY_BYTES);
}

BOOST_AUTO_TEST_CASE(every_refusal_of_an_image_has_a_test_and_a_text) {
    std::set<eyeriss_result> tested{EYERISS_DRIVER_IMAGE_PLACE, EYERISS_DRIVER_IMAGE_CRC,
                                    EYERISS_DRIVER_DESCRIPTOR_CRC, EYERISS_DRIVER_LAYER_WIDTH,
                                    EYERISS_DRIVER_LAYER_DTYPE};
    for (const wrong_field& wrong : wrong_fields()) tested.insert(wrong.expected);
    std::set<std::string> texts;
    for (int i = 0; i < EYERISS_DRIVER_RESULTS; ++i) {
        const auto result = static_cast<eyeriss_result>(i);
        texts.insert(eyeriss_result_text(result));
        if (eyeriss_result_class(result) != EYERISS_CLASS_IMAGE) continue;
        BOOST_TEST(tested.count(result) == 1U, eyeriss_result_text(result));
    }
    BOOST_TEST(texts.size() == EYERISS_DRIVER_RESULTS);
}
