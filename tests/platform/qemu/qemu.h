#pragma once

#include <string>
#include <vector>

namespace eyeriss::test {

/// What a program printed and how it ended.
struct program_outcome {
    std::string text;
    int exit_code = -1;
};

/// Runs a program with `input` on its standard input until it ends; its standard output is the text. Throws
/// std::runtime_error when it cannot be started or ends by a signal.
program_outcome run_program(const std::vector<std::string>& command, const std::string& input);

/// Runs an image on qemu-system-riscv32's virt machine with the ISA of the SoC's core and 128 MiB; the text
/// is what it sends over the UART, the exit code what it gives the test finisher.
program_outcome run_on_qemu_virt(const std::string& image_path, const std::string& input = "",
                                 unsigned harts = 1);

}  // namespace eyeriss::test
