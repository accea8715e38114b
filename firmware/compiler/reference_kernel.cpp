#include "firmware/compiler/reference_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace eyeriss::compiler {

void multiply_plain(const patch_product& p) {
    for (std::size_t row = 0; row < p.rows; ++row) {
        const auto weights = p.weights.subspan(row * p.depth, p.depth);
        for (std::size_t position = 0; position < p.positions; ++position) {
            const auto patch = p.patches.subspan(position * p.depth, p.depth);
            std::uint32_t sum = 0;
            for (std::size_t k = 0; k < p.depth; ++k) {
                sum += static_cast<std::uint32_t>(weights[k] * patch[k]);
            }
            p.sums[row * p.sums_stride + position] = static_cast<std::int32_t>(sum);
        }
    }
}

#if defined(__x86_64__)

namespace {

__attribute__((target("avx2"))) inline std::int32_t horizontal_sum(__m256i v) {
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
    return _mm_cvtsi128_si32(half);
}

// A block of weight rows against a block of patches, all sums in registers.
template <unsigned block_rows, unsigned block_positions>
__attribute__((target("avx2"))) inline void multiply_block(const patch_product& p, std::size_t row,
                                                           std::size_t position) {
    const auto weights = p.weights.subspan(row * p.depth, block_rows * p.depth);
    const auto patches = p.patches.subspan(position * p.depth, block_positions * p.depth);
    __m256i sums[block_rows][block_positions];
    for (auto& line : sums) {
        for (auto& sum : line) sum = _mm256_setzero_si256();
    }
    for (std::size_t k = 0; k < p.depth; k += kernel_depth_step) {
        __m256i weight[block_rows];
        for (unsigned i = 0; i < block_rows; ++i) {
            const auto* from = reinterpret_cast<const __m128i*>(weights.data() + i * p.depth + k);
            weight[i] = _mm256_cvtepi8_epi16(_mm_loadu_si128(from));
        }
        for (unsigned j = 0; j < block_positions; ++j) {
            const auto* from = reinterpret_cast<const __m256i*>(patches.data() + j * p.depth + k);
            const __m256i patch = _mm256_loadu_si256(from);
            for (unsigned i = 0; i < block_rows; ++i) {
                sums[i][j] = _mm256_add_epi32(sums[i][j], _mm256_madd_epi16(weight[i], patch));
            }
        }
    }
    for (unsigned i = 0; i < block_rows; ++i) {
        for (unsigned j = 0; j < block_positions; ++j) {
            p.sums[(row + i) * p.sums_stride + position + j] = horizontal_sum(sums[i][j]);
        }
    }
}

template <unsigned block_rows>
__attribute__((target("avx2"))) inline void multiply_rows(const patch_product& p, std::size_t row) {
    std::size_t position = 0;
    for (; position + 4 <= p.positions; position += 4) multiply_block<block_rows, 4>(p, row, position);
    for (; position < p.positions; ++position) multiply_block<block_rows, 1>(p, row, position);
}

__attribute__((target("avx2"))) void multiply_avx2(const patch_product& p) {
    std::size_t row = 0;
    for (; row + 2 <= p.rows; row += 2) multiply_rows<2>(p, row);
    for (; row < p.rows; ++row) multiply_rows<1>(p, row);
}

}  // namespace

void multiply(const patch_product& p) {
    if (__builtin_cpu_supports("avx2")) {
        multiply_avx2(p);
    } else {
        multiply_plain(p);
    }
}

#else

void multiply(const patch_product& p) {
    multiply_plain(p);
}

#endif

}  // namespace eyeriss::compiler
