#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace eyeriss::sims {

/// Files that are remade from their key and kept by it. A file is there whole or not at all; two processes
/// that want the same file make it once.
class content_cache {
public:
    explicit content_cache(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Writes the file whose path it is given.
    using maker = std::function<void(const std::filesystem::path&)>;
    /// Path of the file, after `make` wrote it where it was missing.
    /// \throws user_error when the folder cannot be written, and what `make` throws.
    [[nodiscard]] std::filesystem::path get(std::string_view name, const maker& make) const;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

private:
    std::filesystem::path folder_;
};

/// A whole file's bytes. \throws user_error when it cannot be read.
[[nodiscard]] std::vector<std::uint8_t> read_bytes(const std::filesystem::path& file);
/// Writes a whole file. \throws user_error when it cannot be written.
void write_bytes(const std::filesystem::path& file, std::span<const std::uint8_t> bytes);

}  // namespace eyeriss::sims
