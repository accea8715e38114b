#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "platform/cpu/alu.h"
#include "platform/cpu/core.h"

namespace eyeriss::platform {

namespace {

using u32 = std::uint32_t;

// A call in tail position: compiled to a jump into the next handler.
[[gnu::always_inline]] inline op* next(core& c, op* at) {
    return at[1].run(c, at + 1);
}

template <u32 (*compute)(u32, u32)>
op* run_registers(core& c, op* at) {
    c.x[at->rd] = compute(c.x[at->rs1], c.x[at->rs2]);
    return next(c, at);
}

template <u32 (*compute)(u32, u32)>
op* run_immediate(core& c, op* at) {
    c.x[at->rd] = compute(c.x[at->rs1], static_cast<u32>(at->imm));
    return next(c, at);
}

// lui, and auipc, whose sum was formed when it was decoded.
op* run_constant(core& c, op* at) {
    c.x[at->rd] = static_cast<u32>(at->imm);
    return next(c, at);
}

template <bool (*taken)(u32, u32)>
op* run_branch(core& c, op* at) {
    if (taken(c.x[at->rs1], c.x[at->rs2])) {
        return c.jump(at, static_cast<u32>(at->imm));
    }
    return next(c, at);
}

op* run_jal(core& c, op* at) {
    c.x[at->rd] = at->pc + at->length;
    return c.jump(at, static_cast<u32>(at->imm));
}

op* run_jalr(core& c, op* at) {
    const u32 target = (c.x[at->rs1] + static_cast<u32>(at->imm)) & ~1U;
    c.x[at->rd] = at->pc + at->length;
    return c.jump_indirect(at, target);
}

template <typename T>
u32 extended(T value) {
    return static_cast<u32>(static_cast<std::int32_t>(value));
}

// Goes on behind an access to memory, unless it was charged a latency.
op* past_memory(core& c, op* at) {
    return (c.attention & core::lengthened) != 0 ? c.leave(at, 0) : next(c, at);
}

template <typename T>
[[gnu::noinline]] op* load_elsewhere(core& c, op* at, u32 address) {
    c.position(at);
    std::array<std::uint8_t, sizeof(T)> data{};
    const access_result result = c.memory.load(address, data);
    if (result == access_result::fault) {
        c.attention |= core::slice_over;
        return c.raise(at, trap_cause::load_fault, address);
    }
    c.x[at->rd] = extended(std::bit_cast<T>(data));
    return result == access_result::memory ? past_memory(c, at) : c.leave(at, core::slice_over);
}

template <typename T>
op* run_load(core& c, op* at) {
    const u32 address = c.x[at->rs1] + static_cast<u32>(at->imm);
    T value = 0;
    if (!c.memory.try_load(address, value)) [[unlikely]] {
        return load_elsewhere<T>(c, at, address);
    }
    c.x[at->rd] = extended(value);
    return next(c, at);
}

template <typename T>
[[gnu::noinline]] op* store_elsewhere(core& c, op* at, u32 address) {
    c.position(at);
    const auto data = std::bit_cast<std::array<std::uint8_t, sizeof(T)>>(static_cast<T>(c.x[at->rs2]));
    const access_result result = c.memory.store(address, data);
    if (result == access_result::fault) {
        c.attention |= core::slice_over;
        return c.raise(at, trap_cause::store_fault, address);
    }
    return result == access_result::memory ? past_memory(c, at) : c.leave(at, core::slice_over);
}

template <typename T>
op* run_store(core& c, op* at) {
    const u32 address = c.x[at->rs1] + static_cast<u32>(at->imm);
    if (!c.memory.try_store(address, static_cast<T>(c.x[at->rs2]))) [[unlikely]] {
        return store_elsewhere<T>(c, at, address);
    }
    return next(c, at);
}

u32 word_at(const std::uint8_t* place) {
    u32 value = 0;
    std::memcpy(&value, place, sizeof value);
    return value;
}

op* behind_atomic(core& c, op* at) {
    return c.memory.watch_reached() ? c.leave(at, core::slice_over) : past_memory(c, at);
}

// Atomics work on memory that is directly at hand; anywhere else they are access faults, as the ISA allows
// for regions without the atomicity attribute.
template <u32 (*compute)(u32, u32)>
op* run_amo(core& c, op* at) {
    const u32 address = c.x[at->rs1];
    if (address % 4 != 0) {
        return c.raise(at, trap_cause::store_misaligned, address);
    }
    std::uint8_t* place = c.memory.writable_word(address);
    if (place == nullptr) {
        return c.raise(at, trap_cause::store_fault, address);
    }
    const u32 old = word_at(place);
    const u32 result = compute(old, c.x[at->rs2]);
    std::memcpy(place, &result, sizeof result);
    c.x[at->rd] = old;
    c.memory.note(address, sizeof old, access_kind::read);
    c.memory.note(address, sizeof old, access_kind::write);
    return behind_atomic(c, at);
}

op* run_lr(core& c, op* at) {
    const u32 address = c.x[at->rs1];
    if (address % 4 != 0) {
        return c.raise(at, trap_cause::load_misaligned, address);
    }
    const std::uint8_t* place = c.memory.readable_word(address);
    if (place == nullptr) {
        return c.raise(at, trap_cause::load_fault, address);
    }
    const u32 value = word_at(place);
    c.reserve(address, value);
    c.x[at->rd] = value;
    c.memory.note(address, sizeof value, access_kind::read);
    return behind_atomic(c, at);
}

op* run_sc(core& c, op* at) {
    const u32 address = c.x[at->rs1];
    if (address % 4 != 0) {
        return c.raise(at, trap_cause::store_misaligned, address);
    }
    std::uint8_t* place = c.memory.writable_word(address);
    if (place == nullptr) {
        return c.raise(at, trap_cause::store_fault, address);
    }
    const bool holds = c.end_reservation(address, word_at(place));
    if (holds) {
        const u32 value = c.x[at->rs2];
        std::memcpy(place, &value, sizeof value);
        c.memory.note(address, sizeof value, access_kind::write);
    }
    c.x[at->rd] = holds ? 0 : 1;
    return behind_atomic(c, at);
}

op* raise_illegal(core& c, op* at) {
    return c.raise(at, trap_cause::illegal_instruction, static_cast<u32>(at->imm));
}

enum class csr_change : std::uint8_t { write, set, clear };

template <csr_change change, bool immediate>
op* run_csr(core& c, op* at) {
    const u32 number = static_cast<u32>(at->imm) >> 20;
    const u32 operand = immediate ? at->rs1 : c.x[at->rs1];
    const bool writes = change == csr_change::write || at->rs1 != 0;
    const counter_values counters = c.counters(at);
    const auto old = c.csr.read(number, counters);
    if (!old) {
        return raise_illegal(c, at);
    }
    const u32 value = change == csr_change::write ? operand
                      : change == csr_change::set ? *old | operand
                                                  : *old & ~operand;
    if (writes && !c.csr.write(number, value, counters)) {
        return raise_illegal(c, at);
    }
    c.x[at->rd] = *old;
    return writes ? c.leave(at, core::check_interrupts) : next(c, at);
}

// Harts and DMA see memory in program order: nothing to do.
op* run_fence(core& c, op* at) {
    return next(c, at);
}

op* run_fence_i(core& c, op* at) {
    return c.leave(at, core::flush_code);
}

op* run_ecall(core& c, op* at) {
    return c.raise(
        at, c.csr.mode() == privilege::machine ? trap_cause::ecall_from_machine : trap_cause::ecall_from_user,
        0);
}

op* run_ebreak(core& c, op* at) {
    if (c.is_host_call(at)) {
        return c.leave(at, core::host_call | core::slice_over);
    }
    return c.raise(at, trap_cause::breakpoint, 0);
}

op* run_mret(core& c, op* at) {
    if (c.csr.mode() != privilege::machine) {
        return raise_illegal(c, at);
    }
    op* left = c.leave(at, core::check_interrupts);
    c.pc = c.csr.leave_trap();
    return left;
}

op* run_wfi(core& c, op* at) {
    if (!c.csr.wfi_allowed()) {
        return raise_illegal(c, at);
    }
    return c.leave(at, core::asleep | core::slice_over);
}

struct handler_table {
    std::array<op::handler, static_cast<std::size_t>(operation::count)> run{};
    std::array<bool, static_cast<std::size_t>(operation::count)> known{};
};

constexpr handler_table handlers = [] {
    handler_table table;
    const auto set = [&](operation o, op::handler h) {
        table.run[static_cast<std::size_t>(o)] = h;
        table.known[static_cast<std::size_t>(o)] = true;
    };
    set(operation::illegal, raise_illegal);
    set(operation::lui, run_constant);
    set(operation::auipc, run_constant);
    set(operation::jal, run_jal);
    set(operation::jalr, run_jalr);
    set(operation::beq, run_branch<alu::if_equal>);
    set(operation::bne, run_branch<alu::if_different>);
    set(operation::blt, run_branch<alu::if_less>);
    set(operation::bge, run_branch<alu::if_not_less>);
    set(operation::bltu, run_branch<alu::if_below>);
    set(operation::bgeu, run_branch<alu::if_not_below>);
    set(operation::lb, run_load<std::int8_t>);
    set(operation::lh, run_load<std::int16_t>);
    set(operation::lw, run_load<u32>);
    set(operation::lbu, run_load<std::uint8_t>);
    set(operation::lhu, run_load<std::uint16_t>);
    set(operation::sb, run_store<std::uint8_t>);
    set(operation::sh, run_store<std::uint16_t>);
    set(operation::sw, run_store<u32>);
    set(operation::addi, run_immediate<alu::do_add>);
    set(operation::slti, run_immediate<alu::do_slt>);
    set(operation::sltiu, run_immediate<alu::do_sltu>);
    set(operation::xori, run_immediate<alu::do_xor>);
    set(operation::ori, run_immediate<alu::do_or>);
    set(operation::andi, run_immediate<alu::do_and>);
    set(operation::slli, run_immediate<alu::do_sll>);
    set(operation::srli, run_immediate<alu::do_srl>);
    set(operation::srai, run_immediate<alu::do_sra>);
    set(operation::add, run_registers<alu::do_add>);
    set(operation::sub, run_registers<alu::do_sub>);
    set(operation::sll, run_registers<alu::do_sll>);
    set(operation::slt, run_registers<alu::do_slt>);
    set(operation::sltu, run_registers<alu::do_sltu>);
    set(operation::xor_, run_registers<alu::do_xor>);
    set(operation::srl, run_registers<alu::do_srl>);
    set(operation::sra, run_registers<alu::do_sra>);
    set(operation::or_, run_registers<alu::do_or>);
    set(operation::and_, run_registers<alu::do_and>);
    set(operation::fence, run_fence);
    set(operation::fence_i, run_fence_i);
    set(operation::ecall, run_ecall);
    set(operation::ebreak, run_ebreak);
    set(operation::mret, run_mret);
    set(operation::wfi, run_wfi);
    set(operation::csrrw, run_csr<csr_change::write, false>);
    set(operation::csrrs, run_csr<csr_change::set, false>);
    set(operation::csrrc, run_csr<csr_change::clear, false>);
    set(operation::csrrwi, run_csr<csr_change::write, true>);
    set(operation::csrrsi, run_csr<csr_change::set, true>);
    set(operation::csrrci, run_csr<csr_change::clear, true>);
    set(operation::mul, run_registers<alu::do_mul>);
    set(operation::mulh, run_registers<alu::do_mulh>);
    set(operation::mulhsu, run_registers<alu::do_mulhsu>);
    set(operation::mulhu, run_registers<alu::do_mulhu>);
    set(operation::div, run_registers<alu::do_div>);
    set(operation::divu, run_registers<alu::do_divu>);
    set(operation::rem, run_registers<alu::do_rem>);
    set(operation::remu, run_registers<alu::do_remu>);
    set(operation::lr_w, run_lr);
    set(operation::sc_w, run_sc);
    set(operation::amoswap_w, run_amo<alu::do_swap>);
    set(operation::amoadd_w, run_amo<alu::do_add>);
    set(operation::amoxor_w, run_amo<alu::do_xor>);
    set(operation::amoand_w, run_amo<alu::do_and>);
    set(operation::amoor_w, run_amo<alu::do_or>);
    set(operation::amomin_w, run_amo<alu::do_min>);
    set(operation::amomax_w, run_amo<alu::do_max>);
    set(operation::amominu_w, run_amo<alu::do_minu>);
    set(operation::amomaxu_w, run_amo<alu::do_maxu>);
    return table;
}();

static_assert(std::find(handlers.known.begin(), handlers.known.end(), false) == handlers.known.end());

}  // namespace

op::handler handler_of(operation o) {
    return handlers.run[static_cast<std::size_t>(o)];
}

op* run_sentinel(core& c, op* at) {
    c.jump(at, at->pc);
    return at - 1;
}

// Nothing of it has run: it is not counted.
op* run_breakpoint(core& c, op* at) {
    c.jump_indirect(at, at->pc);
    c.attention |= core::at_breakpoint | core::slice_over;
    return at - 1;
}

op* run_fetch_fault(core& c, op* at) {
    return c.raise(at, trap_cause::instruction_fault, static_cast<u32>(at->imm));
}

}  // namespace eyeriss::platform
