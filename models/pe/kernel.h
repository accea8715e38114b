#pragma once

#include <cstdint>

namespace eyeriss::pe {

/// One PE's products over a row of windows. `row` holds (windows-1)*step + columns values and one more that
/// may be read; `interleaved` is weight_load's.
struct row_job {
    const std::int16_t* row = nullptr;
    unsigned windows = 0, step = 0, columns = 0;
    const std::int16_t* interleaved = nullptr;
    unsigned rows = 0;
    unsigned padded_rows = 0;  ///< rows rounded up to a multiple of 8
};

/// Adds the products to the psums that came from below: to psums[f*rows + m] the sum over columns k of
/// row[f*step + k] * weight(k, m), in 32 bits, then wraps the result modulo 2^psum_bits. Returns how many of
/// the rows * windows results did not fit before wrapping. Uses AVX2 where the processor has it.
std::uint64_t accumulate_row(const row_job& job, std::int32_t* psums, unsigned psum_bits);

/// The same by a plain nest of loops: what other processors run, and what a test compares with.
std::uint64_t accumulate_row_plain(const row_job& job, std::int32_t* psums, unsigned psum_bits);

}  // namespace eyeriss::pe
