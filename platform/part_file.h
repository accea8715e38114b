#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include "models/dram/part.h"

/// DRAM parts from YAML files (doc/dram.md): `name`, `standard`, `tCK_ps`, `geometry`, `timings`, `supplies`.
/// A value stands bare or as {value, source}.
namespace eyeriss::platform {

/// A mistake in a part file: one line that names file, line, key and what would be right.
class part_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Reads and checks a part.
/// \throws part_error for a file that cannot be read or is no YAML map; a key that is unknown (the nearest
/// known one is named), missing or repeated; a value of the wrong type; values that contradict each other
/// (dram::check).
[[nodiscard]] dram::part read_part(const std::filesystem::path& file);

/// The file of a part: `name` itself if it is a path (it has a '/' or ends in .yaml), else
/// `folder`/name.yaml.
/// \throws part_error when there is no such part; the known ones are named.
[[nodiscard]] std::filesystem::path find_part(const std::string& name, const std::filesystem::path& folder);

}  // namespace eyeriss::platform
