#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace eyeriss::platform {

/// What a guest may reach by semihosting.
struct semihosting_options {
    std::filesystem::path folder;       ///< files in and below it, and no others
    std::function<void(char)> console;  ///< takes what the guest writes to the console; null: dropped
};

/// What semihosting needs of the machine.
struct semihosting_machine {
    /// Memory as the guest's addresses name it; false when not all of it is there.
    std::function<bool(std::uint32_t address, std::span<std::uint8_t>)> read;
    std::function<bool(std::uint32_t address, std::span<const std::uint8_t>)> write;
    std::function<std::uint64_t()> time_ps;  ///< simulated
    std::function<void(int code)> end;       ///< ends the run with an exit code
};

/// The calls of the RISC-V semihosting specification 0.4, which are those of Arm's version 2.0: SYS_OPEN,
/// CLOSE, WRITEC, WRITE0, WRITE, READ, ISERROR, ISTTY, SEEK, FLEN, REMOVE, RENAME, CLOCK, TIME, ERRNO, EXIT,
/// EXIT_EXTENDED, ELAPSED and TICKFREQ; the others, which reach for the host's system, are answered with
/// ENOSYS.
///
/// File names are relative to the folder; one that leads out of it, also through a symbolic link, is answered
/// with EACCES. ":tt" is the console, whose input is at its end. All clocks are simulated time, so that two
/// runs give the same.
class semihosting {
public:
    /// Throws std::invalid_argument with one line when the folder is none.
    semihosting(semihosting_options options, semihosting_machine machine);

    /// Does a call: a0 and a1 of the guest; returns its a0. A call that does not exist, and one whose
    /// parameters are not in memory, returns -1.
    std::uint32_t call(std::uint32_t operation, std::uint32_t parameter);

private:
    struct close_file {
        void operator()(std::FILE* file) const { std::fclose(file); }  // NOLINT(*-owning-memory)
    };
    /// An open file; without a stream it is the console.
    struct handle {
        std::unique_ptr<std::FILE, close_file> stream;
        bool writes_last = false;  ///< C wants a seek between writing and reading
    };
    using words = std::array<std::uint32_t, 4>;

    std::uint32_t fail(int error);
    [[nodiscard]] std::optional<words> parameters(std::uint32_t address, unsigned count) const;
    [[nodiscard]] std::optional<std::string> text(std::uint32_t address, std::uint32_t bytes) const;
    [[nodiscard]] std::optional<std::filesystem::path> inside(const std::string& name) const;
    handle* file(std::uint32_t number);

    std::uint32_t open(const words& p);
    std::uint32_t close(std::uint32_t number);
    std::uint32_t write_character(std::uint32_t address);
    std::uint32_t write_text(std::uint32_t address);
    std::uint32_t write(const words& p);
    std::uint32_t read(const words& p);
    std::uint32_t seek(const words& p);
    std::uint32_t length(std::uint32_t number);
    std::uint32_t remove(const words& p);
    std::uint32_t rename(const words& p);
    std::uint32_t elapsed(std::uint32_t address);
    std::uint32_t exit(std::uint32_t reason, int code);
    void put(std::span<const std::uint8_t> characters) const;

    semihosting_options options_;
    semihosting_machine machine_;
    std::vector<std::optional<handle>> files_;
    int error_ = 0;
};

}  // namespace eyeriss::platform
