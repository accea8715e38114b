#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace eyeriss::sims {

/// An 8-bit picture, channels first.
struct picture {
    unsigned channels = 0, height = 0, width = 0;
    std::vector<std::uint8_t> values;  ///< CHW
};

/// Reads a PNG file as one channel (grey) or three (red, green, blue); transparency is laid over black and 16
/// bits are reduced to 8. \throws user_error for a file that is no whole PNG or has more than 64 M pixels.
[[nodiscard]] picture read_png(const std::filesystem::path& file, unsigned channels);

}  // namespace eyeriss::sims
