#pragma once

#include <string_view>

#include "sims/networks/plan.h"

namespace eyeriss::networks {

/// The layers of one of the networks of list() for a square image of `side` pixels; the caller has checked
/// name and side.
[[nodiscard]] plan plan_of(std::string_view network, unsigned side);

/// Inception v1 (Szegedy et al., CVPR 2015, table 1) without local response normalisation and without the
/// auxiliary classifiers.
[[nodiscard]] plan googlenet(unsigned side);

}  // namespace eyeriss::networks
