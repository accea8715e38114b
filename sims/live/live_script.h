#pragma once

#include <string_view>

namespace eyeriss::sims {

/// sims/live/live.js, as the build put it into the program.
[[nodiscard]] std::string_view live_script();

}  // namespace eyeriss::sims
