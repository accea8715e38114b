#pragma once

#include <string_view>
#include <vector>

#include "sims/validate/figure.h"

namespace eyeriss::sims::validate {

/// Every published figure that the validation holds the model against, with its standing and bound, `model`
/// and `explanation` still empty. Sources: Chen, Yang, Emer, Sze, JETCAS 9(2), 2019 (v2, v1.5, scaled v1);
/// Chen, Krishna, Emer, Sze, JSSC 52(1), 2017 (the v1 chip); the scaling figures are of a tutorial by the
/// authors of both.
[[nodiscard]] const std::vector<figure>& published_figures();

/// The one of that id. \throws std::logic_error for an id that does not exist
[[nodiscard]] figure published(std::string_view id);

}  // namespace eyeriss::sims::validate
