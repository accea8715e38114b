#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace eyeriss::sims {

/// A results folder that appears whole or not at all: files are written to a temporary folder beside it,
/// which takes its place at the end. Files of an earlier run are replaced, all others in the folder stay.
class results_folder {
public:
    /// Tries the place, so that one that cannot be written is found before a run.
    /// \throws user_error naming the folder and the system's reason.
    explicit results_folder(const std::filesystem::path& target);
    results_folder(const results_folder&) = delete;
    results_folder& operator=(const results_folder&) = delete;
    /// Removes the temporary folder when the results were not published.
    ~results_folder();

    /// Path of a file of the results while they are being written.
    [[nodiscard]] std::filesystem::path staged(std::string_view name);
    /// Writes a whole file. \throws user_error when the disk refuses it.
    void write(std::string_view name, std::string_view content);
    /// Puts the results in place.
    void publish();

    [[nodiscard]] const std::filesystem::path& target() const { return target_; }

private:
    [[nodiscard]] std::filesystem::path make_temporary() const;
    void replace_files();

    std::filesystem::path target_;
    std::filesystem::path staging_;
};

}  // namespace eyeriss::sims
