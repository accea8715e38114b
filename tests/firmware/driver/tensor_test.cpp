#define BOOST_TEST_MODULE driver_tensor
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <random>

#include "firmware/driver/checksum.h"
#include "firmware/driver/maps.h"
#include "firmware/driver/tensor.h"
#include "models/csc/csc.h"
#include "tests/firmware/driver/image_builder.h"

using namespace eyeriss;

namespace {

using bytes = std::vector<std::uint8_t>;

bytes random_values(std::mt19937& random, std::size_t count) {
    bytes values(count);
    const double density = std::uniform_real_distribution<>(-0.2, 1.2)(random);
    std::bernoulli_distribution present(std::clamp(density, 0.0, 1.0));
    std::uniform_int_distribution<unsigned> value(1, 255);
    for (auto& v : values) v = present(random) ? static_cast<std::uint8_t>(value(random)) : 0;
    return values;
}

/// The model's encoding of one unit, padded so that it can be read as words.
bytes model_pairs(const bytes& values, unsigned& pairs) {
    std::vector<csc::pair> encoded;
    csc::encode_segment(values, encoded);
    pairs = static_cast<unsigned>(encoded.size());
    bytes packed;
    csc::pack(encoded, packed);
    return packed;
}

}  // namespace

BOOST_AUTO_TEST_CASE(encoded_units_equal_the_models_to_the_byte) {
    for (unsigned seed = 0; seed < 500; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            std::mt19937 random(seed);
            const bytes values = random_values(random, std::uniform_int_distribution<>(1, 700)(random));
            unsigned pairs = 0;
            const bytes expected = model_pairs(values, pairs);
            bytes padded = values;
            padded.resize((values.size() + 3) / 4 * 4, 0xee);
            bytes packed(csc::packed_bytes(values.size()), 0xcc);
            BOOST_TEST(eyeriss_encode_pairs(padded.data(), static_cast<std::uint32_t>(values.size()),
                                            packed.data()) == pairs);
            packed.resize(expected.size());
            BOOST_TEST(packed == expected, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(units_that_the_models_encode_decode_to_their_values) {
    for (unsigned seed = 0; seed < 500; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            std::mt19937 random(1000 + seed);
            const bytes values = random_values(random, std::uniform_int_distribution<>(1, 700)(random));
            unsigned pairs = 0;
            const bytes packed = model_pairs(values, pairs);
            bytes decoded(values.size() + EYERISS_ROW_SLACK, 0x77);
            BOOST_TEST(eyeriss_decode_pairs(packed.data(), pairs, decoded.data(),
                                            static_cast<std::uint32_t>(values.size())) == 0);
            decoded.resize(values.size());
            BOOST_TEST(decoded == values, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(random_bytes_decode_as_the_models_decode_them_or_are_refused_as_there) {
    unsigned refused = 0;
    for (unsigned seed = 0; seed < 2000; ++seed) {
        std::mt19937 random(seed);
        std::uniform_int_distribution<unsigned> byte(0, 255);
        const unsigned count = std::uniform_int_distribution<unsigned>(1, 200)(random);
        const unsigned pairs = std::uniform_int_distribution<unsigned>(0, count)(random);
        bytes packed(csc::packed_bytes(pairs));
        for (auto& b : packed) b = static_cast<std::uint8_t>(byte(random) & (seed % 2 == 0 ? 0xffU : 0xf0U));
        bytes expected(count);
        const bool good = csc::decode_segment(csc::unpack(packed, pairs), expected);
        bytes decoded(count + EYERISS_ROW_SLACK);
        const bool accepted = eyeriss_decode_pairs(packed.data(), pairs, decoded.data(), count) == 0;
        BOOST_TEST_REQUIRE(accepted == good, "seed " << seed);
        refused += good ? 0 : 1;
        decoded.resize(count);
        BOOST_TEST_REQUIRE((!good || decoded == expected), "seed " << seed);
    }
    BOOST_TEST(refused > 100);
    BOOST_TEST(refused < 1900);
}

BOOST_AUTO_TEST_CASE(rows_are_read_whatever_the_blocks_of_the_map_are) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        const auto draw = [&](unsigned low, unsigned high) {
            return std::uniform_int_distribution<unsigned>(low, high)(random);
        };
        const csc::map_layout layout{draw(1, 2),  draw(1, 40), draw(1, 5),
                                     draw(1, 12), draw(1, 20), static_cast<csc::map_format>(draw(0, 1))};
        test::image built({{{layout}}, {}, 0, 0});
        const bytes nchw =
            random_values(random, std::size_t{layout.batch} * layout.channels * layout.height * layout.width);
        built.write(0, nchw);
        const eyeriss_map map = eyeriss_map_of(&built.tensor(0), built.bytes().data());
        const unsigned first = draw(0, layout.channels - 1);
        const unsigned count = draw(1, layout.channels - first);
        const unsigned n = draw(0, layout.batch - 1);
        const unsigned y = draw(0, layout.height - 1);
        auto row = std::make_unique<eyeriss_row>();
        auto unit = std::make_unique<eyeriss_row>();
        BOOST_TEST_REQUIRE(eyeriss_row_read(&map, n, y, first, count, row.get(), unit.get()) ==
                           EYERISS_DRIVER_OK);
        for (unsigned x = 0; x < layout.width; ++x) {
            for (unsigned i = 0; i < count; ++i) {
                const std::size_t at =
                    ((std::size_t{n} * layout.channels + first + i) * layout.height + y) * layout.width + x;
                BOOST_TEST_REQUIRE(eyeriss_row_bytes(row.get())[x * count + i] == nchw[at], "seed " << seed);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_largest_value_is_found_first_in_nchw_order) {
    const csc::map_layout layout{2, 5, 2, 3, 2, csc::map_format::csc};
    bytes nchw(60, 0x80);  // -128 as int8
    nchw[30 + 17] = 5;
    nchw[30 + 22] = 5;
    for (const std::uint32_t dtype : {EYERISS_DTYPE_I8, EYERISS_DTYPE_U8}) {
        test::image built({{{layout, dtype}}, {}, 0, 0});
        built.write(0, nchw);
        const eyeriss_map map = eyeriss_map_of(&built.tensor(0), built.bytes().data());
        std::uint32_t index = 0;
        std::int32_t value = 0;
        BOOST_TEST(eyeriss_map_argmax(&map, 1, &index, &value) == EYERISS_DRIVER_OK);
        BOOST_TEST(index == (dtype == EYERISS_DTYPE_I8 ? 17U : 0U));
        BOOST_TEST(value == (dtype == EYERISS_DTYPE_I8 ? 5 : 128));
    }
}

BOOST_AUTO_TEST_CASE(the_largest_accumulator_is_found) {
    const csc::map_layout layout{1, 3, 2, 2, 2, csc::map_format::raw32};
    test::image built({{{layout, EYERISS_DTYPE_I32}}, {}, 0, 0});
    // Unit 3: channel 2 alone, row 1; its second value is NCHW index (2*2 + 1)*2 + 1.
    const std::uint32_t unit = built.tensor(0).data_offset + 3 * built.tensor(0).unit_stride_bytes;
    for (std::uint32_t i = 0; i < layout.data_bytes() / 4; ++i) {
        built.at<std::int32_t>(built.tensor(0).data_offset + 4 * i) = -100000;
    }
    built.at<std::int32_t>(unit + 4) = -99999;
    const eyeriss_map map = eyeriss_map_of(&built.tensor(0), built.bytes().data());
    std::uint32_t index = 0;
    std::int32_t value = 0;
    BOOST_TEST(eyeriss_map_argmax(&map, 0, &index, &value) == EYERISS_DRIVER_OK);
    BOOST_TEST(index == 11U);
    BOOST_TEST(value == -99999);
}

BOOST_AUTO_TEST_CASE(the_checksum_is_zlibs) {
    const bytes check{'1', '2', '3', '4', '5', '6', '7', '8', '9'};
    BOOST_TEST(eyeriss_crc32(check.data(), 9) == 0xcbf43926U);
    std::mt19937 random(7);
    const bytes values = random_values(random, 1000);
    BOOST_TEST(eyeriss_crc32(values.data(), 1000) == test::plain_crc32(values.data(), 1000));
}
