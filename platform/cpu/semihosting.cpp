#include "platform/cpu/semihosting.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace eyeriss::platform {
namespace {

namespace fs = std::filesystem;

// clang-format off
enum operation_number : std::uint32_t {
    sys_open = 0x01, sys_close = 0x02, sys_writec = 0x03, sys_write0 = 0x04, sys_write = 0x05, sys_read = 0x06,
    sys_iserror = 0x08, sys_istty = 0x09, sys_seek = 0x0a, sys_flen = 0x0c, sys_remove = 0x0e, sys_rename = 0x0f,
    sys_clock = 0x10, sys_time = 0x11, sys_errno = 0x13, sys_exit = 0x18, sys_exit_extended = 0x20, sys_elapsed = 0x30, sys_tickfreq = 0x31
};
// clang-format on

constexpr std::uint32_t failed = ~std::uint32_t{0};
constexpr std::uint32_t application_exit = 0x20026;
constexpr std::uint64_t ps_per_centisecond = 10'000'000'000, ps_per_second = 1'000'000'000'000,
                        ps_per_tick = 1000;
constexpr std::uint32_t ticks_per_second = ps_per_second / ps_per_tick;
/// More than that in one call is a mistake of the guest, which shall not cost the host its memory.
constexpr std::uint32_t longest_transfer = 1U << 28;
constexpr std::uint32_t longest_name = 4096;
constexpr std::size_t most_files = 256;

/// fopen's modes in the order in which SYS_OPEN numbers them.
constexpr std::array<const char*, 12> modes{"r",  "rb",  "r+", "r+b", "w",  "wb",
                                            "w+", "w+b", "a",  "ab",  "a+", "a+b"};

}  // namespace

semihosting::semihosting(semihosting_options options, semihosting_machine machine)
    : options_(std::move(options)), machine_(std::move(machine)) {
    std::error_code error;
    const auto folder = fs::canonical(options_.folder, error);
    if (error || !fs::is_directory(folder, error)) {
        throw std::invalid_argument(
            fmt::format("--semihosting {}: expects a folder that exists", options_.folder.string()));
    }
    options_.folder = folder;
}

std::uint32_t semihosting::fail(int error) {
    error_ = error;
    return failed;
}

std::optional<semihosting::words> semihosting::parameters(std::uint32_t address, unsigned count) const {
    words out{};
    std::array<std::uint8_t, sizeof(words)> bytes{};
    if (!machine_.read(address, std::span(bytes).first(count * sizeof(std::uint32_t)))) {
        return std::nullopt;
    }
    std::memcpy(out.data(), bytes.data(), sizeof out);
    return out;
}

std::optional<std::string> semihosting::text(std::uint32_t address, std::uint32_t bytes) const {
    std::vector<std::uint8_t> characters(std::min(bytes, longest_name));
    if (bytes > longest_name || !machine_.read(address, characters)) {
        return std::nullopt;
    }
    std::string out(characters.begin(), characters.end());
    return out.substr(0, out.find('\0'));
}

// What the path names once links are followed must lie below the folder; the last part need not exist yet.
std::optional<fs::path> semihosting::inside(const std::string& name) const {
    std::error_code error;
    const fs::path asked(name);
    if (name.empty() || asked.is_absolute()) {
        return std::nullopt;
    }
    const auto resolved = fs::weakly_canonical(options_.folder / asked, error);
    if (error) {
        return std::nullopt;
    }
    const auto [at, rest] = std::ranges::mismatch(options_.folder, resolved);
    const bool below = at == options_.folder.end() && rest != resolved.end();
    return below && !fs::is_symlink(resolved, error) ? std::optional(resolved) : std::nullopt;
}

semihosting::handle* semihosting::file(std::uint32_t number) {
    const bool open = number >= 1 && number <= files_.size() && files_[number - 1];
    return open ? &*files_[number - 1] : nullptr;
}

std::uint32_t semihosting::open(const words& p) {
    const auto name = text(p[0], p[2]);
    if (!name || p[1] >= modes.size()) {
        return fail(EINVAL);
    }
    handle opened;
    if (*name != ":tt") {
        const auto path = inside(*name);
        if (!path) {
            return fail(EACCES);
        }
        opened.stream.reset(std::fopen(path->c_str(), modes.at(p[1])));  // NOLINT(*-owning-memory)
        if (!opened.stream) {
            return fail(errno);
        }
    }
    auto place = std::ranges::find(files_, false, &std::optional<handle>::has_value);
    if (place == files_.end() && files_.size() == most_files) {
        return fail(EMFILE);
    }
    place = place == files_.end() ? files_.emplace(place) : place;
    *place = std::move(opened);
    return static_cast<std::uint32_t>(place - files_.begin()) + 1;
}

std::uint32_t semihosting::close(std::uint32_t number) {
    if (file(number) == nullptr) {
        return fail(EBADF);
    }
    // Not left to the handle, since what cannot be written any more is the guest's error.
    std::FILE* stream = files_[number - 1]->stream.release();
    files_[number - 1].reset();
    return stream != nullptr && std::fclose(stream) != 0 ? fail(errno) : 0;  // NOLINT(*-owning-memory)
}

void semihosting::put(std::span<const std::uint8_t> characters) const {
    if (options_.console) {
        for (const std::uint8_t c : characters) {
            options_.console(static_cast<char>(c));
        }
    }
}

std::uint32_t semihosting::write_character(std::uint32_t address) {
    std::array<std::uint8_t, 1> character{};
    if (!machine_.read(address, character)) {
        return fail(EFAULT);
    }
    put(character);
    return 0;
}

std::uint32_t semihosting::write_text(std::uint32_t address) {
    std::array<std::uint8_t, 1> character{};
    for (std::uint32_t i = 0; i < longest_transfer; ++i) {
        if (!machine_.read(address + i, character)) {
            return fail(EFAULT);
        }
        if (character[0] == 0) {
            break;
        }
        put(character);
    }
    return 0;
}

// Both return the bytes that they did not transfer.
std::uint32_t semihosting::write(const words& p) {
    handle* to = file(p[0]);
    if (to == nullptr || p[2] > longest_transfer) {
        fail(to == nullptr ? EBADF : EINVAL);
        return p[2];
    }
    std::vector<std::uint8_t> data(p[2]);
    if (!machine_.read(p[1], data)) {
        fail(EFAULT);
        return p[2];
    }
    if (!to->stream) {
        put(data);
        return 0;
    }
    if (!to->writes_last) {
        std::fseek(to->stream.get(), 0, SEEK_CUR);
    }
    to->writes_last = true;
    const std::size_t written = std::fwrite(data.data(), 1, data.size(), to->stream.get());
    if (written < data.size()) {
        fail(errno);
    }
    return p[2] - static_cast<std::uint32_t>(written);
}

std::uint32_t semihosting::read(const words& p) {
    handle* from = file(p[0]);
    if (from == nullptr || p[2] > longest_transfer) {
        fail(from == nullptr ? EBADF : EINVAL);
        return failed;
    }
    if (!from->stream) {
        return p[2];
    }
    if (from->writes_last) {
        std::fseek(from->stream.get(), 0, SEEK_CUR);
    }
    from->writes_last = false;
    std::vector<std::uint8_t> data(p[2]);
    const std::size_t got = std::fread(data.data(), 1, data.size(), from->stream.get());
    if (!machine_.write(p[1], std::span(data).first(got))) {
        return fail(EFAULT);
    }
    return p[2] - static_cast<std::uint32_t>(got);
}

std::uint32_t semihosting::seek(const words& p) {
    handle* in = file(p[0]);
    if (in == nullptr || !in->stream) {
        return fail(in == nullptr ? EBADF : ESPIPE);
    }
    return std::fseek(in->stream.get(), static_cast<long>(p[1]), SEEK_SET) == 0 ? 0 : fail(errno);
}

std::uint32_t semihosting::length(std::uint32_t number) {
    handle* of = file(number);
    if (of == nullptr || !of->stream) {
        return fail(of == nullptr ? EBADF : ESPIPE);
    }
    const long here = std::ftell(of->stream.get());
    std::fseek(of->stream.get(), 0, SEEK_END);
    const long end = std::ftell(of->stream.get());
    std::fseek(of->stream.get(), here, SEEK_SET);
    return end < 0 ? fail(errno) : static_cast<std::uint32_t>(end);
}

std::uint32_t semihosting::remove(const words& p) {
    const auto name = text(p[0], p[1]);
    const auto path = name ? inside(*name) : std::nullopt;
    std::error_code error;
    if (!path || fs::is_directory(*path, error)) {
        return fail(EACCES);
    }
    const bool gone = fs::remove(*path, error);
    return gone ? 0 : fail(error ? error.value() : ENOENT);
}

std::uint32_t semihosting::rename(const words& p) {
    const auto from = text(p[0], p[1]), to = text(p[2], p[3]);
    const auto old_path = from ? inside(*from) : std::nullopt, new_path = to ? inside(*to) : std::nullopt;
    if (!old_path || !new_path) {
        return fail(EACCES);
    }
    std::error_code error;
    fs::rename(*old_path, *new_path, error);
    return error ? fail(error.value()) : 0;
}

std::uint32_t semihosting::elapsed(std::uint32_t address) {
    const std::uint64_t ticks = machine_.time_ps() / ps_per_tick;
    std::array<std::uint8_t, sizeof ticks> bytes{};
    std::memcpy(bytes.data(), &ticks, sizeof ticks);
    return machine_.write(address, bytes) ? 0 : fail(EFAULT);
}

// A failure never looks like a success: a code that is none becomes 1.
std::uint32_t semihosting::exit(std::uint32_t reason, int code) {
    machine_.end(reason == application_exit ? code : std::max(code, 1));
    return 0;
}

std::uint32_t semihosting::call(std::uint32_t operation, std::uint32_t parameter) {
    const auto with = [&](unsigned count, auto&& action) {
        const auto p = parameters(parameter, count);
        return p ? action(*p) : fail(EFAULT);
    };
    switch (operation) {
        case sys_open:
            return with(3, [&](const words& p) { return open(p); });
        case sys_close:
            return with(1, [&](const words& p) { return close(p[0]); });
        case sys_writec:
            return write_character(parameter);
        case sys_write0:
            return write_text(parameter);
        case sys_write:
            return with(3, [&](const words& p) { return write(p); });
        case sys_read:
            return with(3, [&](const words& p) { return read(p); });
        case sys_iserror:
            return with(1, [&](const words& p) { return p[0] >> 31; });
        case sys_istty:
            return with(1, [&](const words& p) {
                const handle* of = file(p[0]);
                return of == nullptr ? fail(EBADF) : (of->stream ? 0U : 1U);
            });
        case sys_seek:
            return with(2, [&](const words& p) { return seek(p); });
        case sys_flen:
            return with(1, [&](const words& p) { return length(p[0]); });
        case sys_remove:
            return with(2, [&](const words& p) { return remove(p); });
        case sys_rename:
            return with(4, [&](const words& p) { return rename(p); });
        case sys_clock:
            return static_cast<std::uint32_t>(machine_.time_ps() / ps_per_centisecond);
        case sys_time:
            return static_cast<std::uint32_t>(machine_.time_ps() / ps_per_second);
        case sys_errno:
            return static_cast<std::uint32_t>(error_);
        case sys_exit:
            return exit(parameter, 0);
        case sys_exit_extended:
            return with(2, [&](const words& p) { return exit(p[0], static_cast<int>(p[1])); });
        case sys_elapsed:
            return elapsed(parameter);
        case sys_tickfreq:
            return ticks_per_second;
        default:
            return fail(ENOSYS);
    }
}

}  // namespace eyeriss::platform
