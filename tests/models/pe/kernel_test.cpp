#define BOOST_TEST_MODULE pe_kernel
#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

#include "models/csc/weight_tile.h"
#include "models/pe/contents.h"
#include "models/pe/kernel.h"

using namespace eyeriss;

namespace {

/// Seeded operands of one PE: a row of iacts, a weight tile as it is decoded, psums from below.
struct random_row {
    std::mt19937_64 random;
    unsigned windows, step, columns, rows, bits;
    std::vector<std::int16_t> iacts;
    pe::weight_load load;
    std::vector<std::int32_t> psums;

    explicit random_row(std::uint64_t seed)
        : random(seed),
          windows(draw(1, 40)),
          step(draw(1, 16)),
          columns(draw(1, 40)),
          rows(draw(1, 70)),
          bits(draw(12, 32)) {
        const unsigned percent = draw(0, 100);
        const auto value = [&] { return draw(1, 100) <= percent ? static_cast<int>(draw(0, 255)) - 128 : 0; };
        iacts.resize(std::size_t{windows - 1} * step + columns + 2);
        for (auto& i : iacts) i = static_cast<std::int16_t>(value());
        std::vector<std::int8_t> weights(std::size_t{rows} * columns);
        for (auto& w : weights) w = static_cast<std::int8_t>(value());
        std::vector<std::uint8_t> bytes;
        csc::encode_weight_tile(weights, rows, columns, true, bytes);
        BOOST_TEST_REQUIRE(csc::decode_weight_tile(bytes, rows, columns, true, load.tile) != 0U);
        load.prepare(2);
        const std::int64_t high = std::int64_t{1} << (bits - 1);
        std::uniform_int_distribution<std::int64_t> psum(-high, high - 1);
        psums.resize(std::size_t{windows} * rows);
        for (auto& p : psums) p = static_cast<std::int32_t>(psum(random));
    }
    unsigned draw(unsigned low, unsigned high) {
        return std::uniform_int_distribution<unsigned>(low, high)(random);
    }
    [[nodiscard]] pe::row_job job() const {
        return {iacts.data(), windows, step, columns, load.interleaved.data(), rows, load.tile.padded_rows};
    }
    /// By 64-bit sums of the values themselves; counts the results that do not fit.
    std::uint64_t expect(std::vector<std::int32_t>& sums) const {
        std::uint64_t overflows = 0;
        for (unsigned f = 0; f < windows; ++f) {
            for (unsigned m = 0; m < rows; ++m) {
                std::int64_t sum = sums[std::size_t{f} * rows + m];
                for (unsigned k = 0; k < columns; ++k)
                    sum += std::int64_t{iacts[std::size_t{f} * step + k]} *
                           load.tile.values[std::size_t{k} * load.tile.padded_rows + m];
                const std::int64_t high = std::int64_t{1} << (bits - 1);
                if (sum >= high || sum < -high) ++overflows;
                const auto wrapped = ((sum + high) & (2 * high - 1)) - high;
                sums[std::size_t{f} * rows + m] = static_cast<std::int32_t>(wrapped);
            }
        }
        return overflows;
    }
};

template <typename Kernel>
void check_against_sums_in_64_bits(Kernel kernel, std::uint64_t seed) {
    BOOST_TEST_MESSAGE("seed " << seed);
    for (unsigned i = 0; i < 300; ++i) {
        random_row row(seed + i);
        std::vector<std::int32_t> expected = row.psums;
        std::uint64_t overflows = row.expect(expected);
        // Two 32-bit psums that overflow wrap unseen: nothing is left to compare with.
        const auto found = kernel(row.job(), row.psums.data(), row.bits);
        BOOST_TEST_CONTEXT("row " << i << ": " << row.windows << " windows, " << row.rows << " rows, "
                                  << row.columns << " columns, " << row.bits << " bits") {
            if (row.bits < 32) BOOST_TEST(found == overflows);
            BOOST_TEST(row.psums == expected, boost::test_tools::per_element());
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(sums_of_random_rows_equal_sums_in_64_bits_whatever_the_shape) {
    check_against_sums_in_64_bits(pe::accumulate_row, 20261121);
}

BOOST_AUTO_TEST_CASE(the_plain_kernel_equals_sums_in_64_bits_as_well) {
    check_against_sums_in_64_bits(pe::accumulate_row_plain, 20261122);
}

BOOST_AUTO_TEST_CASE(sums_by_column_equal_a_walk_over_windows_and_columns) {
    constexpr std::uint64_t seed = 20261123;
    BOOST_TEST_MESSAGE("seed " << seed);
    for (unsigned i = 0; i < 200; ++i) {
        random_row row(seed + i);
        const unsigned macs = row.draw(1, 2);
        row.load.prepare(macs);
        pe::iact_operands iacts;
        iacts.segment_values = row.step;
        iacts.segments = row.windows + (row.columns + row.step - 1) / row.step - 1;
        row.iacts.resize(std::size_t{iacts.segments} * row.step + 2);
        iacts.dense = row.draw(0, 1) != 0;
        iacts.inside_begin = row.draw(0, row.step);
        iacts.inside_end = static_cast<unsigned>(row.iacts.size()) - 2 - row.draw(0, row.step - 1);
        iacts.index(row.iacts, 24);
        iacts.count_hits(row.windows, row.columns);
        pe::row_sums expected;
        for (unsigned f = 0; f < row.windows; ++f) {
            for (unsigned k = 0; k < row.columns; ++k) {
                const std::size_t at = std::size_t{f} * row.step + k;
                if (row.iacts[at] == 0) continue;
                const auto& c = row.load.tile.column_counts[k];
                ++expected.hits;
                expected.inside += at >= iacts.inside_begin && at < iacts.inside_end ? c.nonzero : 0U;
                expected.weights.nonzero += c.nonzero;
                expected.weights.stored += c.stored;
                expected.weights.words += c.words();
                expected.weights.both += macs == 1 ? 0U : c.both;
                expected.weights.single += macs == 1 ? c.nonzero : c.single;
            }
        }
        const auto found = pe::sum_row(iacts, row.load);
        BOOST_TEST_CONTEXT("row " << i) {
            BOOST_TEST(found.hits == expected.hits);
            BOOST_TEST(found.inside == expected.inside);
            BOOST_TEST(found.weights.nonzero == expected.weights.nonzero);
            BOOST_TEST(found.weights.stored == expected.weights.stored);
            BOOST_TEST(found.weights.words == expected.weights.words);
            BOOST_TEST(found.weights.both == expected.weights.both);
            BOOST_TEST(found.weights.single == expected.weights.single);
        }
    }
}
