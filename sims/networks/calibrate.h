#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sims/networks/random.h"

/// Requantisation of one layer: per output channel the bias that leaves the wanted share of outputs above
/// zero and the scale that spreads them over the byte.
namespace eyeriss::networks {

struct requantisation {
    std::vector<std::int32_t> bias;  ///< by output channel
    std::vector<float> scale;        ///< by output channel; input scale * weight scale / output scale
};

/// Shares for `channels` channels that spread around `target` and have it as their mean.
[[nodiscard]] std::vector<double> spread_shares(unsigned channels, double target, const random_stream&);

/// `sums` [channels][positions] before the bias. `shares` says which part of each channel's outputs shall be
/// above zero; what ties or rounding miss in one channel is made up for in the next. The strongest outputs of
/// a channel come out at 90 to 255.
[[nodiscard]] requantisation calibrate(std::span<const std::int32_t> sums, std::span<const double> shares,
                                       const random_stream&);

/// As calibrate for an FC layer, which has no bias: an output is above zero where its sum is, so rows of
/// `weights` [channels][row] and their sums change sign until the wanted share of outputs, at random places,
/// is above zero.
[[nodiscard]] requantisation calibrate_signs(std::span<std::int32_t> sums, std::span<std::int8_t> weights,
                                             double share, const random_stream&);

/// One scale for all channels that maps the largest absolute sum to 120 steps; no bias.
[[nodiscard]] requantisation calibrate_logits(std::span<const std::int32_t> sums);

}  // namespace eyeriss::networks
