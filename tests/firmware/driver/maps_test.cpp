#define BOOST_TEST_MODULE driver_maps
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <vector>

#include "firmware/driver/checksum.h"
#include "firmware/driver/maps.h"
#include "tests/firmware/driver/image_builder.h"

using namespace eyeriss;

namespace {

struct bench {
    csc::map_layout layout;
    test::image built;

    bench(const csc::map_layout& l, std::uint32_t dtype)
        : layout(l), built(test::network_spec{{{l, dtype}}, {}, 0, 0}) {}
    [[nodiscard]] eyeriss_map map() { return eyeriss_map_of(&built.tensor(0), built.bytes().data()); }
};

csc::map_layout random_layout(std::mt19937& random, csc::map_format format) {
    const auto pick = [&](unsigned low, unsigned high) {
        return std::uniform_int_distribution<unsigned>(low, high)(random);
    };
    const unsigned channels = pick(1, 20);
    return {pick(1, 3), channels, pick(1, 5), pick(1, 9), pick(1, channels), format};
}

std::vector<std::uint8_t> random_bytes(std::mt19937& random, std::size_t count) {
    std::bernoulli_distribution present(std::uniform_real_distribution<>(0.0, 1.0)(random));
    std::uniform_int_distribution<unsigned> value(1, 255);
    std::vector<std::uint8_t> out(count);
    for (auto& v : out) v = present(random) ? static_cast<std::uint8_t>(value(random)) : 0;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(written_maps_are_what_the_models_read_and_the_other_way_round) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            std::mt19937 random(seed);
            const auto format = seed % 2 == 0 ? csc::map_format::csc : csc::map_format::raw8;
            bench b(random_layout(random, format), EYERISS_DTYPE_I8);
            const auto map = b.map();
            const std::size_t one = eyeriss_map_bytes(&map);
            BOOST_TEST(one == eyeriss_map_values(&map));
            const auto values = random_bytes(random, one * b.layout.batch);
            for (unsigned n = 0; n < b.layout.batch; ++n) eyeriss_map_write(&map, n, values.data() + n * one);
            BOOST_TEST(b.built.read(0) == values, boost::test_tools::per_element());

            const auto others = random_bytes(random, values.size());
            b.built.write(0, others);
            std::vector<std::uint8_t> found(values.size());
            for (unsigned n = 0; n < b.layout.batch; ++n) {
                BOOST_TEST(eyeriss_map_read(&map, n, found.data() + n * one) == EYERISS_DRIVER_OK);
            }
            BOOST_TEST(found == others, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(rows_longer_than_the_drivers_memory_pass_too) {
    bench b({1, 16, 1, 4000, 16, csc::map_format::csc}, EYERISS_DTYPE_U8);
    std::mt19937 random(1);
    const auto map = b.map();
    auto values = random_bytes(random, eyeriss_map_bytes(&map));
    std::replace(values.begin(), values.end(), std::uint8_t{255}, std::uint8_t{254});
    values[50'000] = 255;
    eyeriss_map_write(&map, 0, values.data());
    BOOST_TEST(b.built.read(0) == values, boost::test_tools::per_element());
    std::uint32_t index = 0;
    std::int32_t value = 0;
    BOOST_TEST(eyeriss_map_argmax(&map, 0, &index, &value) == EYERISS_DRIVER_OK);
    BOOST_TEST(index == 50'000U);
    BOOST_TEST(value == 255);
}

BOOST_AUTO_TEST_CASE(accumulators_are_written_and_read_whole) {
    bench b({2, 3, 2, 5, 2, csc::map_format::raw32}, EYERISS_DTYPE_I32);
    const auto map = b.map();
    BOOST_TEST(eyeriss_map_bytes(&map) == 4U * 30U);
    std::vector<std::int32_t> values(60), found(60);
    for (int i = 0; i < 60; ++i) values[static_cast<std::size_t>(i)] = (i - 30) * 1'000'003;
    for (unsigned n = 0; n < 2; ++n) {
        eyeriss_map_write(&map, n, values.data() + 30 * n);
        BOOST_TEST(eyeriss_map_read(&map, n, found.data() + 30 * n) == EYERISS_DRIVER_OK);
    }
    BOOST_TEST(found == values, boost::test_tools::per_element());
    std::uint32_t index = 0;
    std::int32_t value = 0;
    BOOST_TEST(eyeriss_map_argmax(&map, 0, &index, &value) == EYERISS_DRIVER_OK);
    BOOST_TEST(index == 29U);
    BOOST_TEST(value == -1'000'003);
}

BOOST_AUTO_TEST_CASE(units_that_do_not_decode_are_refused) {
    bench b({1, 4, 1, 4, 4, csc::map_format::csc}, EYERISS_DTYPE_U8);
    std::vector<std::uint8_t> values(16, 1);
    const auto map = b.map();
    const auto& tensor = b.built.tensor(0);
    const auto refused = [&] {
        std::uint32_t index = 0;
        std::int32_t value = 0;
        std::vector<std::uint8_t> found(16);
        BOOST_TEST(eyeriss_map_argmax(&map, 0, &index, &value) == eyeriss_map_read(&map, 0, found.data()));
        return eyeriss_map_read(&map, 0, found.data()) == EYERISS_DRIVER_TENSOR_DATA;
    };
    b.built.write(0, values);
    BOOST_TEST(!refused());
    b.built.at<std::uint16_t>(tensor.table_offset) = 17;  // more pairs than values
    BOOST_TEST(refused());
    b.built.write(0, values);
    b.built.bytes().at(tensor.data_offset) |= 1U;  // one zero more, and the last value lies outside
    BOOST_TEST(refused());
}

BOOST_AUTO_TEST_CASE(the_checksum_is_that_of_counts_and_stored_bytes_and_of_nothing_behind_them) {
    for (const auto format : {csc::map_format::csc, csc::map_format::raw8, csc::map_format::raw32}) {
        const bool wide = format == csc::map_format::raw32;
        bench b({2, 5, 2, 3, 4, format}, wide ? EYERISS_DTYPE_I32 : EYERISS_DTYPE_U8);
        const auto map = b.map();
        std::vector<std::int32_t> values(30, 9);
        for (unsigned n = 0; n < 2; ++n) eyeriss_map_write(&map, n, values.data());
        const std::uint32_t before = eyeriss_map_checksum(&map);
        std::vector<std::uint8_t> stored;
        const auto& t = b.built.tensor(0);
        std::vector<std::size_t> last;  // byte behind each unit's last
        for (unsigned unit = 0; unit < 8; ++unit) {
            const std::size_t held = (unit / 2) % 2 == 0 ? 4 : 1;  // blocks of 4 channels and 1
            std::size_t count = held * 3 * (wide ? 4 : 1);
            if (format == csc::map_format::csc) {
                const auto at = t.table_offset + 2 * unit;
                const std::size_t pairs = b.built.at<std::uint16_t>(at);
                stored.insert(stored.end(), b.built.bytes().begin() + at, b.built.bytes().begin() + at + 2);
                count = (3 * pairs + 1) / 2;
            }
            const auto begin = b.built.bytes().begin() + t.data_offset + unit * t.unit_stride_bytes;
            stored.insert(stored.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
            last.push_back(t.data_offset + unit * t.unit_stride_bytes + count);
        }
        BOOST_TEST(before == test::plain_crc32(stored.data(), stored.size()));
        if (last[1] < t.data_offset + 2 * t.unit_stride_bytes) b.built.bytes().at(last[1]) ^= 0xffU;
        BOOST_TEST(eyeriss_map_checksum(&map) == before);
        b.built.bytes().at(last[1] - 1) ^= 1U;
        BOOST_TEST(eyeriss_map_checksum(&map) != before);
    }
}

BOOST_AUTO_TEST_CASE(a_pair_count_out_of_range_has_a_checksum_too) {
    bench b({1, 4, 1, 4, 4, csc::map_format::csc}, EYERISS_DTYPE_U8);
    b.built.write(0, std::vector<std::uint8_t>(16, 1));
    const auto map = b.map();
    const std::uint32_t before = eyeriss_map_checksum(&map);
    b.built.at<std::uint16_t>(b.built.tensor(0).table_offset) = 0xffff;
    BOOST_TEST(eyeriss_map_checksum(&map) != before);
}
