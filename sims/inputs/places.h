#pragma once

#include <filesystem>
#include <string_view>

/// Where the program finds what belongs to it: in its build folder, or under the prefix of an installation
/// (PREFIX/bin/eyeriss-vp, PREFIX/share/eyeriss_vp).
namespace eyeriss::sims {

/// A firmware image by name, e.g. "run_network". \throws user_error naming the places that were looked at.
[[nodiscard]] std::filesystem::path firmware_file(std::string_view name);

/// A machine file by path, or by the name of one that comes with the program, e.g. "array_256".
/// \throws user_error listing the names for one that is neither a file nor known.
[[nodiscard]] std::filesystem::path machine_file(std::string_view name_or_path);

/// Folder of the DRAM parts that come with the program.
[[nodiscard]] std::filesystem::path parts_folder();

/// The energy table that comes with the program.
[[nodiscard]] std::filesystem::path default_energy_file();

/// Folder of generated networks, images and references: BUILD/cache; for an installed program
/// $XDG_CACHE_HOME/eyeriss_vp or ~/.cache/eyeriss_vp.
[[nodiscard]] std::filesystem::path default_cache_folder();

}  // namespace eyeriss::sims
