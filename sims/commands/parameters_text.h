#pragma once

#include <string>

#include "platform/machine_file.h"

namespace eyeriss::sims {

/// `--print-config`: a machine file of all keys in force, each with unit and origin as a comment.
[[nodiscard]] std::string config_text(const platform::configuration&);

/// `--list-params`: each key with default, unit, range and a sentence; then each model with how its time is
/// modelled and what that is held against. With `json` the same as a JSON document.
[[nodiscard]] std::string parameters_text(bool json);

}  // namespace eyeriss::sims
