#define BOOST_TEST_MODULE mapper
#include <boost/test/unit_test.hpp>

#include <random>

#include "firmware/compiler/mapper.h"
#include "firmware/compiler/mapper_cost.h"
#include "models/arch/tiling.h"
#include "models/csc/weight_tile.h"
#include "tests/firmware/compiler/mapper_shapes.h"

namespace {

using namespace eyeriss;
using compiler::choose_mapping;

constexpr unsigned seed = 20190412;

/// Largest compressed tile by encoding every tile of every weight segment.
unsigned largest_encoded_tile(const compiler::conv_op& op, const arch::mapping& map, const arch::machine& m) {
    const arch::tiling tiles(op.shape, map, m);
    const auto& s = op.shape;
    unsigned largest = 0;
    std::vector<std::uint8_t> bytes;
    for (std::uint32_t segment = 0; segment < tiles.weight_segments(); ++segment) {
        for (const auto& t : tiles.segment_tiles(segment)) {
            std::vector<std::int8_t> values;
            for (unsigned column = 0; column < t.s_count * t.c_count; ++column) {
                const unsigned c = t.c_begin + column % t.c_count;
                const unsigned x = t.s_begin + column / t.c_count;
                for (unsigned i = 0; i < t.m_count; ++i) {
                    const std::size_t filter = std::size_t{t.g} * s.m + t.m_begin + i;
                    values.push_back(op.weights[((filter * s.c + c) * s.r + t.r) * s.s + x]);
                }
            }
            if (values.empty()) continue;
            bytes.clear();
            const auto size = csc::encode_weight_tile(values, t.m_count, t.s_count * t.c_count, false, bytes);
            largest = std::max(largest, size.data_words);
        }
    }
    return largest;
}

/// How often each multiplication of a row of outputs is done, over all passes and PEs.
std::vector<unsigned> times_computed(const arch::layer_shape& s, const arch::mapping& map,
                                     const arch::machine& m) {
    const arch::tiling tiles(s, map, m);
    std::vector<unsigned> times(std::size_t{s.groups} * s.batch * s.e() * s.m * s.c * s.r * s.s);
    for (std::uint64_t pass = 0; pass < tiles.passes(); ++pass) {
        for (unsigned pe = 0; pe < m.noc.pes(); ++pe) {
            const unsigned cluster = pe / m.noc.pes_per_cluster();
            const unsigned inside = pe % m.noc.pes_per_cluster();
            const auto t =
                tiles.tile(tiles.index(pass), {cluster / m.noc.cluster_cols, cluster % m.noc.cluster_cols,
                                               inside / m.noc.pe_cols, inside % m.noc.pe_cols});
            if (!t) continue;
            for (unsigned i = 0; i < t->m_count; ++i) {
                for (unsigned c = 0; c < t->c_count; ++c) {
                    for (unsigned x = 0; x < t->s_count; ++x) {
                        std::size_t at = (std::size_t{t->g} * s.batch + t->n) * s.e() + t->e;
                        at = (at * s.m + t->m_begin + i) * s.c + t->c_begin + c;
                        ++times.at((at * s.r + t->r) * s.s + t->s_begin + x);
                    }
                }
            }
        }
    }
    return times;
}

void every_layer_gets_a_legal_mapping(const std::vector<test::named_shape>& layers) {
    const arch::machine m;
    std::minstd_rand random(seed);
    for (const auto& l : layers) {
        const auto op = test::random_conv(l.shape, l.weight_density, random);
        const auto map = choose_mapping(op, m, {}, l.name);
        BOOST_TEST_CONTEXT(l.name << ": " << map.text()) {
            const unsigned words = largest_encoded_tile(op, map, m);
            BOOST_TEST(arch::check(map, l.shape, m, words) == "");
            BOOST_TEST(compiler::worst_weight_words(op, map) == words);
            BOOST_TEST(compiler::check_coverage(map, l.shape, m) == "");
            BOOST_TEST(map.mapped_pes() > m.noc.pes() / 2);
        }
    }
}

/// A small layer of any kind that the importer may hand over.
arch::layer_shape random_shape(std::minstd_rand& random) {
    const auto draw = [&](unsigned low, unsigned high) {
        return low + static_cast<unsigned>(random()) % (high - low + 1);
    };
    arch::layer_shape s;
    s.groups = draw(0, 2) == 0 ? draw(2, 12) : 1;
    s.batch = draw(0, 4) == 0 ? draw(2, 3) : 1;
    s.m = draw(1, 70);
    s.c = draw(1, 50);
    s.r = draw(1, 7);
    s.s = draw(1, 7);
    s.h = draw(s.r, s.r + 12);
    s.w = draw(s.s, s.s + 12);
    s.stride_h = draw(1, 3);
    s.stride_w = draw(1, 4);
    s.pad_top = draw(0, s.r - 1);
    s.pad_bottom = draw(0, s.r - 1);
    s.pad_left = draw(0, s.s - 1);
    s.pad_right = draw(0, s.s - 1);
    return s;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_layer_of_alexnet_gets_a_legal_mapping) {
    every_layer_gets_a_legal_mapping(test::alexnet());
}

BOOST_AUTO_TEST_CASE(every_layer_of_sparse_mobilenet_gets_a_legal_mapping) {
    every_layer_gets_a_legal_mapping(test::mobilenet(16, 128, 0.55));
}

BOOST_AUTO_TEST_CASE(every_layer_of_dense_mobilenet_gets_a_legal_mapping) {
    every_layer_gets_a_legal_mapping(test::mobilenet(32, 224, 1.0));
}

BOOST_AUTO_TEST_CASE(every_layer_of_vgg16_gets_a_legal_mapping) {
    every_layer_gets_a_legal_mapping(test::vgg16());
}

BOOST_AUTO_TEST_CASE(every_layer_of_googlenet_gets_a_legal_mapping) {
    every_layer_gets_a_legal_mapping(test::googlenet());
}

BOOST_AUTO_TEST_CASE(random_layers_are_covered_exactly_once) {
    BOOST_TEST_MESSAGE("seed " << seed);
    const arch::machine m;
    std::minstd_rand random(seed);
    for (unsigned i = 0; i < 200; ++i) {
        const auto shape = random_shape(random);
        const double density = static_cast<double>(random() % 101) / 100;
        const auto op = test::random_conv(shape, density, random);
        const auto map = choose_mapping(op, m, {density});
        BOOST_TEST_CONTEXT("layer " << i << ": " << map.text()) {
            BOOST_TEST(arch::check(map, shape, m, largest_encoded_tile(op, map, m)) == "");
            BOOST_TEST(compiler::check_coverage(map, shape, m) == "");
            const auto times = times_computed(shape, map, m);
            BOOST_TEST(std::all_of(times.begin(), times.end(), [](unsigned n) { return n == 1; }));
        }
    }
}

BOOST_AUTO_TEST_CASE(random_layers_fit_machines_of_other_shapes) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::minstd_rand random(seed);
    for (unsigned i = 0; i < 60; ++i) {
        arch::machine m;
        m.noc.cluster_rows = 1 + i % 5;
        m.noc.cluster_cols = 1 + i % 4;
        m.noc.pe_rows = 1 + i % 6;
        m.noc.pe_cols = 1 + i % 5;
        m.pe.psum_entries = i % 2 == 0 ? 32 : 7;
        m.pe.weight_words = i % 3 == 0 ? 11 : 96;
        if (i % 4 == 0) m.control.feature_maps = arch::compression::raw;
        const auto shape = random_shape(random);
        const auto op = test::random_conv(shape, 0.7, random);
        const auto map = choose_mapping(op, m, {});
        BOOST_TEST_CONTEXT("layer " << i << ": " << map.text()) {
            BOOST_TEST(arch::check(map, shape, m, largest_encoded_tile(op, map, m)) == "");
            BOOST_TEST(compiler::check_coverage(map, shape, m) == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(the_same_layer_gets_the_same_mapping) {
    std::minstd_rand random(seed);
    const auto op = test::random_conv(test::conv(96, 256, 27, 5, 1, 2, 2), 0.4, random);
    const auto first = choose_mapping(op, {}, {});
    BOOST_TEST((first == choose_mapping(op, {}, {})));
}

BOOST_AUTO_TEST_CASE(tile_sizes_count_runs_broken_by_a_stored_zero) {
    compiler::conv_op op;
    op.shape = test::conv(1, 64, 1, 1);
    op.weights.assign(64, 0);
    op.weights[15] = 1;  // fifteen zeros before it fit the count
    BOOST_TEST(compiler::weight_profile(op.shape, op.weights).column_words(32)[0] == 1U);
    op.weights[31] = 1;  // fifteen more
    op.weights[48] = 1;  // sixteen before it in the second tile: a zero is stored and fills the word
    BOOST_TEST(compiler::weight_profile(op.shape, op.weights).column_words(32)[1] == 1U);
    op.weights[63] = 1;
    const auto words = compiler::weight_profile(op.shape, op.weights).column_words(32);
    BOOST_TEST(words[0] == 1U);
    BOOST_TEST(words[1] == 2U);
}

BOOST_AUTO_TEST_CASE(column_sizes_are_those_of_the_codec) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::minstd_rand random(seed);
    for (const unsigned m0 : {1U, 5U, 16U, 17U, 31U, 32U, 48U, 64U}) {
        const arch::layer_shape shape = test::conv(7, 150, 3, 3);
        const auto weights = test::random_weights(shape, 0.04, random);
        const auto words = compiler::weight_profile(shape, weights).column_words(m0);
        const std::size_t columns = std::size_t{shape.c} * shape.r * shape.s;
        for (std::size_t i = 0; i < words.size(); ++i) {
            std::vector<std::int8_t> column;
            const std::size_t first = i / columns * m0;
            for (std::size_t channel = first; channel < std::min<std::size_t>(first + m0, shape.m);
                 ++channel) {
                column.push_back(weights[channel * columns + i % columns]);
            }
            BOOST_REQUIRE(words[i] == csc::column_words(column));
        }
    }
}

BOOST_AUTO_TEST_CASE(no_estimate_beats_the_lanes) {
    std::minstd_rand random(seed);
    const arch::machine m;
    for (const auto& l : test::mobilenet(16, 128, 0.5)) {
        const auto op = test::random_conv(l.shape, l.weight_density, random);
        const compiler::density_hint hint{0.7};
        const auto map = choose_mapping(op, m, hint);
        const compiler::weight_profile profile(op.shape, op.weights);
        const auto tiles = profile.tiles(profile.column_words(map.m0), map.m0, map.c0, map.s0);
        const double effectual = static_cast<double>(l.shape.macs()) * profile.density() * hint.iacts;
        const auto cost = compiler::estimate_cost(map, l.shape, m, tiles, hint);
        BOOST_TEST(cost.cycles >= effectual / (m.noc.pes() * m.pe.macs), l.name << " " << map.text());
    }
}

BOOST_AUTO_TEST_CASE(dense_weights_are_stored_raw_where_that_is_cheaper) {
    std::minstd_rand random(seed);
    const auto shape = test::conv(256, 512, 7, 1);
    const auto dense = test::random_conv(shape, 1.0, random);
    BOOST_TEST(choose_mapping(dense, {}, {}, "dense", compiler::weight_coding::automatic).weight_dense);
    BOOST_TEST(!choose_mapping(dense, {}, {}, "dense").weight_dense);
    const auto sparse = test::random_conv(shape, 0.2, random);
    BOOST_TEST(!choose_mapping(sparse, {}, {}, "sparse", compiler::weight_coding::automatic).weight_dense);
}

BOOST_AUTO_TEST_CASE(a_chain_that_lost_its_clusters_does_not_cover) {
    const auto shape = test::conv(18, 8, 4, 1);
    arch::mapping map;
    map.m0 = 8;
    map.c0 = 3;
    map.c1 = 6;
    map.chain_clusters = 2;
    BOOST_TEST(compiler::check_coverage(map, shape, {}) == "");
    map.chain_clusters = 1;
    BOOST_TEST(compiler::check_coverage(map, shape, {}) ==
               "its tiles make 1152 of the layer's 2304 multiplications");
}

BOOST_AUTO_TEST_CASE(a_layer_without_a_mapping_is_refused_by_name_and_rule) {
    compiler::conv_op op;
    op.shape = test::conv(1, 1, 1, 1);
    op.shape.w = 2000;
    op.weights = {1};
    try {
        (void)choose_mapping(op, {}, {}, "wide");
        BOOST_FAIL("a row of 2000 iacts fits no bank of 512 words");
    } catch (const compiler::compile_error& error) {
        const std::string text = error.what();
        BOOST_TEST(text.find("layer 'wide'") == 0U);
        BOOST_TEST(text.find("smallest tile, M0=1 C0=1 S0=1") != std::string::npos);
        BOOST_TEST(text.find("GLB bank") != std::string::npos, text);
    }
}
