#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/faults/fault.h"

namespace eyeriss::platform {

/// Reads a scenario of faults: YAML with one key `faults`, a list whose entries are texts as --fault takes
/// them ("dram-flip,address=0x84000100,bit=3") or maps of the same keys, `fault` naming the kind
/// (models/faults/fault_text.h). Throws std::invalid_argument with one line that names file, line and what
/// would be right.
[[nodiscard]] std::vector<faults::fault> read_fault_file(const std::filesystem::path& path);

/// The same of a text; `name` stands for the file in messages.
[[nodiscard]] std::vector<faults::fault> read_faults(const std::string& text, const std::string& name);

}  // namespace eyeriss::platform
