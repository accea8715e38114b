#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace eyeriss::platform {

/// RV32IMAC instructions as text, by LLVM's disassembler.
class disassembler {
public:
    disassembler();
    disassembler(disassembler&&) noexcept;
    disassembler& operator=(disassembler&&) noexcept;
    ~disassembler();

    /// The instruction at `pc`, as in "addi a0, a0, 1"; ".half 0x0000" or ".word 0x..." when it is none. Of a
    /// compressed instruction only the low half is looked at.
    [[nodiscard]] std::string text(std::uint32_t pc, std::uint32_t bits) const;

private:
    struct context;
    std::unique_ptr<context> context_;
};

}  // namespace eyeriss::platform
