#pragma once

#include <string_view>

/// What this build is; the values are written by sims/cmake/version.cmake at each build.
namespace eyeriss::sims {

/// Version of the project, "0.1.0".
[[nodiscard]] std::string_view program_version();
/// Commit of the sources, with "+" where they were changed after it; "unknown" outside a repository.
[[nodiscard]] std::string_view program_commit();
/// Hash of all sources that decide what a generated network, an image and a reference hold. What is cached
/// under one hash is not used under another.
[[nodiscard]] std::string_view content_hash();

}  // namespace eyeriss::sims
