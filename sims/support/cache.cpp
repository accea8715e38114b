#include "sims/support/cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "sims/support/error.h"

namespace eyeriss::sims {
namespace fs = std::filesystem;
namespace {

/// An exclusive lock between processes, held for a scope.
class file_lock {
public:
    explicit file_lock(const fs::path& path)
        : descriptor_(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644)) {
        if (descriptor_ < 0 || flock(descriptor_, LOCK_EX) != 0) {
            throw user_error(fmt::format("cache folder {}: cannot be written: {}",
                                         path.parent_path().string(), std::strerror(errno)));
        }
    }
    file_lock(const file_lock&) = delete;
    file_lock& operator=(const file_lock&) = delete;
    ~file_lock() { close(descriptor_); }

private:
    int descriptor_;
};

}  // namespace

fs::path content_cache::get(std::string_view name, const maker& make) const {
    auto file = folder_ / name;
    if (fs::exists(file)) {
        return file;
    }
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error) {
        throw user_error(
            fmt::format("cache folder {}: cannot be made: {}", folder_.string(), error.message()));
    }
    auto lock_path = file;
    lock_path += ".lock";
    const file_lock lock(lock_path);
    if (!fs::exists(file)) {
        auto partial = file;
        partial += fmt::format(".partial-{}", getpid());
        try {
            make(partial);
            fs::rename(partial, file);
        } catch (...) {
            fs::remove(partial, error);
            fs::remove(lock_path, error);
            throw;
        }
    }
    fs::remove(lock_path, error);
    return file;
}

std::vector<std::uint8_t> read_bytes(const fs::path& file) {
    std::error_code error;
    std::ifstream in(file, std::ios::binary);
    const auto size = fs::file_size(file, error);
    std::vector<std::uint8_t> bytes(error ? 0 : size);
    // istream counts in char; the bytes are the same.
    if (error || !in || !in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size))) {
        throw user_error(fmt::format("{}: cannot be read", file.string()));
    }
    return bytes;
}

void write_bytes(const fs::path& file, std::span<const std::uint8_t> bytes) {
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) {
        throw user_error(fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno)));
    }
}

}  // namespace eyeriss::sims
