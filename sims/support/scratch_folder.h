#pragma once

#include <filesystem>

namespace eyeriss::sims {

/// A folder among the host's temporary ones that goes away with its owner.
class scratch_folder {
public:
    /// \throws std::runtime_error when none can be made
    scratch_folder();
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    ~scratch_folder();
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace eyeriss::sims
