#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace eyeriss::compiler {

/// Depths must be a multiple of this.
inline constexpr std::size_t kernel_depth_step = 16;

/// The product of a weight matrix and a patch matrix, both with their depth innermost.
struct patch_product {
    std::span<const std::int8_t> weights;   ///< [rows][depth]
    std::span<const std::int16_t> patches;  ///< [positions][depth], values of 9 bits or fewer
    std::size_t rows = 0, positions = 0, depth = 0;
    std::span<std::int32_t> sums;  ///< starts at row 0, position 0
    std::size_t sums_stride = 0;   ///< distance of rows in sums
};

/// sums[row][position] = sum over depth of weight * patch, wrapping at 32 bits; with AVX2 where the
/// processor has it.
void multiply(const patch_product&);
/// The same without special instructions.
void multiply_plain(const patch_product&);

}  // namespace eyeriss::compiler
