#define BOOST_TEST_MODULE driver_host_layers
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>

#include "firmware/driver/eyeriss.h"
#include "tests/firmware/driver/image_builder.h"
#include "tests/firmware/driver/mock_bus.h"
#include "tests/firmware/driver/plain_layers.h"

using namespace eyeriss;
using test::image;
using test::plain_map;

namespace {

/// One layer of random shape with random inputs, run through an image by the driver.
class scenario {
public:
    explicit scenario(unsigned seed) : random_(seed) {}

    unsigned draw(unsigned low, unsigned high) {
        return std::uniform_int_distribution<unsigned>(low, high)(random_);
    }
    bool flip() { return draw(0, 1) == 1; }

    /// A map of random type, blocks and format.
    unsigned add_map(unsigned n, unsigned c, unsigned h, unsigned w) {
        return add_map(n, c, h, w, flip() ? EYERISS_DTYPE_I8 : EYERISS_DTYPE_U8);
    }
    unsigned add_map(unsigned n, unsigned c, unsigned h, unsigned w, std::uint32_t dtype) {
        const unsigned block = flip() ? 4 * draw(1, 5) : draw(1, 20);
        net_.tensors.push_back({{n, c, h, w, block, static_cast<csc::map_format>(draw(0, 1))}, dtype});
        plain_map map{n, c, h, w, {}, 0, 0, 255};
        if (dtype == EYERISS_DTYPE_I8) {
            map.low = -128;
            map.high = 127;
        }
        map.zero_point = flip() ? 0 : static_cast<int>(draw(0, 255)) + map.low;
        net_.tensors.back().zero_point = map.zero_point;
        maps_.push_back(map);
        return static_cast<unsigned>(maps_.size() - 1);
    }
    void fill(unsigned map) {
        plain_map& to = maps_[map];
        const unsigned density = draw(0, 120);
        to.values.resize(std::size_t{to.n} * to.c * to.h * to.w);
        for (int& value : to.values) {
            value = draw(1, 100) <= density ? static_cast<int>(draw(0, 255)) + to.low : 0;
        }
    }
    void set(unsigned map, std::vector<int> values) { maps_[map].values = std::move(values); }
    void set_zero_point(unsigned map, int zero_point) {
        maps_[map].zero_point = zero_point;
        net_.tensors[map].zero_point = zero_point;
    }
    [[nodiscard]] const plain_map& map(unsigned i) const { return maps_[i]; }
    [[nodiscard]] std::uint32_t dtype(unsigned i) const { return net_.tensors[i].dtype; }
    void same_blocks(unsigned a, unsigned b) {
        net_.tensors[a].layout.block_channels = net_.tensors[b].layout.block_channels;
        net_.tensors[a].layout.format = net_.tensors[b].layout.format;
    }

    /// Runs the layer on filled inputs and returns the output's values.
    std::vector<int> run(std::uint32_t op, const std::vector<std::uint32_t>& inputs, unsigned output,
                         const eyeriss_image_layer& params, const std::vector<std::uint8_t>& tables = {}) {
        net_.layers = {{op, inputs, output, params, tables}};
        net_.output = output;
        image built(net_);
        for (const unsigned i : inputs) {
            // What is not the network's input counts as stored in the file.
            built.header().file_bytes = built.header().memory_bytes;
            built.write(i, bytes_of(maps_[i]));
        }
        built.seal();
        test::mock_bus bus(built);
        eyeriss_device device;
        eyeriss_network network;
        const auto work = std::make_unique<eyeriss_workspace>();
        BOOST_TEST_REQUIRE(eyeriss_probe(&device, &bus.bus(), EYERISS_REG_BASE) == EYERISS_DRIVER_OK);
        eyeriss_result result = eyeriss_network_open(&network, &device, EYERISS_IMAGE_ADDRESS);
        BOOST_TEST_REQUIRE(result == EYERISS_DRIVER_OK, eyeriss_result_text(result));
        result = eyeriss_network_run(&network, work.get(), nullptr, nullptr);
        BOOST_TEST_REQUIRE(result == EYERISS_DRIVER_OK, eyeriss_result_text(result));
        std::vector<int> values;
        for (const std::uint8_t byte : built.read(output)) {
            values.push_back(maps_[output].low < 0 ? static_cast<std::int8_t>(byte) : byte);
        }
        return values;
    }

    std::vector<std::uint8_t> random_table(std::size_t bytes) {
        std::vector<std::uint8_t> table(bytes);
        for (auto& byte : table) byte = static_cast<std::uint8_t>(draw(0, 255));
        return table;
    }

private:
    static std::vector<std::uint8_t> bytes_of(const plain_map& map) {
        std::vector<std::uint8_t> bytes;
        bytes.reserve(map.values.size());
        for (const int value : map.values) bytes.push_back(static_cast<std::uint8_t>(value));
        return bytes;
    }

    std::mt19937 random_;
    test::network_spec net_;
    std::vector<plain_map> maps_;
};

int through(const std::vector<std::uint8_t>& table, std::size_t first, int value, int low) {
    const std::uint8_t byte = table.at(first + static_cast<std::uint8_t>(value));
    return low < 0 ? static_cast<std::int8_t>(byte) : byte;
}

/// Kernel, stride, pad and output size of one axis, so that no window misses the map.
struct axis {
    unsigned kernel, stride, pad, out;
};
axis random_axis(scenario& s, unsigned size) {
    axis a{s.draw(1, 5), s.draw(1, 4), 0, 0};
    if (s.draw(0, 3) == 0) a.kernel = size;
    a.pad = s.draw(0, a.kernel - 1);
    a.out = s.draw(1, (size + a.pad - 1) / a.stride + 1);
    return a;
}

void pool(scenario& s, bool max) {
    const unsigned n = s.draw(1, 2), c = s.draw(1, 40), h = s.draw(1, 14), w = s.draw(1, 14);
    const axis v = random_axis(s, h), u = random_axis(s, w);
    const unsigned in = s.add_map(n, c, h, w);
    const unsigned out = max ? s.add_map(n, c, v.out, u.out, s.dtype(in)) : s.add_map(n, c, v.out, u.out);
    s.fill(in);
    eyeriss_image_layer layer{};
    layer.params.pool = {v.kernel, u.kernel, v.stride, u.stride, v.pad, u.pad, s.flip() ? 1U : 0U, 1, 0};
    if (s.flip()) {
        layer.params.pool.shift = s.draw(0, 40);
        layer.params.pool.multiplier = static_cast<std::int32_t>(
            s.draw(0, s.flip() ? 3U << std::min(layer.params.pool.shift, 28U) : 0x7fffffffU));
    } else {
        layer.params.pool.shift = s.draw(0, 30);
        layer.params.pool.multiplier = std::int32_t{1} << layer.params.pool.shift;
    }
    const auto found = s.run(max ? EYERISS_OP_MAX_POOL : EYERISS_OP_AVERAGE_POOL, {in}, out, layer);
    const auto expected = max ? test::plain_max_pool(s.map(in), s.map(out), layer.params.pool)
                              : test::plain_average_pool(s.map(in), s.map(out), layer.params.pool);
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

void add(scenario& s) {
    const unsigned n = s.draw(1, 2), c = s.draw(1, 40), h = s.draw(1, 8), w = s.draw(1, 8);
    const unsigned a = s.add_map(n, c, h, w), b = s.add_map(n, c, h, w), out = s.add_map(n, c, h, w);
    s.fill(a);
    s.fill(b);
    eyeriss_image_layer layer{};
    const unsigned shift = s.flip() ? s.draw(0, 4) : s.draw(20, 31);
    const auto factor = [&] {
        const auto size = static_cast<std::int32_t>(s.draw(0, shift < 30 ? 3U << shift : 0x7fffffffU));
        return s.flip() ? size : -size;
    };
    const int one = static_cast<int>(s.draw(0, 255)) + s.map(out).low;
    const int other = static_cast<int>(s.draw(0, 255)) + s.map(out).low;
    layer.params.add = {factor(), factor(), shift, std::min(one, other), std::max(one, other)};
    const auto found = s.run(EYERISS_OP_ADD, {a, b}, out, layer);
    const auto expected = test::plain_add(s.map(a), s.map(b), s.map(out), layer.params.add);
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

void concat(scenario& s) {
    const unsigned n = s.draw(1, 2), h = s.draw(1, 6), w = s.draw(1, 6),
                   count = s.draw(1, EYERISS_MAX_INPUTS);
    std::vector<std::uint32_t> inputs;
    unsigned channels = 0;
    const bool alike = s.flip();
    const std::uint32_t dtype = s.flip() ? EYERISS_DTYPE_I8 : EYERISS_DTYPE_U8;
    for (unsigned i = 0; i < count; ++i) {
        const unsigned c = alike ? 4 * s.draw(1, 6) : s.draw(1, 24);
        channels += c;
        inputs.push_back(s.add_map(n, c, h, w, dtype));
        s.fill(inputs.back());
    }
    const unsigned out = s.add_map(n, channels, h, w, dtype);
    for (const unsigned i : inputs) {
        if (alike) s.same_blocks(i, out);
    }
    const auto tables = s.random_table(std::size_t{256} * count);
    eyeriss_image_layer layer{};
    layer.params.table.identity = s.draw(0, 0xff);
    const auto found = s.run(EYERISS_OP_CONCAT, inputs, out, layer, tables);
    std::vector<int> expected;
    for (unsigned in = 0; in < n; ++in) {
        for (unsigned i = 0; i < count; ++i) {
            const plain_map& from = s.map(inputs[i]);
            const std::size_t part = std::size_t{from.c} * h * w;
            for (std::size_t k = in * part; k < (in + 1) * part; ++k) {
                const int value = from.values[k];
                const bool copied = (layer.params.table.identity >> i & 1U) != 0;
                expected.push_back(copied ? value : through(tables, std::size_t{256} * i, value, from.low));
            }
        }
    }
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

void requant(scenario& s) {
    const unsigned n = s.draw(1, 2), c = s.draw(1, 40), h = s.draw(1, 8), w = s.draw(1, 8);
    const unsigned in = s.add_map(n, c, h, w), out = s.add_map(n, c, h, w);
    s.fill(in);
    const auto table = s.random_table(256);
    const auto found = s.run(EYERISS_OP_REQUANT, {in}, out, {}, table);
    std::vector<int> expected;
    for (const int value : s.map(in).values) expected.push_back(through(table, 0, value, s.map(out).low));
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

void softmax(scenario& s) {
    const bool map = s.draw(0, 3) == 0;
    const unsigned n = s.draw(1, 2), c = s.draw(1, 60), h = map ? s.draw(1, 4) : 1,
                   w = map ? s.draw(1, 4) : 1;
    const unsigned in = s.add_map(n, c, h, w), out = s.add_map(n, c, h, w);
    s.fill(in);
    std::vector<std::uint32_t> exp(256);
    const double scale = s.draw(1, 100) / 400.0;
    for (unsigned d = 0; d < 256; ++d)
        exp[d] = static_cast<std::uint32_t>(std::lround(1048576.0 * std::exp(-scale * d)));
    const auto* first = reinterpret_cast<const std::uint8_t*>(exp.data());
    eyeriss_image_layer layer{};
    layer.params.table.inverse_scale = s.draw(1, 300);
    const auto found = s.run(EYERISS_OP_SOFTMAX, {in}, out, layer, {first, first + 1024});
    const auto expected = test::plain_softmax(s.map(in), s.map(out), exp, layer.params.table.inverse_scale);
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

void reshape(scenario& s) {
    const unsigned a = s.draw(1, 6), b = s.draw(1, 6), c = s.draw(1, 6), d = s.draw(1, 6);
    const unsigned in = s.add_map(a, b, c, d);
    const unsigned out =
        s.flip() ? s.add_map(a, b * c * d, 1, 1, s.dtype(in)) : s.add_map(c, d, b, a, s.dtype(in));
    s.fill(in);
    BOOST_TEST(s.run(EYERISS_OP_RESHAPE, {in}, out, {}) == s.map(in).values,
               boost::test_tools::per_element());
}

void repeat(unsigned first_seed, unsigned count, void (*one)(scenario&)) {
    for (unsigned seed = first_seed; seed < first_seed + count; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            scenario s(seed);
            one(s);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_max_pools_equal_plain_loops) {
    repeat(1000, 150, [](scenario& s) { pool(s, true); });
}

BOOST_AUTO_TEST_CASE(random_average_pools_equal_plain_loops) {
    repeat(2000, 150, [](scenario& s) { pool(s, false); });
}

BOOST_AUTO_TEST_CASE(random_additions_equal_plain_loops) {
    repeat(3000, 100, add);
}

BOOST_AUTO_TEST_CASE(random_concatenations_equal_plain_loops) {
    repeat(4000, 100, concat);
}

BOOST_AUTO_TEST_CASE(random_tables_equal_plain_loops) {
    repeat(5000, 50, requant);
}

BOOST_AUTO_TEST_CASE(random_softmaxes_equal_plain_loops) {
    repeat(6000, 50, softmax);
}

BOOST_AUTO_TEST_CASE(random_reshapes_keep_the_order_of_elements) {
    repeat(7000, 50, reshape);
}

BOOST_AUTO_TEST_CASE(averages_at_a_tie_go_to_the_even_number) {
    // 2 x 1 windows of (0,1) (1,2) (2,3) (3,4): means of one half, one and a half, ...
    scenario s(1);
    const unsigned in = s.add_map(1, 1, 1, 8, EYERISS_DTYPE_U8);
    const unsigned out = s.add_map(1, 1, 1, 4, EYERISS_DTYPE_U8);
    s.set(in, {0, 1, 1, 2, 2, 3, 3, 4});
    s.set_zero_point(in, 0);
    s.set_zero_point(out, 10);
    eyeriss_image_layer layer{};
    layer.params.pool = {1, 2, 1, 2, 0, 0, 0, 1, 0};
    const std::vector<int> found = s.run(EYERISS_OP_AVERAGE_POOL, {in}, out, layer);
    const std::vector<int> expected{10, 12, 12, 14};
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(softmax_is_within_one_step_of_the_real_function) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        scenario s(seed);
        const unsigned in = s.add_map(1, 1000, 1, 1), out = s.add_map(1, 1000, 1, 1, EYERISS_DTYPE_U8);
        s.fill(in);
        const double scale = s.draw(1, 100) / 400.0;
        std::vector<std::uint32_t> exp(256);
        for (unsigned d = 0; d < 256; ++d) {
            exp[d] = static_cast<std::uint32_t>(std::lround(1048576.0 * std::exp(-scale * d)));
        }
        const auto* first = reinterpret_cast<const std::uint8_t*>(exp.data());
        eyeriss_image_layer layer{};
        layer.params.table.inverse_scale = 256;
        const auto found = s.run(EYERISS_OP_SOFTMAX, {in}, out, layer, {first, first + 1024});
        double sum = 0;
        for (const int value : s.map(in).values) sum += std::exp(scale * value);
        for (std::size_t i = 0; i < found.size(); ++i) {
            const double real = 256 * std::exp(scale * s.map(in).values[i]) / sum + s.map(out).zero_point;
            BOOST_TEST(std::abs(found[i] - std::clamp(real, 0.0, 255.0)) <= 1.0, "seed " << seed);
        }
    }
}
