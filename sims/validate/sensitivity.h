#pragma once

#include <string>
#include <vector>

namespace eyeriss::sims::validate {

/// One assumption of doc/assumptions.md at another setting than its default.
struct alternative {
    std::string assumption;  ///< its name there, e.g. "A-PSUM-PORTS"
    std::string setting;     ///< key=value
};

/// What the sensitivity table tries: each parameter of doc/assumptions.md at its other value, or on either
/// side of its number.
[[nodiscard]] const std::vector<alternative>& alternatives();

/// Parameters that doc/assumptions.md names and the table leaves out, each with the reason.
struct left_out {
    std::string key, reason;
};
[[nodiscard]] const std::vector<left_out>& parameters_left_out();

}  // namespace eyeriss::sims::validate
