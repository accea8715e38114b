#define BOOST_TEST_MODULE csc
#include "models/csc/csc.h"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "models/csc/feature_map.h"
#include "models/csc/weight_tile.h"

using namespace eyeriss::csc;
using bytes = std::vector<std::uint8_t>;

namespace {

/// Bytes of which about one in `rarity` is not zero.
rc::Gen<bytes> sparse_bytes(std::size_t size, unsigned rarity) {
    return rc::gen::container<bytes>(
        size, rc::gen::map(rc::gen::pair(rc::gen::inRange(0U, rarity), rc::gen::inRange<unsigned>(1, 256)),
                           [](const std::pair<unsigned, unsigned>& p) {
                               return static_cast<std::uint8_t>(p.first == 0 ? p.second : 0);
                           }));
}

/// rapidcheck prints its seed and the smallest counterexample; RC_PARAMS sets another seed.
template <typename Property>
bool holds(const char* name, Property property) {
    return rc::check(name, property);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_paper_s_example_encodes_to_its_figures) {
    // 4 x 8 matrix of the paper's figure, letters as 1..12.
    bytes m(32);
    const auto set = [&m](unsigned row, unsigned col, std::uint8_t v) { m[col * 4 + row] = v; };
    set(1, 0, 1), set(2, 0, 2), set(0, 1, 3), set(1, 1, 4), set(3, 1, 5), set(2, 2, 6);
    set(3, 4, 7), set(1, 5, 8), set(3, 5, 9), set(0, 7, 10), set(1, 7, 11), set(2, 7, 12);
    const matrix csc = encode(m, 4, 8);
    // The paper's addresses 0,2,5,6,6,7,9,9,12 without the implied first start.
    const std::vector<std::uint32_t> ends{2, 5, 6, 6, 7, 9, 9, 12};
    BOOST_TEST(csc.ends == ends, boost::test_tools::per_element());
    const bytes counts{1, 0, 0, 0, 1, 2, 3, 1, 1, 0, 0, 0};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        BOOST_TEST(csc.pairs[i].zeros == counts[i]);
        BOOST_TEST(csc.pairs[i].value == i + 1);
    }
    BOOST_TEST(validate(csc).empty());
    BOOST_TEST(decode(csc) == m);

    // The same as a weight tile: ends count 24-bit words with odd columns padded, 0 1 3 4 4 5 6 6 8 in the
    // paper.
    std::vector<std::int8_t> weights(m.begin(), m.end());
    bytes tile_bytes;
    const auto size = encode_weight_tile(weights, 4, 8, false, tile_bytes);
    BOOST_TEST(size.data_words == 8U);
    BOOST_TEST(size.address_words == 3U);
    weight_tile tile;
    BOOST_TEST(decode_weight_tile(tile_bytes, 4, 8, false, tile) == tile_bytes.size());
    unsigned empty = 0;
    for (const auto& c : tile.column_counts) empty += c.words() == 0 ? 1U : 0U;
    BOOST_TEST(empty == 2U);
}

BOOST_AUTO_TEST_CASE(any_matrix_survives_encoding) {
    BOOST_TEST(holds("decode(encode(m)) == m", [] {
        const auto rows = *rc::gen::inRange(1U, 65U);
        const auto columns = *rc::gen::inRange(0U, 20U);
        const bytes m = *sparse_bytes(std::size_t{rows} * columns, *rc::gen::inRange(1U, 60U));
        const matrix csc = encode(m, rows, columns);
        RC_ASSERT(validate(csc).empty());
        RC_ASSERT(decode(csc) == m);
        bytes packed;
        pack(csc.pairs, packed);
        RC_ASSERT(packed.size() == packed_bytes(csc.pairs.size()));
        RC_ASSERT(unpack(packed, csc.pairs.size()) == csc.pairs);
    }));
}

BOOST_AUTO_TEST_CASE(runs_longer_than_fifteen_store_an_explicit_zero) {
    for (const unsigned zeros : {15U, 16U, 31U, 32U, 33U, 100U}) {
        bytes segment(zeros, 0);
        segment.push_back(9);
        std::vector<pair> pairs;
        encode_segment(segment, pairs);
        BOOST_TEST(pairs.size() == zeros / 16 + 1);
        bytes back(segment.size());
        BOOST_TEST(decode_segment(pairs, back));
        BOOST_TEST(back == segment);
    }
    std::vector<pair> none;
    encode_segment(bytes(200, 0), none);
    BOOST_TEST(none.empty());
}

BOOST_AUTO_TEST_CASE(broken_matrices_are_named) {
    matrix m = encode(bytes{0, 1, 2, 0, 0, 3}, 3, 2);
    m.ends[1] = 1;
    BOOST_TEST(validate(m).find("column 1") != std::string::npos);
    m = encode(bytes{0, 1, 2, 0, 0, 3}, 3, 2);
    m.pairs[2].zeros = 3;
    BOOST_TEST(validate(m).find("beyond") != std::string::npos);
    m.pairs[2] = {1, 0};
    BOOST_TEST(validate(m).find("stores a zero") != std::string::npos);
    bytes out(3);
    BOOST_TEST(!decode_segment(std::vector<pair>{{3, 1}}, out));
}

BOOST_AUTO_TEST_CASE(any_weight_tile_survives_encoding) {
    BOOST_TEST(holds("decode_weight_tile(encode_weight_tile(t)) == t", [] {
        const auto rows = *rc::gen::inRange(1U, 33U);
        const auto columns = *rc::gen::inRange(1U, 17U);
        const bytes raw = *sparse_bytes(std::size_t{rows} * columns, *rc::gen::inRange(4U, 80U));
        const std::vector<std::int8_t> weights(raw.begin(), raw.end());
        const bool dense = *rc::gen::arbitrary<bool>();
        bytes encoded{0xff};  // tiles lie back to back: what stands before must not matter
        const auto size = encode_weight_tile(weights, rows, columns, dense, encoded);
        RC_PRE(size.data_words < 128U || dense);
        weight_tile tile;
        const auto used = decode_weight_tile(std::span(encoded).subspan(1), rows, columns, dense, tile);
        RC_ASSERT(used == encoded.size() - 1);
        unsigned words = 0;
        for (unsigned k = 0; k < columns; ++k) {
            const auto column = std::span(weights).subspan(std::size_t{k} * rows, rows);
            unsigned nonzero = 0;
            for (unsigned i = 0; i < rows; ++i) {
                RC_ASSERT(tile.values[std::size_t{k} * tile.padded_rows + i] == column[i]);
                nonzero += column[i] != 0 ? 1U : 0U;
            }
            RC_ASSERT(tile.column_counts[k].nonzero == nonzero);
            const auto counted = count_column(column, dense);
            RC_ASSERT(tile.column_counts[k].both == counted.both);
            RC_ASSERT(tile.column_counts[k].single == counted.single);
            RC_ASSERT(tile.column_counts[k].stored_zero == counted.stored_zero);
            RC_ASSERT(tile.column_counts[k].nonzero == counted.nonzero);
            RC_ASSERT(tile.column_counts[k].stored == counted.stored);
            if (!dense) RC_ASSERT(tile.column_counts[k].words() == column_words(column));
            words += tile.column_counts[k].words();
        }
        if (!dense) RC_ASSERT(words == size.data_words);
        // Cut short, it is refused.
        weight_tile cut;
        RC_ASSERT(decode_weight_tile(std::span(encoded).subspan(1, used - 1), rows, columns, dense, cut) ==
                  0U);
    }));
}

BOOST_AUTO_TEST_CASE(any_feature_map_survives_encoding_in_every_format) {
    BOOST_TEST(holds("decode_map(encode_map(t)) == t", [] {
        map_layout layout;
        layout.batch = *rc::gen::inRange(1U, 3U);
        layout.channels = *rc::gen::inRange(1U, 40U);
        layout.height = *rc::gen::inRange(1U, 6U);
        layout.width = *rc::gen::inRange(1U, 9U);
        layout.block_channels = *rc::gen::inRange(1U, std::min(layout.channels, 16U) + 1);
        layout.format = *rc::gen::element(map_format::csc, map_format::raw8);
        const std::size_t values = std::size_t{layout.batch} * layout.channels * layout.height * layout.width;
        const bytes map = *sparse_bytes(values, *rc::gen::inRange(1U, 50U));
        auto encoded = encode_map(layout, map);
        RC_ASSERT(encoded.data.size() == layout.data_bytes());
        bytes back(values);
        RC_ASSERT(decode_map(layout, encoded.data, encoded.table, back).empty());
        RC_ASSERT(back == map);
        if (layout.format == map_format::csc) {
            encoded.table[0] = encoded.table[1] = 0xff;
            RC_ASSERT(decode_map(layout, encoded.data, encoded.table, back).find("unit 0") == 0);
        }
    }));
}
