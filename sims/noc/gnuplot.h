#pragma once

#include <filesystem>
#include <string>

namespace eyeriss::sims {

/// Lets gnuplot draw `script` into an SVG of `width` x `height` points. The file appears whole or not at all.
/// \throws user_error naming option and file: when gnuplot is not installed, refuses the script, or the file
/// cannot be written.
void draw_svg(const char* option, const std::filesystem::path& svg, unsigned width, unsigned height,
              const std::string& script);

}  // namespace eyeriss::sims
