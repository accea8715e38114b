#include "sims/support/forked_task.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <stdexcept>

#include "sims/support/error.h"
#include "sims/support/guard.h"

namespace eyeriss::sims {
namespace {

bool write_all(int to, const std::string& text) {
    std::size_t written = 0;
    while (written < text.size()) {
        const auto n = ::write(to, text.data() + written, text.size() - written);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        written += static_cast<std::size_t>(n);
    }
    return true;
}

/// A child and the pipe on which it tells its result. Waits for the child where nobody has asked for it.
class forked_task {
public:
    explicit forked_task(const std::function<std::string()>& work) {
        std::array<int, 2> ends{-1, -1};
        if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe could be made");
        std::fflush(nullptr);
        child_ = fork();
        if (child_ == 0) {
            close(ends[0]);
            const int code =
                guarded([&] { return write_all(ends[1], work()) ? exit_success : exit_failed_check; });
            std::fflush(nullptr);
            _exit(code);
        }
        close(ends[1]);
        reader_ = ends[0];
        if (child_ < 0) {
            close(reader_);
            throw std::runtime_error("no process could be started for a further simulation");
        }
    }
    forked_task(const forked_task&) = delete;
    forked_task& operator=(const forked_task&) = delete;
    ~forked_task() {
        close(reader_);
        if (child_ > 0) static_cast<void>(wait());
    }

    std::string result() {
        std::string text;
        std::array<char, 4096> piece{};
        for (;;) {
            const auto n = ::read(reader_, piece.data(), piece.size());
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) break;
            text.append(piece.data(), static_cast<std::size_t>(n));
        }
        return wait() ? text : std::string();
    }

private:
    bool wait() {
        int status = 0;
        while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
        }
        child_ = 0;
        return WIFEXITED(status) && WEXITSTATUS(status) == exit_success;
    }

    pid_t child_ = 0;
    int reader_ = -1;
};

}  // namespace

std::vector<std::string> run_forked(std::size_t count, unsigned workers,
                                    const std::function<std::string(std::size_t)>& work) {
    std::deque<forked_task> running;
    std::vector<std::string> results;
    std::size_t started = 0;
    while (results.size() < count) {
        while (started < count && running.size() < workers) {
            const std::size_t index = started++;
            running.emplace_back([&work, index] { return work(index); });
        }
        results.push_back(running.front().result());
        running.pop_front();
    }
    return results;
}

}  // namespace eyeriss::sims
