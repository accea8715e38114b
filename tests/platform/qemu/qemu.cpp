#include "tests/platform/qemu/qemu.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace eyeriss::test {

namespace {

struct pipe_ends {
    std::array<int, 2> ends{};
    pipe_ends() {
        if (pipe(ends.data()) != 0) {
            throw std::runtime_error("pipe: cannot be made");
        }
    }
    pipe_ends(const pipe_ends&) = delete;
    pipe_ends& operator=(const pipe_ends&) = delete;
    ~pipe_ends() {
        close_end(0);
        close_end(1);
    }
    void close_end(std::size_t which) {
        if (ends.at(which) >= 0) {
            close(ends.at(which));
            ends.at(which) = -1;
        }
    }
};

[[noreturn]] void become(std::vector<std::string> command, const pipe_ends& in, const pipe_ends& out) {
    dup2(in.ends[0], STDIN_FILENO);
    dup2(out.ends[1], STDOUT_FILENO);
    for (const int end : {in.ends[0], in.ends[1], out.ends[0], out.ends[1]}) {
        close(end);
    }
    std::vector<char*> arguments;
    for (std::string& argument : command) {
        arguments.push_back(argument.data());
    }
    arguments.push_back(nullptr);
    execvp(arguments.front(), arguments.data());
    _exit(127);
}

// Small enough for a pipe to take at once.
void send(int end, const std::string& input) {
    if (!input.empty() && write(end, input.data(), input.size()) != static_cast<ssize_t>(input.size())) {
        throw std::runtime_error("pipe: takes less than the input");
    }
}

std::string receive(int end) {
    std::string text;
    std::array<char, 65536> buffer{};
    ssize_t count = 0;
    while ((count = read(end, buffer.data(), buffer.size())) > 0 || (count < 0 && errno == EINTR)) {
        text.append(buffer.data(), static_cast<std::size_t>(count > 0 ? count : 0));
    }
    return text;
}

}  // namespace

program_outcome run_program(const std::vector<std::string>& command, const std::string& input) {
    pipe_ends in, out;
    const pid_t child = fork();
    if (child == 0) {
        become(command, in, out);
    }
    in.close_end(0);
    out.close_end(1);
    send(in.ends[1], input);
    in.close_end(1);
    program_outcome outcome;
    outcome.text = receive(out.ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 127) {
        throw std::runtime_error(fmt::format("{}: cannot be run", command.front()));
    }
    outcome.exit_code = WEXITSTATUS(status);
    return outcome;
}

program_outcome run_on_qemu_virt(const std::string& image_path, const std::string& input, unsigned harts) {
    const std::string cpu =
        "rv32,f=false,d=false,s=false,h=false,zba=false,zbb=false,zbc=false,zbs=false,sstc=false,debug=false";
    return run_program(
        {"qemu-system-riscv32", "-M", "virt", "-cpu", cpu, "-smp", std::to_string(harts), "-m", "128",
         "-bios", "none", "-kernel", image_path, "-display", "none", "-monitor", "none", "-serial", "stdio"},
        input);
}

}  // namespace eyeriss::test
