#pragma once

#include <cstdint>
#include <span>

namespace eyeriss::pe {

/// One PE's products over a row of windows: for each window f and output row m,
/// out[f*padded_rows + m] = sum over columns k of row[f*step + k] * weight(k, m), in 32 bits.
///
/// `row` holds (windows-1)*step + columns values and one more that may be read; `interleaved` is
/// weight_load's. Zero iacts are skipped by pairs, which changes nothing. Uses AVX2 where the processor has
/// it.
struct row_job {
    const std::int16_t* row = nullptr;
    unsigned windows = 0, step = 0, columns = 0;
    const std::int16_t* interleaved = nullptr;
    unsigned padded_rows = 0;  ///< a multiple of 16
};
void multiply_row(const row_job& job, std::int32_t* out);

/// Adds a PE's sums to the psums that came from below, in psum_bits: wraps modulo 2^bits. Returns how many of
/// the rows * windows results did not fit before wrapping.
std::uint64_t add_wrapping(std::span<std::int32_t> psums, const std::int32_t* sums, unsigned rows,
                           unsigned padded_rows, unsigned bits);

}  // namespace eyeriss::pe
