#include "models/pe/kernel.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace eyeriss::pe {

std::uint64_t accumulate_row_plain(const row_job& job, std::int32_t* psums, unsigned psum_bits) {
    const unsigned shift = 32 - psum_bits;
    std::uint64_t overflows = 0;
    for (unsigned f = 0; f < job.windows; ++f) {
        const std::int16_t* window = job.row + std::size_t{f} * job.step;
        for (unsigned m = 0; m < job.rows; ++m, ++psums) {
            auto sum = static_cast<std::uint32_t>(*psums);
            for (unsigned k = 0; k < job.columns; ++k) {
                const std::size_t at = (std::size_t{k / 2} * job.padded_rows + m) * 2 + k % 2;
                sum += static_cast<std::uint32_t>(std::int32_t{window[k]} * job.interleaved[at]);
            }
            *psums = static_cast<std::int32_t>(sum << shift) >> shift;
            overflows += static_cast<std::uint32_t>(*psums) != sum ? 1U : 0U;
        }
    }
    return overflows;
}

#if defined(__x86_64__)

namespace {

constexpr unsigned lanes = 8;
constexpr unsigned most_vectors = 4;  // more would not stay in registers

/// Rows of a job from `first` on, as vectors of eight; the last one may be part of one.
struct row_block {
    unsigned first = 0;
    __m256i last_mask;
    __m128i shift;         ///< unused bits of a psum
    __m256i fitting;       ///< lanes of results that fitted, negated
    std::uint64_t stored;  ///< lanes of results
};

/// Some windows of a block of rows. A pair of columns is a multiplication; zero iacts take their turn, since
/// a branch on them would cost more than the products.
template <unsigned Vectors, unsigned Windows>
__attribute__((target("avx2"))) inline void add_windows(const row_job& job, unsigned first_window,
                                                        std::int32_t* psums, row_block& block) {
    const std::int16_t* window = job.row + std::size_t{first_window} * job.step;
    const std::int16_t* weights = job.interleaved + std::size_t{block.first} * 2;
    __m256i sums[Windows][Vectors];
    for (auto& s : sums) std::fill_n(s, Vectors, _mm256_setzero_si256());
    for (unsigned k = 0; k < job.columns; k += 2, weights += std::size_t{job.padded_rows} * 2) {
        __m256i pairs[Windows];
        for (unsigned i = 0; i < Windows; ++i) {
            // The partner of an odd last column belongs to the next window; its weights are zero.
            std::int32_t pair = 0;
            std::memcpy(&pair, window + std::size_t{i} * job.step + k, sizeof pair);
            pairs[i] = _mm256_set1_epi32(pair);
        }
        for (unsigned v = 0; v < Vectors; ++v) {
            const auto w =
                _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + std::size_t{v} * 2 * lanes));
            for (unsigned i = 0; i < Windows; ++i)
                sums[i][v] = _mm256_add_epi32(sums[i][v], _mm256_madd_epi16(pairs[i], w));
        }
    }
    for (unsigned i = 0; i < Windows; ++i) {
        std::int32_t* to = psums + std::size_t{first_window + i} * job.rows + block.first;
        for (unsigned v = 0; v < Vectors; ++v, to += lanes) {
            auto* const place = reinterpret_cast<__m256i*>(to);
            const bool whole = v + 1 < Vectors;
            const __m256i old =
                whole ? _mm256_loadu_si256(place) : _mm256_maskload_epi32(to, block.last_mask);
            const __m256i sum = _mm256_add_epi32(old, sums[i][v]);
            const __m256i wrapped = _mm256_sra_epi32(_mm256_sll_epi32(sum, block.shift), block.shift);
            block.fitting = _mm256_add_epi32(block.fitting, _mm256_cmpeq_epi32(sum, wrapped));
            if (whole) {
                _mm256_storeu_si256(place, wrapped);
            } else {
                _mm256_maskstore_epi32(to, block.last_mask, wrapped);
            }
        }
    }
    block.stored += std::uint64_t{Windows} * Vectors * lanes;
}

template <unsigned Vectors>
__attribute__((target("avx2"))) void add_block(const row_job& job, std::int32_t* psums, row_block& block) {
    constexpr unsigned at_once = Vectors > 2 ? 2 : 4;
    unsigned f = 0;
    for (; f + at_once <= job.windows; f += at_once) add_windows<Vectors, at_once>(job, f, psums, block);
    for (; f < job.windows; ++f) add_windows<Vectors, 1>(job, f, psums, block);
}

/// Lanes outside the mask hold zero and so fit.
__attribute__((target("avx2"))) std::uint64_t overflows_of(const row_block& block) {
    alignas(32) std::int32_t fitting[lanes];
    _mm256_store_si256(reinterpret_cast<__m256i*>(fitting), block.fitting);
    std::uint64_t overflows = block.stored;
    for (const std::int32_t f : fitting) overflows -= static_cast<std::uint32_t>(-f);
    return overflows;
}

__attribute__((target("avx2"))) std::uint64_t accumulate_row_avx2(const row_job& job, std::int32_t* psums,
                                                                  unsigned psum_bits) {
    std::uint64_t overflows = 0;
    for (unsigned first = 0; first < job.rows; first += most_vectors * lanes) {
        const unsigned rows = std::min(job.rows - first, most_vectors * lanes);
        const unsigned vectors = (rows + lanes - 1) / lanes;
        const auto in_last = static_cast<int>(rows - (vectors - 1) * lanes);
        const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        row_block block{first, _mm256_cmpgt_epi32(_mm256_set1_epi32(in_last), lane),
                        _mm_cvtsi32_si128(static_cast<int>(32 - psum_bits)), _mm256_setzero_si256(), 0};
        switch (vectors) {
            case 1:
                add_block<1>(job, psums, block);
                break;
            case 2:
                add_block<2>(job, psums, block);
                break;
            case 3:
                add_block<3>(job, psums, block);
                break;
            default:
                add_block<4>(job, psums, block);
                break;
        }
        overflows += overflows_of(block);
    }
    return overflows;
}

}  // namespace

#endif

std::uint64_t accumulate_row(const row_job& job, std::int32_t* psums, unsigned psum_bits) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0) return accumulate_row_avx2(job, psums, psum_bits);
#endif
    return accumulate_row_plain(job, psums, psum_bits);
}

}  // namespace eyeriss::pe
