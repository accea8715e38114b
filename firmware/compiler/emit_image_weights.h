#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "firmware/compiler/emit_image.h"

/// The payload of an accelerator layer: weight segments and requantiser entries. Part of the image writer.
namespace eyeriss::compiler {

/// CRC-32 as zlib computes it.
[[nodiscard]] std::uint32_t crc32_of(std::span<const std::uint8_t> bytes);

/// Appends every weight segment of a layer to the image, each at a multiple of four bytes, and returns their
/// table, indexed as tiling::weight_segment counts.
[[nodiscard]] std::vector<eyeriss_weight_segment> append_weights(const conv_op& op, const arch::mapping& map,
                                                                 const arch::machine& m,
                                                                 std::vector<std::uint8_t>& image);

/// The requantiser's entries, one an output channel. Throws compile_error naming the layer and channel where
/// a scale is no positive finite number or has no Q31 multiplier with a shift of 31 to 62.
[[nodiscard]] std::vector<eyeriss_requant> requant_entries(const conv_op& op, requant_rule rule,
                                                           std::string_view layer_name);

}  // namespace eyeriss::compiler
