#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <unordered_map>

#include "platform/cpu/disassembler.h"
#include "platform/cpu/hart.h"
#include "platform/cpu/symbols.h"

namespace eyeriss::platform {

/// Writes a line for each instruction that a hart executes:
///
///     hart 0  cycle 1234  80000010 00150513  addi a0, a0, 1    a0=00000002  main+0x10
///
/// Cycle of the core clock in which it starts; address; bits; disassembled; the register that it wrote, if
/// any; and where a block of code begins, function and offset. A trap stands in a line of its own behind its
/// instruction, an interrupt before the first instruction of its handler.
class cpu_trace : public execution_observer {
public:
    /// The four bytes of memory at an address, without side effects; what is not there reads 0.
    using code_reader = std::function<std::uint32_t(std::uint32_t address)>;

    /// Everything outlives this.
    cpu_trace(const hart& watched, unsigned hart_id, const symbols& names, code_reader code,
              std::ostream& out);

    [[nodiscard]] bool each_instruction() const override { return true; }
    void executed(const executed_block& block) override;

private:
    const std::string& line_for(std::uint32_t pc, std::uint32_t bits);

    struct cached_text {
        std::uint32_t bits = 0;
        std::string text;
    };
    const hart& hart_;
    unsigned hart_id_;
    const symbols& names_;
    code_reader code_;
    std::ostream& out_;
    disassembler disassembler_;
    std::unordered_map<std::uint32_t, cached_text> texts_;
    std::uint32_t expected_pc_ = 0;
    bool begun_ = false, trapped_ = false;
};

}  // namespace eyeriss::platform
