#pragma once

#include "sims/validate/figure.h"
#include "sims/validate/run_set.h"

namespace eyeriss::sims::validate {

/// Fills the zeros of every CONV, depthwise and FC layer of sparse MobileNet, gives the layer the iacts that
/// dense-weight MobileNet has there, and simulates both layers alone on v2: since cycles follow from where
/// the zeros are and from nothing else, each must take the cycles that the dense-weight layer takes. The
/// figure counts the layers that do not.
[[nodiscard]] figure masks_filled(run_set&);

}  // namespace eyeriss::sims::validate
