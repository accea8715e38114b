#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace eyeriss::networks {

/// Where a figure of a profile comes from; profiles.cpp names the sources.
enum class basis : std::uint8_t {
    published,  ///< read in a paper or a second source
    chosen      ///< chosen here, consistent with what is published; doc/networks.md says how
};

/// Densities wanted of one CONV, depthwise or FC layer at the published image size.
struct density_target {
    std::string_view layer;
    double iact = 1;  ///< share of non-zero values in the layer's input (its own pooling included)
    basis iact_basis = basis::chosen;
    std::optional<double> weight;  ///< share of non-zero weights; follows from `effectual` where absent
    basis weight_basis = basis::chosen;
    /// Multiplications with two non-zero operands; a layer whose padding does not allow it comes as close as
    /// its taps inside the image do.
    std::optional<std::uint64_t> effectual;
};

/// The densities of a network.
struct density_profile {
    std::span<const density_target> layers;
    density_target otherwise;  ///< for layers that have no row
    bool pruned = true;  ///< false: every weight is non-zero, rows of `weight` and `effectual` are unused
    /// The layer's row; `otherwise` under the layer's name where there is none.
    [[nodiscard]] density_target at(std::string_view layer) const;
};

/// The profile of one of the networks of list(); std::invalid_argument for another name.
[[nodiscard]] density_profile profile_of(std::string_view network);

}  // namespace eyeriss::networks
