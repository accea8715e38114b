#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "models/arch/machine.h"
#include "models/arch/mapping.h"

namespace eyeriss::sims {

/// A results folder as it was read back.
struct run_record {
    std::string place;                              ///< the folder as the user named it
    nlohmann::ordered_json summary;                 ///< summary.json
    nlohmann::ordered_json manifest;                ///< manifest.json
    nlohmann::ordered_json timeline;                ///< timeline.json; null where there is none
    arch::machine machine;                          ///< that the manifest's configuration describes
    std::map<std::string, arch::mapping> mappings;  ///< by layer, of mappings.yaml
};

/// Reads what `run` left in a folder, and sees that it is of this program's schemas, whole, and adds up.
/// \throws user_error naming file, place in it and what would be right: no such folder, a file that is
/// missing, cut off or of another schema, a key that is missing or of another type.
[[nodiscard]] run_record read_results(const std::filesystem::path& folder);

}  // namespace eyeriss::sims
