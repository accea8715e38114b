#pragma once

#include <string>
#include <vector>

namespace eyeriss::sims::validate {

/// One assumption of doc/assumptions.md at another setting than its default.
struct alternative {
    std::string assumption;             ///< its name there, e.g. "A-PSUM-PORTS"
    std::vector<std::string> settings;  ///< key=value each; more than one where one alone makes no machine
};

/// Alternatives that are tried on the same machine.
struct study {
    std::string caption;                ///< heading of its table
    std::string machine;                ///< of sims/machines
    std::vector<std::string> networks;  ///< what runs on it
    std::vector<std::string> base;      ///< settings of its first row and of all others
    bool pinned = false;                ///< with the mappings of the machine without any setting
    std::vector<alternative> alternatives;
};

/// What the sensitivity tables try: each parameter of doc/assumptions.md at its other value, or on either
/// side of its number, where it has an effect: on v2 with ideal memory, on v2 behind DRAM, on the scaled v1.
[[nodiscard]] const std::vector<study>& studies();

/// Parameters that doc/assumptions.md names and the table leaves out, each with the reason.
struct left_out {
    std::string key, reason;
};
[[nodiscard]] const std::vector<left_out>& parameters_left_out();

}  // namespace eyeriss::sims::validate
