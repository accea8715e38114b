#define BOOST_TEST_MODULE emit_image
#include <boost/test/unit_test.hpp>

#include <bit>
#include <cmath>
#include <cstring>
#include <random>

#include "firmware/compiler/compile.h"
#include "models/csc/weight_tile.h"
#include "tests/firmware/compiler/emit_networks.h"

namespace {

using namespace eyeriss;
using compiler::compile;

constexpr unsigned seed = 1905;

/// All weights of a layer out of the image, and how often each was stored.
struct stored_weights {
    std::vector<std::int8_t> values;
    std::vector<unsigned> times;
};

stored_weights read_weights(std::span<const std::uint8_t> image, const eyeriss_descriptor& d,
                            const arch::machine& m) {
    const auto s = compiler::descriptor_shape(d);
    const auto map = compiler::descriptor_mapping(d);
    const arch::tiling tiles(s, map, m);
    const std::size_t count = std::size_t{s.groups} * s.m * s.c * s.r * s.s;
    stored_weights found{std::vector<std::int8_t>(count), std::vector<unsigned>(count)};
    BOOST_REQUIRE(d.weight_segments == tiles.weight_segments());
    for (std::uint32_t i = 0; i < d.weight_segments; ++i) {
        const auto segment = compiler::weight_segment(image, d, i);
        auto bytes = image.subspan(segment.offset, segment.bytes);
        for (const auto& t : tiles.segment_tiles(i)) {
            if (t.m_count == 0) {
                BOOST_REQUIRE(bytes.size() >= 2);
                BOOST_REQUIRE((bytes[0] == 0 && bytes[1] == 0));
                bytes = bytes.subspan(2);
                continue;
            }
            csc::weight_tile tile;
            const auto used =
                csc::decode_weight_tile(bytes, t.m_count, t.c_count * t.s_count, map.weight_dense, tile);
            BOOST_REQUIRE(used > 0);
            bytes = bytes.subspan(used);
            for (unsigned column = 0; column < tile.columns; ++column) {
                const unsigned c = t.c_begin + column % t.c_count;
                const unsigned x = t.s_begin + column / t.c_count;
                for (unsigned row = 0; row < t.m_count; ++row) {
                    const std::size_t filter = std::size_t{t.g} * s.m + t.m_begin + row;
                    const std::size_t at = ((filter * s.c + c) * s.r + t.r) * s.s + x;
                    found.values.at(at) =
                        static_cast<std::int8_t>(tile.values[std::size_t{column} * tile.padded_rows + row]);
                    ++found.times[at];
                }
            }
        }
        BOOST_TEST(bytes.empty());
    }
    return found;
}

void image_holds_what_the_graph_says(const compiler::graph& g, const arch::machine& m,
                                     const compiler::compile_options& options) {
    const auto result = compile(g, m, options);
    const std::span<const std::uint8_t> image = result.image;
    BOOST_REQUIRE(compiler::verify_image(image).empty());
    const auto header = compiler::image_header(image);
    BOOST_TEST(header.geometry == m.geometry());
    BOOST_TEST(compiler::image_name(image, header.name_offset) == g.name);
    BOOST_REQUIRE(header.layer_count == g.layers.size());
    std::size_t mapped = 0;
    for (unsigned i = 0; i < header.layer_count; ++i) {
        const auto stored = compiler::image_layer(image, i);
        BOOST_TEST(compiler::image_name(image, stored.name_offset) == g.layers[i].name);
        const auto* op = std::get_if<compiler::conv_op>(&g.layers[i].op);
        if (op == nullptr) continue;
        const auto d = compiler::image_descriptor(image, stored.descriptor_offset);
        const auto& entry = result.mappings.at(mapped++);
        BOOST_TEST((compiler::descriptor_mapping(d) == entry.map));
        const auto shape = compiler::descriptor_shape(d);
        BOOST_TEST(shape.macs() == op->shape.macs());
        BOOST_TEST(shape.e() == op->shape.e());
        const auto weights = read_weights(image, d, m);
        BOOST_TEST((weights.values == op->weights));
        BOOST_TEST(
            std::all_of(weights.times.begin(), weights.times.end(), [](unsigned n) { return n == 1; }));
        BOOST_TEST(entry.map.output_block_channels(op->shape) % d.out.block_channels == 0U);
        std::vector<eyeriss_requant> entries(op->bias.size());
        std::memcpy(entries.data(), image.data() + d.requant_offset, std::span(entries).size_bytes());
        for (std::size_t channel = 0; channel < entries.size(); ++channel) {
            BOOST_TEST(entries[channel].bias == op->bias[channel]);
        }
    }
    BOOST_TEST(mapped == result.mappings.size());
}

/// Memory of a loaded image.
class loaded {
public:
    explicit loaded(std::span<const std::uint8_t> image)
        : bytes_(compiler::image_header(image).memory_bytes) {
        std::copy(image.begin(), image.end(), bytes_.begin());
    }
    void apply(std::span<const compiler::patch> patches) {
        for (const auto& p : patches) std::copy(p.bytes.begin(), p.bytes.end(), bytes_.begin() + p.offset);
    }
    [[nodiscard]] compiler::memory_reader reader() const {
        return [this](std::uint32_t offset, std::span<std::uint8_t> out) {
            BOOST_REQUIRE(offset + out.size() <= bytes_.size());
            std::copy_n(bytes_.begin() + offset, out.size(), out.begin());
        };
    }
    std::uint8_t& operator[](std::size_t offset) { return bytes_.at(offset); }

private:
    std::vector<std::uint8_t> bytes_;
};

std::vector<std::uint8_t> random_bytes(std::size_t count, std::minstd_rand& random) {
    std::vector<std::uint8_t> bytes(count);
    for (auto& b : bytes) b = random() % 3 == 0 ? 0 : static_cast<std::uint8_t>(random() >> 8);
    return bytes;
}

std::string complaint(const compiler::graph& g, const arch::machine& m = {},
                      const compiler::compile_options& options = {}) {
    try {
        (void)compile(g, m, options);
    } catch (const compiler::compile_error& error) {
        return error.what();
    }
    return {};
}

void flip(std::vector<std::uint8_t>& image, std::size_t byte, unsigned bit) {
    image.at(byte) = static_cast<std::uint8_t>(image[byte] ^ (1U << bit));
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_image_gives_every_weight_back_once) {
    std::minstd_rand random(seed);
    image_holds_what_the_graph_says(test::branching_network(random), {}, {});
}

BOOST_AUTO_TEST_CASE(an_image_of_dense_weights_gives_every_weight_back_once) {
    std::minstd_rand random(seed);
    compiler::compile_options options;
    options.weights = compiler::weight_coding::dense;
    options.requant = compiler::requant_rule::fixed;
    image_holds_what_the_graph_says(test::branching_network(random), {}, options);
}

BOOST_AUTO_TEST_CASE(images_of_random_layers_give_every_weight_back_once) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::minstd_rand random(seed);
    for (unsigned i = 0; i < 40; ++i) {
        arch::layer_shape s =
            test::conv(1 + random() % 40, 1 + random() % 60, 9, 1 + 2 * (random() % 3), 1 + random() % 2);
        s.groups = 1 + random() % 3;
        arch::machine m;
        if (i % 3 == 1) m.control.feature_maps = arch::compression::raw;
        if (i % 3 == 2) m.noc.cluster_rows = 3;
        const auto g = test::single_layer(s, static_cast<double>(random() % 101) / 100, random, i % 5 == 0);
        BOOST_TEST_CONTEXT("layer " << i) {
            image_holds_what_the_graph_says(g, m, {});
        }
    }
}

BOOST_AUTO_TEST_CASE(equal_graphs_give_equal_bytes) {
    std::minstd_rand random(seed);
    const auto g = test::branching_network(random);
    BOOST_TEST((compile(g, {}).image == compile(g, {}).image));
}

BOOST_AUTO_TEST_CASE(host_layers_carry_their_parameters) {
    std::minstd_rand random(seed);
    const auto g = test::branching_network(random);
    const auto image = compile(g, {}).image;
    const auto pool = compiler::image_layer(image, 2);
    BOOST_TEST(pool.op == +EYERISS_OP_MAX_POOL);
    BOOST_TEST(pool.params.pool.kernel_h == 2U);
    BOOST_TEST(pool.params.pool.stride_w == 2U);
    const auto concat = compiler::image_layer(image, 4);
    BOOST_TEST(concat.op == +EYERISS_OP_CONCAT);
    BOOST_TEST(concat.input_count == 2U);
    BOOST_TEST(concat.params.table.identity == 1U);  // the first input needs no table
    for (unsigned q = 0; q < 256; ++q) {
        BOOST_TEST(image[concat.params.table.table_offset + q] == q);
        BOOST_TEST(image[concat.params.table.table_offset + 256 + q] == 255 - q);
    }
    const auto softmax = compiler::image_layer(image, 6);
    BOOST_TEST(softmax.op == +EYERISS_OP_SOFTMAX);
    BOOST_TEST(softmax.params.table.inverse_scale == 256U);
    std::uint32_t first = 0;
    std::memcpy(&first, image.data() + softmax.params.table.table_offset, sizeof(first));
    BOOST_TEST(first == 1048576U);
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_of_head_and_payload_is_found) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::minstd_rand random(seed);
    auto image = compile(test::branching_network(random), {}).image;
    const auto header = compiler::image_header(image);
    const auto found = [&](std::size_t byte) {
        const unsigned bit = random() % 8;
        flip(image, byte, bit);
        BOOST_TEST(compiler::verify_image(image) != "", "byte " << byte << " bit " << bit);
        flip(image, byte, bit);
    };
    for (std::size_t byte = 0; byte < sizeof(header); ++byte) found(byte);
    for (unsigned i = 0; i < 200; ++i) found(random() % header.payload_offset);
    for (unsigned i = 0; i < 500; ++i) {
        found(header.payload_offset + random() % (header.file_bytes - header.payload_offset));
    }
    for (unsigned l = 0; l < header.layer_count; ++l) {
        const auto stored = compiler::image_layer(image, l);
        if (stored.op != EYERISS_OP_ACCELERATOR) continue;
        const auto d = compiler::image_descriptor(image, stored.descriptor_offset);
        found(d.requant_offset + random() % (sizeof(eyeriss_requant) * d.groups * d.m + 4));
        for (std::uint32_t i = 0; i < d.weight_segments; ++i) {
            const auto segment = compiler::weight_segment(image, d, i);
            found(segment.offset + random() % segment.bytes);
        }
    }
    BOOST_TEST(compiler::verify_image(image) == "");
}

BOOST_AUTO_TEST_CASE(truncated_images_are_refused) {
    std::minstd_rand random(seed);
    const auto image = compile(test::branching_network(random), {}).image;
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{3}, std::size_t{200}, image.size() - 1}) {
        BOOST_TEST(compiler::verify_image(std::span(image).first(bytes)).find("image header: ") == 0U);
    }
}

BOOST_AUTO_TEST_CASE(the_input_comes_back_from_memory) {
    std::minstd_rand random(seed);
    const auto g = test::branching_network(random);
    for (const auto coding : {arch::compression::csc, arch::compression::raw}) {
        arch::machine m;
        m.control.feature_maps = coding;
        const auto image = compile(g, m).image;
        const auto input = random_bytes(g.tensors[g.input].elements(), random);
        loaded memory(image);
        memory.apply(compiler::encode_input(image, input));
        const auto t = compiler::image_tensor(image, g.input);
        BOOST_TEST((compiler::decode_tensor(memory.reader(), t) == input));
    }
    const auto image = compile(g, {}).image;
    const std::vector<std::uint8_t> wrong(7);
    BOOST_CHECK_THROW((void)compiler::encode_input(image, wrong), compiler::compile_error);
}

BOOST_AUTO_TEST_CASE(accumulators_come_back_in_nchw_order) {
    std::minstd_rand random(seed);
    const auto g = test::single_layer(test::conv(2, 5, 3, 1), 1.0, random, true);
    const auto image = compile(g, {}).image;
    const auto t = compiler::image_tensor(image, g.output);
    BOOST_TEST(t.format == +EYERISS_FORMAT_RAW32);
    loaded memory(image);
    const auto layout = compiler::tensor_layout(t);
    for (unsigned c = 0; c < 5; ++c) {
        for (unsigned y = 0; y < 3; ++y) {
            for (unsigned x = 0; x < 3; ++x) {
                const unsigned block = c / layout.block_channels;
                const std::size_t unit = (std::size_t{block} * 3 + y) * layout.unit_stride_bytes();
                const std::size_t value = x * layout.channels_in(block) + c % layout.block_channels;
                memory[t.data_offset + unit + value * 4 + 2] = static_cast<std::uint8_t>(c * 9 + y * 3 + x);
            }
        }
    }
    const auto bytes = compiler::decode_tensor(memory.reader(), t);
    BOOST_REQUIRE(bytes.size() == 45U * 4);
    for (unsigned i = 0; i < 45; ++i) {
        BOOST_TEST(bytes[i * 4 + 2] == i);
        BOOST_TEST(bytes[i * 4] == 0);
    }
}

BOOST_AUTO_TEST_CASE(blocks_divide_what_the_consumer_reads) {
    std::minstd_rand random(seed);
    auto g = test::single_layer(test::conv(24, 8, 12, 3), 1.0, random, false);
    compiler::compile_options options;
    arch::mapping map;
    map.m0 = 8;
    map.c0 = 4;
    map.s0 = 3;
    map.r1 = 3;
    options.mappings["layer"] = map;
    const auto image = compile(g, {}, options).image;
    BOOST_TEST(compiler::image_tensor(image, g.input).block_channels == 4U);
}

BOOST_AUTO_TEST_CASE(blocks_suit_the_groups_that_a_depthwise_pass_reads) {
    std::minstd_rand random(seed);
    const auto g = test::single_layer(test::conv(64, 64, 8, 3, 1, 1, 64), 1.0, random, false);
    compiler::compile_options options;
    arch::mapping map;
    map.s0 = 3;
    map.r1 = 3;
    map.vertical.g = 8;
    options.mappings["layer"] = map;
    const auto image = compile(g, {}, options).image;
    BOOST_TEST(compiler::image_tensor(image, g.input).block_channels == 8U);
    BOOST_TEST(compiler::image_tensor(image, g.output).block_channels == 8U);
}

BOOST_AUTO_TEST_CASE(fixed_multipliers_stand_for_the_scales) {
    std::minstd_rand random(seed);
    auto g = test::single_layer(test::conv(3, 4, 4, 1), 1.0, random, false);
    auto& op = std::get<compiler::conv_op>(g.layers[0].op);
    op.scale = {0.5F, 0.999999F, 0.0123F, 3e-8F};
    compiler::compile_options options;
    options.requant = compiler::requant_rule::fixed;
    const auto image = compile(g, {}, options).image;
    const auto d = compiler::image_descriptor(image, compiler::image_layer(image, 0).descriptor_offset);
    BOOST_TEST((d.flags & EYERISS_DESC_REQUANT_FIXED) != 0U);
    for (unsigned i = 0; i < 4; ++i) {
        eyeriss_requant entry{};
        std::memcpy(&entry, image.data() + d.requant_offset + i * sizeof(entry), sizeof(entry));
        BOOST_TEST(entry.scale_bits >= 1U << 30);
        BOOST_TEST(entry.scale_bits < 1U << 31);
        const double value = std::ldexp(entry.scale_bits, -static_cast<int>(entry.shift));
        BOOST_TEST(value == static_cast<double>(op.scale[i]), boost::test_tools::tolerance(1e-9));
    }
    op.scale[2] = 1.5F;
    BOOST_TEST(complaint(g, {}, options).find("layer 'layer': scale 1.5 of output channel 2") == 0U);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_by_name) {
    std::minstd_rand random(seed);
    const auto g = test::single_layer(test::conv(6, 40, 8, 3), 1.0, random, false);
    BOOST_TEST(complaint(g) == "");

    arch::machine small;
    small.dram.capacity_mib = 64;
    BOOST_TEST(complaint(g, small).find("dram.capacity_mib is 64") != std::string::npos);

    auto inconsistent = g;
    inconsistent.tensors[1].c = 39;
    BOOST_TEST(complaint(inconsistent) ==
               "layer 'layer': output 'output' is 1x39x6x6 where the layer makes 1x40x6x6");

    auto short_bias = g;
    std::get<compiler::conv_op>(short_bias.layers[0].op).bias.pop_back();
    BOOST_TEST(complaint(short_bias) == "layer 'layer': 39 biases where there must be 40");

    compiler::compile_options options;
    options.mappings["conv9"] = {};
    BOOST_TEST(complaint(g, {}, options) == "mapping for layer 'conv9': the network has no such layer");

    options.mappings.clear();
    options.mappings["layer"].m0 = 33;
    BOOST_TEST(complaint(g, {}, options).find("M0=33 exceeds the 32 psums of the SPad") != std::string::npos);
}
