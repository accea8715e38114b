#pragma once

#include <cstdint>
#include <vector>

namespace eyeriss::networks {

/// A photograph-like image, [channels][side][side]: smooth shading, a few objects with edges, texture; colour
/// channels alike but not equal. The darkest pixels are zero so that `density` is the share of the others.
[[nodiscard]] std::vector<std::uint8_t> synthetic_photograph(unsigned channels, unsigned side,
                                                             double density);

/// A hand-written digit, bright on zero, [side][side].
[[nodiscard]] std::vector<std::uint8_t> synthetic_digit(unsigned side);

}  // namespace eyeriss::networks
