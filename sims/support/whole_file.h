#pragma once

#include <filesystem>
#include <string_view>

namespace eyeriss::sims {

/// Writes a file that appears whole or not at all: it is written beside its place and renamed; what stood
/// there before stays until then. A pipe or device is written directly. \throws user_error naming the file
/// and the system's reason.
void write_whole(const std::filesystem::path& file, std::string_view content);

}  // namespace eyeriss::sims
