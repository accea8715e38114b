#define BOOST_TEST_MODULE altered
#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstring>

#include "models/abi/noc_config.h"
#include "models/abi/registers.h"
#include "tests/models/accelerator/layer_bench.h"
#include "tests/models/accelerator/random_layer.h"

// The values come out of the machine: what is altered in its memory or configuration alters the output
// exactly as the oracle says of the altered layer.

using namespace eyeriss;
using test::layer_bench;

namespace {

constexpr std::uint64_t seed = 20260202;

template <typename T>
T get(const layer_bench& b, std::size_t offset) {
    T value;
    std::memcpy(&value, b.memory.bytes.data() + offset, sizeof value);
    return value;
}

template <typename T>
void put(layer_bench& b, std::size_t offset, const T& value) {
    std::memcpy(b.memory.bytes.data() + offset, &value, sizeof value);
}

std::uint32_t descriptor_offset(const layer_bench& b, const compiler::compiled& net) {
    (void)b;
    return compiler::image_layer(net.image, 0).descriptor_offset;
}

/// Gives a changed descriptor its checksum again.
void seal_descriptor(layer_bench& b, std::uint32_t offset) {
    const auto total = get<eyeriss_descriptor>(b, offset).total_bytes;
    const std::size_t from = offset + offsetof(eyeriss_descriptor, crc32) + 4;
    put(b, offset + offsetof(eyeriss_descriptor, crc32),
        static_cast<std::uint32_t>(
            crc32(0, b.memory.bytes.data() + from, static_cast<uInt>(total - (from - offset)))));
}

/// A layer with weights in every tile, so that there is something to alter.
test::random_layer busy_layer(std::mt19937_64& random) {
    for (;;) {
        auto layer = test::make_random_layer(random, true);
        std::size_t nonzero = 0;
        for (const int w : layer.problem.weights) nonzero += w != 0 ? 1U : 0U;
        if (nonzero * 3 > layer.problem.weights.size() && nonzero > 8) return layer;
    }
}

/// Index into the oracle's weights of the weight at (row, column) of the first tile: m = row, column s*C0 +
/// c, r = 0.
std::size_t first_tile_weight(const test::random_layer& l, const arch::mapping& map, unsigned row,
                              unsigned column) {
    const auto& p = l.problem;
    const auto c0 = std::min(map.c0, static_cast<unsigned>(p.c));
    const std::size_t c = column % c0;
    const std::size_t s = column / c0;
    return ((std::size_t{row} * static_cast<std::size_t>(p.c) + c) * static_cast<std::size_t>(p.r)) *
               static_cast<std::size_t>(p.s) +
           s;
}

eyeriss_weight_segment first_segment(const layer_bench& b, const eyeriss_descriptor& d) {
    return get<eyeriss_weight_segment>(b, d.weight_table_offset);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_weight_flipped_in_dram_changes_the_output_as_the_oracle_says) {
    std::mt19937_64 random(seed);
    test::play({}, accelerator::timing::timed, [&](layer_bench& bench) {
        for (unsigned i = 0; i < 20; ++i) {
            auto layer = busy_layer(random);
            const auto net = compiler::compile(layer.net, {});
            bench.load(net, layer.input);
            const auto d = get<eyeriss_descriptor>(bench, descriptor_offset(bench, net));
            const auto map = net.mappings[0].map;
            // The first stored value of the first tile is its first non-zero weight, column by column.
            const unsigned rows = std::min(map.m0, d.m);
            const unsigned columns = std::min(map.c0, d.c) * std::min(map.s0, d.s);
            std::size_t weight = 0;
            bool found = false;
            for (unsigned k = 0; k < columns && !found; ++k) {
                for (unsigned m = 0; m < rows && !found; ++m) {
                    weight = first_tile_weight(layer, map, m, k);
                    found = layer.problem.weights[weight] != 0;
                }
            }
            if (!found) continue;
            const std::size_t data =
                first_segment(bench, d).offset + 2 + std::size_t{3} * ((columns + 2) / 3);
            const int value = static_cast<std::int8_t>(get<std::uint16_t>(bench, data) >> 4);
            BOOST_REQUIRE(value == layer.problem.weights[weight]);
            bench.memory.bytes[data] ^= 0x20;  // bit 1 of the value
            layer.problem.weights[weight] = static_cast<std::int8_t>(value ^ 2);

            BOOST_TEST(bench.run().error == EYERISS_ERR_PAYLOAD_CRC);
            BOOST_TEST(bench.read_register(EYERISS_REG_ERROR_CODE) == EYERISS_ERR_PAYLOAD_CRC);
            BOOST_REQUIRE(bench.run(0, false).error == 0);
            BOOST_TEST(bench.output() == layer.expected(20));
        }
    });
}

BOOST_AUTO_TEST_CASE(a_tile_deleted_from_a_segment_is_missing_from_the_sums) {
    std::mt19937_64 random(seed + 1);
    test::play({}, accelerator::timing::timed, [&](layer_bench& bench) {
        for (unsigned i = 0; i < 20; ++i) {
            auto layer = busy_layer(random);
            const auto net = compiler::compile(layer.net, {});
            bench.load(net, layer.input);
            const auto d = get<eyeriss_descriptor>(bench, descriptor_offset(bench, net));
            const auto map = net.mappings[0].map;
            auto entry = first_segment(bench, d);
            const std::size_t words = get<std::uint16_t>(bench, entry.offset);
            auto begin = bench.memory.bytes.begin() + entry.offset;
            std::copy(begin + static_cast<std::ptrdiff_t>(2 + 3 * words), begin + entry.bytes, begin + 2);
            put(bench, entry.offset, std::uint16_t{0});
            entry.bytes -= static_cast<std::uint32_t>(3 * words);
            entry.crc32 =
                static_cast<std::uint32_t>(crc32(0, bench.memory.bytes.data() + entry.offset, entry.bytes));
            put(bench, d.weight_table_offset, entry);

            const unsigned rows = std::min(map.m0, d.m);
            const unsigned columns = std::min(map.c0, d.c) * std::min(map.s0, d.s);
            for (unsigned k = 0; k < columns; ++k) {
                for (unsigned m = 0; m < rows; ++m)
                    layer.problem.weights[first_tile_weight(layer, map, m, k)] = 0;
            }
            const auto report = bench.run();
            BOOST_REQUIRE_MESSAGE(report.error == 0, bench.dut.last_error());
            BOOST_TEST(bench.output() == layer.expected(20));
            BOOST_TEST(report.macs_nominal ==
                       layer.op().shape.macs() - std::uint64_t{rows} * columns * d.f * d.e * d.batch);
        }
    });
}

namespace {

/// 1x1 layer whose eight output rows lie side by side over both cluster columns, each column with iacts of
/// its own.
test::random_layer row_per_column_layer(std::mt19937_64& random) {
    test::random_layer layer;
    do {
        layer = test::make_random_layer(random, true);
    } while (layer.problem.groups != 1 || layer.problem.batch != 1);
    auto& p = layer.problem;
    p = {};
    p.c = 4, p.m = 8, p.h = 8, p.w = 8;
    auto op = layer.op();
    op.shape = {};
    op.shape.c = 4, op.shape.m = 8, op.shape.h = 8, op.shape.w = 8;
    op.weights.clear();
    op.bias.assign(8, 0);
    op.scale.assign(8, 1.0F);
    layer.bias.assign(8, 0);
    for (unsigned i = 0; i < 32; ++i) {
        op.weights.push_back(static_cast<std::int8_t>(random() % 255 - 127));
        p.weights.push_back(op.weights.back());
    }
    layer.input.clear();
    for (unsigned i = 0; i < 256; ++i) {
        layer.input.push_back(static_cast<std::uint8_t>(random() % 3 == 0 ? 0 : random()));
        p.x.push_back(layer.input.back());
    }
    layer.net.tensors = {{"x", 1, 4, 8, 8, compiler::dtype::u8, 1.0F, 0},
                         {"y", 1, 8, 8, 8, compiler::dtype::i32, 1.0F, 0}};
    layer.net.layers = {{"layer", {0}, 1, op}};
    return layer;
}

arch::mapping row_per_column_mapping() {
    arch::mapping map;
    map.m0 = 8;
    map.c0 = 4;
    map.horizontal.e = 8;
    return map;
}

/// Sets the one driver of an iact destination port of a cluster's configuration.
void set_port(layer_bench& b, const eyeriss_descriptor& d, std::uint32_t offset, unsigned cluster,
              unsigned port, std::uint32_t source) {
    const std::size_t words =
        offset + sizeof(eyeriss_descriptor) + std::size_t{4} * cluster * d.noc_words_per_cluster;
    for (unsigned i = 0; i < EYERISS_IACT_PORTS; ++i) {
        const unsigned bit = port * EYERISS_IACT_PORTS + i;
        auto word = get<std::uint32_t>(b, words + bit / 32 * 4);
        word = (word & ~(1U << bit % 32)) | ((source == i ? 1U : 0U) << bit % 32);
        put(b, words + bit / 32 * 4, word);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_misrouted_network_mode_feeds_the_neighbour_s_rows) {
    std::mt19937_64 random(seed + 2);
    test::play({}, accelerator::timing::timed, [&](layer_bench& bench) {
        auto layer = row_per_column_layer(random);
        compiler::compile_options options;
        options.mappings["layer"] = row_per_column_mapping();
        const auto net = compiler::compile(layer.net, {}, options);
        bench.load(net, layer.input);
        BOOST_REQUIRE(bench.run().error == 0);
        BOOST_TEST(bench.output() == layer.expected(20));

        // Grouped multicast becomes a broadcast: the western cluster's rows also go east, where the PEs take
        // them.
        const auto offset = descriptor_offset(bench, net);
        const auto d = get<eyeriss_descriptor>(bench, offset);
        for (unsigned plane = 0; plane < 3; ++plane) {
            set_port(bench, d, offset, 0, plane * EYERISS_IACT_PORTS + EYERISS_IACT_EAST, EYERISS_IACT_LOCAL);
            set_port(bench, d, offset, 1, plane * EYERISS_IACT_PORTS + EYERISS_IACT_LOCAL, EYERISS_IACT_WEST);
        }
        seal_descriptor(bench, offset);
        const auto report = bench.run();
        BOOST_REQUIRE_MESSAGE(report.error == 0, bench.dut.last_error());
        for (int c = 0; c < 4; ++c) {
            for (int y = 4; y < 8; ++y) {
                for (int x = 0; x < 8; ++x) {
                    auto& values = layer.problem.x;
                    values[static_cast<std::size_t>((c * 8 + y) * 8 + x)] =
                        values[static_cast<std::size_t>((c * 8 + y - 4) * 8 + x)];
                }
            }
        }
        BOOST_TEST(bench.output() == layer.expected(20));
        BOOST_TEST(report.iact.mesh > 0U);
    });
}

BOOST_AUTO_TEST_CASE(a_cluster_that_nobody_feeds_is_named) {
    std::mt19937_64 random(seed + 3);
    test::play({}, accelerator::timing::timed, [&](layer_bench& bench) {
        auto layer = row_per_column_layer(random);
        compiler::compile_options options;
        options.mappings["layer"] = row_per_column_mapping();
        const auto net = compiler::compile(layer.net, {}, options);
        bench.load(net, layer.input);
        const auto offset = descriptor_offset(bench, net);
        const auto d = get<eyeriss_descriptor>(bench, offset);
        for (unsigned plane = 0; plane < 3; ++plane) {
            set_port(bench, d, offset, 1, plane * EYERISS_IACT_PORTS + EYERISS_IACT_LOCAL, EYERISS_PORT_NONE);
        }
        seal_descriptor(bench, offset);
        BOOST_TEST(bench.run().error == EYERISS_ERR_NOC_CONFLICT);
        BOOST_TEST(bench.read_register(EYERISS_REG_ERROR_INFO) == 1U);
        BOOST_TEST(bench.dut.last_error().find("waits for iacts") != std::string::npos);

        // Towards the rim there is nobody: refused when the layer is configured, naming the router.
        bench.load(net, layer.input);
        set_port(bench, d, offset, 0, EYERISS_IACT_NORTH, EYERISS_IACT_LOCAL);
        seal_descriptor(bench, offset);
        BOOST_TEST(bench.run().error == EYERISS_ERR_NOC_CONFLICT);
        BOOST_TEST(bench.dut.last_error().find("leads out of the array") != std::string::npos);
    });
}

BOOST_AUTO_TEST_CASE(a_mapping_that_covers_a_part_of_a_layer_is_refused) {
    std::mt19937_64 random(seed + 4);
    test::play({}, accelerator::timing::timed, [&](layer_bench& bench) {
        for (unsigned loop = 0; loop < EYERISS_LOOPS; ++loop) {
            const auto layer = busy_layer(random);
            const auto net = compiler::compile(layer.net, {});
            bench.load(net, layer.input);
            const auto offset = descriptor_offset(bench, net);
            auto d = get<eyeriss_descriptor>(bench, offset);
            d.trips[loop] += d.trips[loop] == 1 ? 1U : -1U;
            put(bench, offset, d);
            BOOST_TEST(bench.run().error == EYERISS_ERR_DESC_CRC);
            seal_descriptor(bench, offset);
            BOOST_TEST(bench.run().error == EYERISS_ERR_COVERAGE);
        }
    });
}

namespace {

/// Narrow, so that small layers overflow.
constexpr unsigned narrow_bits = 15;

/// The sums of a layer in the machine's order, every addition saturating at narrow_bits: passes in loop
/// order, up the chain, within a PE column by column from zero.
std::vector<std::int64_t> saturating_sums(const oracle::conv_problem& p, const arch::mapping& map) {
    const auto fit = [](std::int64_t v) {
        return std::clamp<std::int64_t>(v, -(1 << (narrow_bits - 1)), (1 << (narrow_bits - 1)) - 1);
    };
    const int c0 = static_cast<int>(map.c0), s0 = static_cast<int>(map.s0);
    const int c1 = static_cast<int>(map.c1), r1 = static_cast<int>(map.r1);
    std::vector<char> loops;
    for (const auto l : map.order) {
        const char name = "gnmecrs"[static_cast<std::size_t>(l)];
        if (name == 'c' || name == 'r' || name == 's') loops.push_back(name);
    }
    const auto step = [&](char l) { return l == 'c' ? c1 * c0 : l == 'r' ? r1 : s0; };
    const auto end = [&](char l) { return l == 'c' ? p.c : l == 'r' ? p.r : p.s; };
    std::vector<std::int64_t> out;
    const int channels = p.groups * p.m;
    for (int n = 0; n < p.batch; ++n)
        for (int o = 0; o < channels; ++o)
            for (int e = 0; e < p.e(); ++e)
                for (int f = 0; f < p.f(); ++f) {
                    std::int64_t psum = 0;
                    const auto pe = [&](int cb, int r, int sb) {
                        std::int64_t sum = 0;
                        for (int s = sb; s < std::min(sb + s0, p.s); ++s)
                            for (int c = cb; c < std::min(cb + c0, p.c); ++c) {
                                const int y = e * p.stride_h + r - p.pad_top,
                                          x = f * p.stride_w + s - p.pad_left;
                                const bool inside = y >= 0 && y < p.h && x >= 0 && x < p.w;
                                const int channel = (o / p.m) * p.c + c;
                                const auto at = ((n * p.groups * p.c + channel) * p.h + y) * p.w + x;
                                const int v = inside ? p.x[static_cast<std::size_t>(at)] : p.pad_value;
                                const auto w = ((o * p.c + c) * p.r + r) * p.s + s;
                                sum = fit(sum + std::int64_t{v} * p.weights[static_cast<std::size_t>(w)]);
                            }
                        psum = fit(psum + sum);
                    };
                    int i[3] = {0, 0, 0};
                    for (i[0] = 0; i[0] < end(loops[0]); i[0] += step(loops[0]))
                        for (i[1] = 0; i[1] < end(loops[1]); i[1] += step(loops[1]))
                            for (i[2] = 0; i[2] < end(loops[2]); i[2] += step(loops[2])) {
                                int base[3];
                                for (int k = 0; k < 3; ++k)
                                    base[loops[k] == 'c' ? 0 : loops[k] == 'r' ? 1 : 2] = i[k];
                                for (int ci = 0; ci < c1; ++ci)
                                    for (int ri = 0; ri < r1; ++ri) {
                                        const int cb = base[0] + ci * c0, r = base[1] + ri;
                                        if (cb < p.c && r < p.r) pe(cb, r, base[2]);
                                    }
                            }
                    out.push_back(psum);
                }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(saturating_sums_follow_the_machine_s_order) {
    std::mt19937_64 random(seed + 5);
    arch::machine m;
    m.pe.overflow = arch::overflow_mode::saturate;
    m.pe.psum_bits = narrow_bits;
    unsigned saturated = 0;
    test::play(m, accelerator::timing::functional, [&](layer_bench& bench) {
        for (unsigned i = 0; i < 100; ++i) {
            auto layer = test::make_random_layer(random, true);
            std::fill(layer.bias.begin(), layer.bias.end(), 0);
            auto op = layer.op();
            std::fill(op.bias.begin(), op.bias.end(), 0);
            layer.net.layers[0].op = op;
            const auto net = compiler::compile(layer.net, m);
            bench.load(net, layer.input);
            const auto report = bench.run();
            BOOST_REQUIRE_MESSAGE(report.error == 0, bench.dut.last_error());
            const auto sums = saturating_sums(layer.problem, net.mappings[0].map);
            const auto bytes = bench.output();
            for (std::size_t k = 0; k < sums.size(); ++k) {
                std::int32_t value = 0;
                std::memcpy(&value, bytes.data() + 4 * k, 4);
                BOOST_REQUIRE(value == sums[k]);
            }
            saturated += report.psum_overflows > 0 ? 1U : 0U;
        }
    });
    BOOST_TEST(saturated > 20U);
}
