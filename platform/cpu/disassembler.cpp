#include "platform/cpu/disassembler.h"

#include <fmt/format.h>
#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#include "platform/cpu/decode.h"

namespace eyeriss::platform {

struct disassembler::context {
    LLVMDisasmContextRef llvm = nullptr;

    context() {
        LLVMInitializeRISCVTargetInfo();
        LLVMInitializeRISCVTargetMC();
        LLVMInitializeRISCVDisassembler();
        llvm =
            LLVMCreateDisasmCPUFeatures("riscv32-unknown-elf", "", "+m,+a,+c", nullptr, 0, nullptr, nullptr);
        if (llvm == nullptr) {
            throw std::runtime_error("disassembler: LLVM was built without RISC-V");
        }
    }
    context(const context&) = delete;
    context& operator=(const context&) = delete;
    ~context() { LLVMDisasmDispose(llvm); }
};

disassembler::disassembler() : context_(std::make_unique<context>()) {}
disassembler::disassembler(disassembler&&) noexcept = default;
disassembler& disassembler::operator=(disassembler&&) noexcept = default;
disassembler::~disassembler() = default;

std::string disassembler::text(std::uint32_t pc, std::uint32_t bits) const {
    const bool compressed = is_compressed(static_cast<std::uint16_t>(bits));
    const std::size_t bytes = compressed ? 2 : 4;
    std::array<std::uint8_t, 4> code{};
    std::memcpy(code.data(), &bits, sizeof bits);
    std::array<char, 128> line{};
    if (LLVMDisasmInstruction(context_->llvm, code.data(), bytes, pc, line.data(), line.size()) != bytes) {
        return compressed ? fmt::format(".half {:#06x}", bits & 0xffffU)
                          : fmt::format(".word {:#010x}", bits);
    }
    std::string text(line.data());
    std::replace(text.begin(), text.end(), '\t', ' ');
    text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

}  // namespace eyeriss::platform
