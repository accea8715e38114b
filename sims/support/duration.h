#pragma once

#include <cstdint>
#include <string_view>

namespace eyeriss::sims {

/// Picoseconds of "10ms", "1us", "2.5 s", "400ns" or "5ps".
/// \throws user_error for anything else, no time at all, and times above 10,000 s; `option` names the place.
[[nodiscard]] std::uint64_t parse_duration_ps(std::string_view text, std::string_view option);

}  // namespace eyeriss::sims
