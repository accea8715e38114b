#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "platform/cpu/block_cache.h"
#include "platform/cpu/csr.h"
#include "platform/cpu/decode.h"
#include "platform/cpu/memory_port.h"

namespace eyeriss::platform {

/// A run of instructions that a core executed without leaving its block.
struct executed_block {
    const op* first = nullptr;
    const op* last = nullptr;   ///< the one that left the block
    std::uint32_t next_pc = 0;  ///< where execution goes on; meaningless when the last one trapped
    bool trapped = false;       ///< the last one did not retire
    std::uint64_t first_cycle = 0, end_cycle = 0;  ///< of the core clock, bus delays included
};

/// Sees what a core executes, for traces and profiles. Changes nothing.
class execution_observer {
public:
    virtual ~execution_observer() = default;
    /// True when every instruction shall be reported on its own, with registers as they are after it.
    [[nodiscard]] virtual bool each_instruction() const = 0;
    virtual void executed(const executed_block& block) = 0;
};

/// Architectural state of a hart and what its instruction handlers share. Knows no SystemC time: it counts
/// cycles, one an instruction, and the hart above turns them into time.
class core {
public:
    /// Where writes to x0 go.
    static constexpr std::uint8_t discard = 32;

    /// Reasons to leave the fast loop, as bits of `attention`.
    enum event : std::uint32_t {
        trapped = 1,     ///< trap_ holds what; the op did not retire
        slice_over = 2,  ///< simulated time moved, or an interrupt may have to be taken
        flush_code = 4,
        asleep = 8,             ///< wfi
        check_interrupts = 16,  ///< a CSR or mret may have let one in
        at_breakpoint = 32,     ///< stands before an instruction that a debugger marked
        host_call = 64,         ///< a semihosting call
        lengthened = 128        ///< the op was charged cycles beyond its own
    };

    struct trap {
        trap_cause cause{};
        std::uint32_t value = 0;
        std::uint32_t pc = 0;
    };

    core(std::uint32_t hart_id, tlm::tlm_initiator_socket<>& socket, memory_port::clock_hooks hooks)
        : csr(hart_id), memory(socket, std::move(hooks), csr.protection()) {}

    /// Executes whole instructions until `budget` cycles have passed, or earlier when an instruction needs
    /// the hart's attention. Takes a pending interrupt first. Returns the cycles used.
    std::uint64_t run(std::uint64_t budget);

    /// Cycles of this slice before the instruction that executes now.
    [[nodiscard]] std::uint64_t slice_cycles() const { return slice_cycles_ + in_block(current_); }
    [[nodiscard]] counter_values counters(const op* at) const {
        return {cycle_base_ + slice_cycles_ + in_block(at), retired_ + in_block(at)};
    }
    [[nodiscard]] std::uint64_t retired() const { return retired_; }
    /// Number of the core cycle in which the next slice starts.
    void set_cycle_base(std::uint64_t cycle) { cycle_base_ = cycle; }
    [[nodiscard]] bool sleeping() const { return sleeping_; }
    void wake() { sleeping_ = false; }
    /// Reports to `observer` from now on; null: to nobody. It outlives this or takes itself away.
    void observe(execution_observer* observer) { observer_ = observer; }
    /// Drops decoded code; for loaders and debuggers.
    void flush() { attention |= flush_code; }

    // For a debugger, between slices.
    /// Addresses of instructions before which run() ends, instead of those given before.
    void set_breakpoints(const std::vector<std::uint32_t>& addresses);
    /// The next instruction runs although a breakpoint marks it.
    void pass_breakpoint() { passing_ = pc; }
    /// True once when run() ended before a marked instruction.
    [[nodiscard]] bool take_breakpoint() { return std::exchange(breakpoint_reached_, false); }
    /// As csr_file::poke, with what follows from it for memory accesses.
    bool poke_csr(std::uint32_t number, std::uint32_t value, const counter_values& counters);
    /// Registers, CSRs and reservation as after reset, at `vector`.
    void reset(std::uint32_t vector);
    /// Address of the instruction whose bus access is under way, else of the next one.
    [[nodiscard]] std::uint32_t instruction_address() const {
        return current_ != nullptr ? current_->pc : pc;
    }
    /// True while a bus access is under way.
    [[nodiscard]] bool within_instruction() const { return current_ != nullptr; }
    /// When `taken`, run() ends behind the ebreak of a semihosting call in machine mode.
    void take_host_calls(bool taken) { takes_host_calls_ = taken; }
    /// True once when run() ended behind one.
    [[nodiscard]] bool take_host_call() { return std::exchange(host_call_reached_, false); }

    // What handlers use.
    /// True when the ebreak at `at` stands in the sequence that marks a semihosting call.
    [[nodiscard]] bool is_host_call(const op* at);
    /// Notes a trap at `at` and leaves the block.
    op* raise(op* at, trap_cause cause, std::uint32_t value) {
        trap_ = {cause, value, at->pc};
        attention |= trapped;
        return at;
    }
    /// Leaves the block behind `at`, for the hart's attention.
    op* leave(op* at, std::uint32_t events) {
        pc = at->pc + at->length;
        exit_ = nullptr;
        attention |= events;
        return at;
    }
    /// Leaves the block for an address known when the code was decoded.
    op* jump(op* at, std::uint32_t target) {
        pc = target;
        exit_ = at;
        return at;
    }
    /// Leaves the block for an address known only now; `at` remembers where it led last.
    op* jump_indirect(op* at, std::uint32_t target) {
        pc = target;
        if (at->link != nullptr && at->link->pc != target) at->link = nullptr;
        exit_ = at;
        return at;
    }
    /// Charges the op that executes now `cycles` beyond its own, which end the slice by as much earlier.
    void lengthen(std::uint64_t cycles) {
        charged_ += cycles;
        cycle_base_ += cycles;
        attention |= lengthened;
    }
    /// Tells slice_cycles() where the core is, before a transaction that needs the time.
    void position(const op* at) { current_ = at; }

    std::array<std::uint32_t, 33> x{};
    std::uint32_t pc = 0;
    std::uint32_t attention = 0;
    csr_file csr;
    memory_port memory;

    /// lr.w saw `value` at `address`.
    void reserve(std::uint32_t address, std::uint32_t value);
    /// sc.w finds `value` there now; true when it may store. Other harts' stores break the reservation; for
    /// other masters, that the word still holds what lr.w saw stands in for it.
    bool end_reservation(std::uint32_t address, std::uint32_t value);

private:
    [[nodiscard]] std::uint64_t in_block(const op* at) const {
        return static_cast<std::uint64_t>(at - entered_);
    }
    op* look_up_block();
    [[nodiscard]] std::uint64_t longest_run(std::uint64_t left) const {
        return observer_ != nullptr && observer_->each_instruction() ? 1 : left;
    }
    void report(const op* first, const op* last, std::uint64_t first_cycle) const;
    void attend();
    void take_interrupt();
    void follow_mode();
    void age_reservation();
    [[nodiscard]] block_cache& blocks() { return blocks_[mode_ == privilege::machine ? 1 : 0]; }

    /// Reservation of lr.w: its address, the value that it saw, and when.
    struct reservation {
        std::uint32_t address = 0, value = 0;
        std::uint64_t retired = 0;
    };
    std::optional<reservation> reserved_;
    std::array<block_cache, 2> blocks_;  ///< for user and machine mode, whose rights to fetch differ
    privilege mode_ = privilege::machine, data_mode_ = privilege::machine;
    std::uint32_t protection_version_ = 0;
    op* entered_ = nullptr;
    const op* current_ = nullptr;
    op* exit_ = nullptr;    ///< op whose target is known that left its block last
    op* resume_ = nullptr;  ///< where a cut block goes on
    trap trap_;
    bool sleeping_ = false;
    std::optional<std::uint32_t> passing_;  ///< address of an instruction that runs in spite of a breakpoint
    bool breakpoint_reached_ = false, takes_host_calls_ = false, host_call_reached_ = false;
    execution_observer* observer_ = nullptr;
    std::uint64_t slice_cycles_ = 0, cycle_base_ = 0, retired_ = 0;
    std::uint64_t charged_ = 0;  ///< by lengthen(), not yet taken from the slice
};

/// The function that executes an operation.
op::handler handler_of(operation op);
/// Handlers that stand for no instruction: behind a block's end, and for code that cannot be fetched
/// (imm: the faulting address).
op* run_sentinel(core& c, op* at);
op* run_fetch_fault(core& c, op* at);
/// Takes an instruction's place where a breakpoint marks it: leaves the block before it.
op* run_breakpoint(core& c, op* at);

}  // namespace eyeriss::platform
