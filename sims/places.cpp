#include "sims/places.h"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>

#include "sims/error.h"

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
