#include "sims/results/results_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <vector>

#include "sims/support/error.h"

namespace eyeriss::sims {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const fs::path& target, const std::string& why) {
    throw user_error(fmt::format("output folder {}: cannot be written: {}", target.string(), why));
}

/// A path without "..", "." and symbolic links, so that "beside" means something.
fs::path resolved(const fs::path& path) {
    std::error_code error;
    auto out = fs::weakly_canonical(fs::absolute(path), error);
    if (error) {
        refuse(path, error.message());
    }
    return out.has_filename() ? out : out.parent_path();
}

}  // namespace

results_folder::results_folder(const fs::path& target) : target_(resolved(target)) {
    std::error_code error;
    if (fs::exists(target_, error) && !fs::is_directory(target_, error)) {
        refuse(target, "it is a file");
    }
    if (fs::is_directory(target_, error) && access(target_.c_str(), W_OK) != 0) {
        refuse(target, std::strerror(errno));
    }
    fs::create_directories(target_.parent_path(), error);
    if (error) {
        refuse(target, error.message());
    }
    // Tried now, so that a run's work is not lost; made again when there is something to write.
    fs::remove(make_temporary(), error);
}

fs::path results_folder::make_temporary() const {
    std::string name =
        (target_.parent_path() / fmt::format(".{}.partial-XXXXXX", target_.filename().string())).string();
    if (mkdtemp(name.data()) == nullptr) {
        refuse(target_, std::strerror(errno));
    }
    std::error_code error;
    fs::permissions(
        name, fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read | fs::perms::others_exec,
        fs::perm_options::add, error);
    return name;
}

fs::path results_folder::staged(std::string_view name) {
    if (staging_.empty()) {
        staging_ = make_temporary();
    }
    return staging_ / name;
}

results_folder::~results_folder() {
    std::error_code ignored;
    if (!staging_.empty()) {
        fs::remove_all(staging_, ignored);
    }
}

void results_folder::write(std::string_view name, std::string_view content) {
    std::ofstream out(staged(name), std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!out.flush()) {
        refuse(target_, fmt::format("{}: {}", name, std::strerror(errno)));
    }
}

void results_folder::publish() {
    if (staging_.empty()) {
        return;
    }
    std::error_code error;
    if (!fs::exists(target_, error)) {
        fs::rename(staging_, target_, error);
        if (error) {
            refuse(target_, error.message());
        }
        staging_.clear();
        return;
    }
    // A folder that someone stands in must stay the same folder.
    const bool somebody_here = fs::equivalent(target_, fs::current_path(error), error);
    if (somebody_here ||
        renameat2(AT_FDCWD, staging_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) != 0) {
        replace_files();
        return;
    }
    // staging_ is the old folder now; what is not of ours goes back.
    std::vector<fs::path> others;
    for (const auto& entry : fs::directory_iterator(staging_)) {
        if (!fs::exists(fs::symlink_status(target_ / entry.path().filename(), error))) {
            others.push_back(entry.path());
        }
    }
    for (const auto& path : others) {
        fs::rename(path, target_ / path.filename());
    }
}

/// File by file, for a folder that cannot be exchanged.
void results_folder::replace_files() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(staging_)) {
        files.push_back(entry.path());
    }
    for (const auto& path : files) {
        std::error_code error;
        fs::rename(path, target_ / path.filename(), error);
        if (error) {
            refuse(target_, error.message());
        }
    }
}

}  // namespace eyeriss::sims
