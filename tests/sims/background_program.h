#pragma once

#include <chrono>
#include <future>
#include <string>

#include "tests/sims/program.h"

namespace eyeriss::test {

/// eyeriss-vp in the background, its standard error in a file.
class background_program {
public:
    explicit background_program(const std::string& arguments)
        : code_(std::async(std::launch::async, [this, arguments] {
              const auto command = fmt::format("{} {} >'{}' 2>'{}' </dev/null", EYERISS_VP_PROGRAM, arguments,
                                               (folder_ / "out").string(), (folder_ / "err").string());
              const int status = std::system(command.c_str());
              return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
          })) {}

    /// What follows `before` on standard error, up to the end of its line; waits until it stands there.
    std::string announced(const std::string& before) {
        for (;;) {
            const auto text = error_text();
            const auto at = text.find(before);
            const auto end = text.find('\n', at == std::string::npos ? 0 : at);
            if (at != std::string::npos && end != std::string::npos) {
                return text.substr(at + before.size(), end - at - before.size());
            }
            if (code_.wait_for(std::chrono::milliseconds(10)) == std::future_status::ready) {
                throw std::runtime_error("the program ended: " + text);
            }
        }
    }
    [[nodiscard]] std::string error_text() const {
        return std::filesystem::exists(folder_ / "err") ? read_text(folder_ / "err") : "";
    }
    int exit_code() { return code_.get(); }

private:
    temporary_folder folder_;
    std::future<int> code_;
};

}  // namespace eyeriss::test
