#include "firmware/compiler/density.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "models/csc/csc.h"

namespace eyeriss::compiler {

namespace {

constexpr unsigned mask_bits = 64;
constexpr unsigned breaking_run = csc::max_run + 1;  ///< zeros that one explicitly stored zero stands for

/// Pairs of a column from the pattern of its non-zero values, by walking over them.
unsigned pairs_with_runs(std::uint64_t pattern) {
    unsigned pairs = 0;
    unsigned next = 0;
    while (pattern != 0) {
        const auto position = static_cast<unsigned>(std::countr_zero(pattern));
        pairs += 1 + (position - next) / breaking_run;
        next = position + 1;
        pattern &= pattern - 1;
    }
    return pairs;
}

/// Data words of a column; quick unless a zero follows `breaking_run` others, which is rare.
std::uint8_t words_of(std::uint64_t pattern) {
    std::uint64_t near = pattern << 1;  // positions with a non-zero value among the 16 before them
    for (const unsigned shift : {1U, 2U, 4U, 8U}) near |= near << shift;
    const std::uint64_t after_a_run = pattern & ~near & (~std::uint64_t{0} << breaking_run);
    const unsigned pairs =
        after_a_run == 0 ? static_cast<unsigned>(std::popcount(pattern)) : pairs_with_runs(pattern);
    return static_cast<std::uint8_t>((pairs + 1) / 2);
}

unsigned ceil_div(unsigned a, unsigned b) {
    return (a + b - 1) / b;
}

}  // namespace

weight_profile::weight_profile(const arch::layer_shape& shape, std::span<const std::int8_t> weights)
    : shape_(shape),
      columns_(std::size_t{shape.c} * shape.r * shape.s),
      blocks_(ceil_div(shape.m, mask_bits)),
      masks_(columns_ * blocks_ * shape.groups) {
    std::uint64_t nonzero = 0;
    for (unsigned g = 0; g < shape.groups; ++g) {
        for (unsigned m = 0; m < shape.m; ++m) {
            const std::int8_t* const row = weights.data() + (std::size_t{g} * shape.m + m) * columns_;
            std::uint64_t* const masks =
                masks_.data() + (std::size_t{g} * blocks_ + m / mask_bits) * columns_;
            const unsigned bit = m % mask_bits;
            for (std::size_t k = 0; k < columns_; ++k) {
                masks[k] |= std::uint64_t{row[k] != 0} << bit;
            }
        }
    }
    for (const std::uint64_t mask : masks_) nonzero += static_cast<unsigned>(std::popcount(mask));
    density_ = weights.empty() ? 0.0 : static_cast<double>(nonzero) / static_cast<double>(weights.size());
}

std::vector<std::uint8_t> weight_profile::column_words(unsigned m0) const {
    const unsigned m_tiles = ceil_div(shape_.m, m0);
    const std::uint64_t tile_mask = m0 >= mask_bits ? ~std::uint64_t{0} : (std::uint64_t{1} << m0) - 1;
    std::vector<std::uint8_t> words(columns_ * m_tiles * shape_.groups);
    auto out = words.begin();
    for (unsigned g = 0; g < shape_.groups; ++g) {
        for (unsigned tile = 0; tile < m_tiles; ++tile) {
            const unsigned first = tile * m0;
            const unsigned shift = first % mask_bits;
            const std::uint64_t* const low =
                masks_.data() + (std::size_t{g} * blocks_ + first / mask_bits) * columns_;
            const bool straddles = shift + m0 > mask_bits && first / mask_bits + 1 < blocks_;
            const std::uint64_t* const high = straddles ? low + columns_ : nullptr;
            for (std::size_t k = 0; k < columns_; ++k) {
                std::uint64_t pattern = low[k] >> shift;
                if (straddles) pattern |= high[k] << (mask_bits - shift);
                *out++ = words_of(pattern & tile_mask);
            }
        }
    }
    return words;
}

tile_statistics weight_profile::tiles(std::span<const std::uint8_t> words, unsigned m0, unsigned c0,
                                      unsigned s0) const {
    const unsigned m_tiles = ceil_div(shape_.m, m0) * shape_.groups;
    const unsigned s_tiles = ceil_div(shape_.s, s0);
    std::vector<unsigned> sums(std::size_t{shape_.r} * s_tiles), tile_of(std::size_t{shape_.r} * shape_.s);
    for (unsigned k = 0; k < shape_.r * shape_.s; ++k)
        tile_of[k] = k / shape_.s * s_tiles + k % shape_.s / s0;
    tile_statistics result;
    std::uint64_t total = 0;
    std::uint64_t squares = 0;
    const std::uint8_t* word = words.data();
    for (unsigned tile = 0; tile < m_tiles; ++tile) {
        for (unsigned c = 0; c < shape_.c; c += c0) {
            std::fill(sums.begin(), sums.end(), 0U);
            const unsigned channels = std::min(c0, shape_.c - c);
            for (unsigned i = 0; i < channels; ++i) {
                for (const unsigned to : tile_of) sums[to] += *word++;
            }
            for (const unsigned sum : sums) {
                result.largest = std::max(result.largest, sum);
                total += sum;
                squares += std::uint64_t{sum} * sum;
            }
            result.tiles += sums.size();
        }
    }
    const auto count = static_cast<double>(result.tiles);
    result.mean = static_cast<double>(total) / count;
    result.deviation =
        std::sqrt(std::max(0.0, static_cast<double>(squares) / count - result.mean * result.mean));
    return result;
}

}  // namespace eyeriss::compiler
