#include "platform/cpu/trace.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace eyeriss::platform {

namespace {

constexpr std::array<std::string_view, 32> register_names{
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
    "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

// Stores and branches keep no target: their rd is x0's.
bool writes_register(const op& executed) {
    return executed.rd != core::discard && executed.rd != 0;
}

}  // namespace

cpu_trace::cpu_trace(const hart& watched, unsigned hart_id, const symbols& names, code_reader code,
                     std::ostream& out)
    : hart_(watched), hart_id_(hart_id), names_(names), code_(std::move(code)), out_(out) {}

const std::string& cpu_trace::line_for(std::uint32_t pc, std::uint32_t bits) {
    cached_text& cached = texts_[pc];
    if (cached.text.empty() || cached.bits != bits) {
        cached = {bits, disassembler_.text(pc, bits)};
    }
    return cached.text;
}

void cpu_trace::executed(const executed_block& block) {
    const op& last = *block.last;
    const bool elsewhere = !begun_ || last.pc != expected_pc_;
    if (begun_ && elsewhere && !trapped_) {
        out_ << fmt::format("hart {}  interrupt, to {}\n", hart_id_, names_.place(last.pc));
    }
    const std::uint32_t bits = last.length == 0 ? 0 : code_(last.pc);
    const std::string code =
        last.length == 2 ? fmt::format("    {:04x}", bits & 0xffffU) : fmt::format("{:08x}", bits);
    std::string line =
        fmt::format("hart {}  cycle {}  {:08x} {}  {:<28}", hart_id_, block.first_cycle, last.pc, code,
                    last.length == 0 ? "(no instruction)" : line_for(last.pc, bits));
    if (!block.trapped && writes_register(last)) {
        line += fmt::format("  {}={:08x}", register_names.at(last.rd), hart_.reg(last.rd));
    }
    const bool jumped = !block.trapped && block.next_pc != last.pc + last.length;
    if (elsewhere) {
        line += fmt::format("  {}", names_.place(last.pc));
    } else if (jumped) {
        line += fmt::format("  to {}", names_.place(block.next_pc));
    }
    out_ << line << '\n';
    if (block.trapped) {
        out_ << fmt::format("hart {}  trap at {}\n", hart_id_, names_.place(last.pc));
    }
    expected_pc_ = block.next_pc;
    trapped_ = block.trapped;
    begun_ = true;
}

}  // namespace eyeriss::platform
