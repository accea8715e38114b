#include "models/pe/kernel.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace eyeriss::pe {

namespace {

void multiply_row_plain(const row_job& job, std::int32_t* out) {
    for (unsigned f = 0; f < job.windows; ++f, out += job.padded_rows) {
        const std::int16_t* window = job.row + std::size_t{f} * job.step;
        std::fill_n(out, job.padded_rows, 0);
        for (unsigned k = 0; k < job.columns; k += 2) {
            const std::int32_t first = window[k];
            // The partner of an odd last column belongs to the next window; its weights are zero.
            const std::int32_t second = window[k + 1];
            if (first == 0 && second == 0) continue;
            const std::int16_t* weights = job.interleaved + std::size_t{k} * job.padded_rows;
            for (unsigned m = 0; m < job.padded_rows; ++m) {
                out[m] += first * weights[2 * m] + second * weights[2 * m + 1];
            }
        }
    }
}

#if defined(__x86_64__)

template <unsigned Vectors>
__attribute__((target("avx2"))) void multiply_row_avx2(const row_job& job, std::int32_t* out) {
    for (unsigned f = 0; f < job.windows; ++f, out += Vectors * 8) {
        const std::int16_t* window = job.row + std::size_t{f} * job.step;
        __m256i sums[Vectors];
        for (auto& s : sums) s = _mm256_setzero_si256();
        for (unsigned k = 0; k < job.columns; k += 2) {
            std::int32_t pair = 0;
            std::memcpy(&pair, window + k, sizeof pair);
            if (pair == 0) continue;
            const __m256i iacts = _mm256_set1_epi32(pair);
            const std::int16_t* weights = job.interleaved + std::size_t{k} * Vectors * 8;
            for (unsigned v = 0; v < Vectors; ++v) {
                const __m256i w =
                    _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + std::size_t{v} * 16));
                sums[v] = _mm256_add_epi32(sums[v], _mm256_madd_epi16(iacts, w));
            }
        }
        for (unsigned v = 0; v < Vectors; ++v) {
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + std::size_t{v} * 8), sums[v]);
        }
    }
}

#endif

/// The sums of add_wrapping; inlined into callers of different targets.
[[gnu::always_inline]] inline std::uint64_t add_rows(std::span<std::int32_t> psums, const std::int32_t* sums,
                                                     unsigned rows, unsigned padded_rows, unsigned bits) {
    const unsigned shift = 32 - bits;
    std::uint32_t overflows = 0;
    const std::size_t windows = rows == 0 ? 0 : psums.size() / rows;
    for (std::size_t f = 0; f < windows; ++f) {
        std::int32_t* row = psums.data() + f * rows;
        const std::int32_t* add = sums + f * padded_rows;
        for (unsigned m = 0; m < rows; ++m) {
            const auto sum = static_cast<std::uint32_t>(row[m]) + static_cast<std::uint32_t>(add[m]);
            const auto wrapped = static_cast<std::int32_t>(sum << shift) >> shift;
            overflows += static_cast<std::uint32_t>(wrapped) != sum ? 1U : 0U;
            row[m] = wrapped;
        }
    }
    return overflows;
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) std::uint64_t add_rows_avx2(std::span<std::int32_t> psums,
                                                            const std::int32_t* sums, unsigned rows,
                                                            unsigned padded_rows, unsigned bits) {
    // Rows without padding on either side are one long row.
    if (rows == padded_rows) rows = padded_rows = static_cast<unsigned>(psums.size());
    return add_rows(psums, sums, rows, padded_rows, bits);
}

#endif

}  // namespace

void multiply_row(const row_job& job, std::int32_t* out) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0) {
        if (job.padded_rows == 16) return multiply_row_avx2<2>(job, out);
        if (job.padded_rows == 32) return multiply_row_avx2<4>(job, out);
    }
#endif
    multiply_row_plain(job, out);
}

std::uint64_t add_wrapping(std::span<std::int32_t> psums, const std::int32_t* sums, unsigned rows,
                           unsigned padded_rows, unsigned bits) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0) return add_rows_avx2(psums, sums, rows, padded_rows, bits);
#endif
    return add_rows(psums, sums, rows, padded_rows, bits);
}

}  // namespace eyeriss::pe
