#include "sims/inputs/places.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <optional>
#include <set>
#include <string>

#include "sims/support/error.h"

namespace eyeriss::sims {
namespace fs = std::filesystem;
namespace {

/// PREFIX/share/eyeriss_vp of an installed program.
std::optional<fs::path> installed_share() {
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    const auto share = program.parent_path().parent_path() / "share" / "eyeriss_vp";
    if (error || !fs::is_directory(share, error)) {
        return std::nullopt;
    }
    return share;
}

}  // namespace

fs::path firmware_file(std::string_view name) {
    const auto share = installed_share();
    const auto folder = share ? *share / "firmware" : fs::path(EYERISS_FIRMWARE_FOLDER);
    auto file = folder / fmt::format("{}.elf", name);
    if (!fs::exists(file)) {
        throw user_error(fmt::format("firmware {} is missing: expects it built (target firmware) at {}", name,
                                     file.string()));
    }
    return file;
}

fs::path parts_folder() {
    const auto share = installed_share();
    return share ? *share / "parts" : fs::path(EYERISS_PARTS_FOLDER);
}

fs::path default_energy_file() {
    const auto share = installed_share();
    return (share ? *share / "energy" : fs::path(EYERISS_ENERGY_FOLDER)) / "eyeriss_65nm.yaml";
}

fs::path machine_file(std::string_view name_or_path) {
    fs::path path(name_or_path);
    if (fs::is_regular_file(path) || path.has_parent_path() || path.has_extension()) {
        return path;
    }
    const auto share = installed_share();
    const auto folder = share ? *share / "machines" : fs::path(EYERISS_MACHINES_FOLDER);
    if (auto known = folder / fmt::format("{}.yaml", name_or_path); fs::exists(known)) {
        return known;
    }
    std::set<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".yaml") {
            names.insert(entry.path().stem().string());
        }
    }
    throw user_error(
        fmt::format("machine {}: expects a file or one of {}", name_or_path, fmt::join(names, ", ")));
}

fs::path default_cache_folder() {
    if (!installed_share()) {
        return EYERISS_CACHE_FOLDER;
    }
    // The program has one thread where this is read.
    if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg != '\0') {
        return fs::path(xdg) / "eyeriss_vp";
    }
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
        return fs::path(home) / ".cache" / "eyeriss_vp";
    }
    return fs::temp_directory_path() / "eyeriss_vp";
}

}  // namespace eyeriss::sims
