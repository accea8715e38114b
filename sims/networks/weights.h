#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/arch/layer.h"
#include "sims/networks/random.h"

/// Weights of one layer: which are zero, and what the others are.
namespace eyeriss::networks {

/// Largest magnitude: products of two weights with a uint8 iact each add up within 16 bits signed, so that
/// processors without a dot-product instruction compute the network exactly, too.
inline constexpr int largest_weight = 63;

/// By input channel and filter tap [groups*c][r][s]: in how many output positions the tap lies on a non-zero
/// iact of the image (padding never counts).
using tap_counts = std::vector<std::uint32_t>;

/// Counts the taps of a feature map [groups*c][h][w].
[[nodiscard]] tap_counts count_taps(const arch::layer_shape&, std::span<const std::uint8_t> iacts);

/// What count_taps gives where no iact is zero.
[[nodiscard]] tap_counts count_taps_in_image(const arch::layer_shape&);

/// Multiplications with two non-zero operands: `weights` [groups*m][c][r][s].
[[nodiscard]] std::uint64_t count_effectual(const arch::layer_shape&, const tap_counts&,
                                            std::span<const std::int8_t> weights);

struct mask_target {
    std::optional<double> density;           ///< share of non-zero weights; from `effectual` where absent
    std::optional<std::uint64_t> effectual;  ///< wanted multiplications with two non-zero operands
};

/// A pruning mask [groups*m][c][r][s] of 0 and 1. Within an input channel the smallest magnitudes go; how
/// many of a channel stay follows its share of non-zero iacts, as strongly as `effectual` asks for (where it
/// is absent, 3 % above what independent masks would give). With `effectual`, single weights are then set or
/// pruned until the count is met within 0.1 % where the iacts allow it.
[[nodiscard]] std::vector<std::int8_t> draw_mask(const arch::layer_shape&, const tap_counts&,
                                                 const mask_target&, const random_stream&);

/// Signed bell-shaped values at the places of the mask, of about that mean magnitude, 1 to largest_weight.
/// The magnitudes are those by which draw_mask pruned, so the result may be drawn again with another mean.
[[nodiscard]] std::vector<std::int8_t> draw_values(const arch::layer_shape&,
                                                   std::span<const std::int8_t> mask, double mean_magnitude,
                                                   const random_stream&);

}  // namespace eyeriss::networks
