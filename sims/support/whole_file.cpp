#include "sims/support/whole_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include "sims/support/error.h"

namespace eyeriss::sims {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
    throw user_error(fmt::format("{}: cannot be written: {}", file.string(), why));
}

void write_to(const fs::path& place, const fs::path& file, std::string_view content) {
    errno = 0;
    std::ofstream out(place, std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.close();
    if (!out) {
        refuse(file, errno != 0 ? std::strerror(errno) : "the system refuses");
    }
}

/// Removes what was written when the file did not come to its name.
class partial_file {
public:
    explicit partial_file(const fs::path& file)
        : path_(fmt::format("{}.partial-{}", file.string(), getpid())) {}
    partial_file(const partial_file&) = delete;
    partial_file& operator=(const partial_file&) = delete;
    ~partial_file() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

}  // namespace

void write_whole(const fs::path& file, std::string_view content) {
    std::error_code error;
    const auto status = fs::status(file, error);
    if (fs::is_directory(status)) {
        refuse(file, "it is a folder");
    }
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        write_to(file, file, content);
        return;
    }
    const partial_file partial(file);
    write_to(partial.path(), file, content);
    fs::rename(partial.path(), file, error);
    if (error) {
        refuse(file, error.message());
    }
}

}  // namespace eyeriss::sims
