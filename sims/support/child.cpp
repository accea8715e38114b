#include "sims/support/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>

namespace eyeriss::sims {
namespace {

/// A pipe that is closed with its scope.
class pipe_pair {
public:
    pipe_pair() {
        // Closed on exec, so that a child started meanwhile by another thread holds no end of it.
        if (pipe2(ends_.data(), O_CLOEXEC) != 0) {
            throw std::runtime_error("no pipe could be made");
        }
    }
    pipe_pair(const pipe_pair&) = delete;
    pipe_pair& operator=(const pipe_pair&) = delete;
    ~pipe_pair() {
        close(ends_[0]);
        close_writer();
    }
    [[nodiscard]] int reader() const { return ends_[0]; }
    [[nodiscard]] int writer() const { return ends_[1]; }
    void close_writer() {
        if (ends_[1] >= 0) {
            close(ends_[1]);
            ends_[1] = -1;
        }
    }

private:
    std::array<int, 2> ends_{-1, -1};
};

/// Instructions for posix_spawn: standard output into the pipe.
class spawn_actions {
public:
    explicit spawn_actions(const pipe_pair& output) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_adddup2(&actions_, output.writer(), STDOUT_FILENO);
        posix_spawn_file_actions_addclose(&actions_, output.writer());
        posix_spawn_file_actions_addclose(&actions_, output.reader());
    }
    spawn_actions(const spawn_actions&) = delete;
    spawn_actions& operator=(const spawn_actions&) = delete;
    ~spawn_actions() { posix_spawn_file_actions_destroy(&actions_); }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

double seconds(const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

std::string read_all(int descriptor) {
    std::string out;
    std::array<char, 4096> piece{};
    for (;;) {
        const auto got = read(descriptor, piece.data(), piece.size());
        if (got > 0) {
            out.append(piece.data(), static_cast<std::size_t>(got));
        } else if (got == 0 || errno != EINTR) {
            return out;
        }
    }
}

}  // namespace

child_outcome run_self(const std::vector<std::string>& arguments) {
    std::vector<std::string> words{"eyeriss-vp"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    pipe_pair output;
    const spawn_actions actions(output);
    const auto start = std::chrono::steady_clock::now();
    pid_t child = 0;
    if (posix_spawn(&child, "/proc/self/exe", actions.get(), nullptr, argv.data(), environ) != 0) {
        throw std::runtime_error("the program could not start itself");
    }
    output.close_writer();
    child_outcome out;
    out.output = read_all(output.reader());
    int status = 0;
    rusage usage{};
    while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    out.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    out.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    out.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    out.peak_memory_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    return out;
}

}  // namespace eyeriss::sims
