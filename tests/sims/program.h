#pragma once

#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/sims/temporary_folder.h"

namespace eyeriss::test {

/// What the built program did.
struct program_outcome {
    int exit_code = 0;
    std::string out, err;
};

/// Runs eyeriss-vp with arguments as a shell would read them.
inline program_outcome run_program(const std::string& arguments) {
    const temporary_folder folder;
    const auto command = fmt::format("{} {} >'{}' 2>'{}' </dev/null", EYERISS_VP_PROGRAM, arguments,
                                     (folder / "out").string(), (folder / "err").string());
    const int status = std::system(command.c_str());
    program_outcome outcome;
    outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    outcome.out = read_text(folder / "out");
    outcome.err = read_text(folder / "err");
    return outcome;
}

/// The path of a file as a word of a shell command.
inline std::string word(const std::filesystem::path& path) {
    return fmt::format("'{}'", path.string());
}

}  // namespace eyeriss::test
