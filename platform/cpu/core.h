#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "platform/cpu/block_cache.h"
#include "platform/cpu/csr.h"
#include "platform/cpu/decode.h"
#include "platform/cpu/memory_port.h"

namespace eyeriss::platform {

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
        asleep = 8,            ///< wfi
        check_interrupts = 16  ///< a CSR or mret may have let one in
    };

    struct trap {
        trap_cause cause{};
        std::uint32_t value = 0;
        std::uint32_t pc = 0;
    };

    core(std::uint32_t hart_id, tlm::tlm_initiator_socket<>& socket, memory_port::clock_hooks hooks)
        : memory(socket, std::move(hooks)), csr(hart_id) {}

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
    /// Drops decoded code; for loaders and debuggers.
    void flush() { attention |= flush_code; }

    // What handlers use.
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
    /// Leaves the block for an address known only now.
    op* jump_indirect(op* at, std::uint32_t target) {
        pc = target;
        exit_ = nullptr;
        return at;
    }
    /// Tells slice_cycles() where the core is, before a transaction that needs the time.
    void position(const op* at) { current_ = at; }

    std::array<std::uint32_t, 33> x{};
    std::uint32_t pc = 0;
    std::uint32_t attention = 0;
    memory_port memory;
    csr_file csr;
    /// Reservation of lr.w: its address and the value that it saw.
    struct reservation {
        std::uint32_t address = 0;
        std::uint32_t value = 0;
    };
    std::optional<reservation> reserved;

private:
    [[nodiscard]] std::uint64_t in_block(const op* at) const {
        return static_cast<std::uint64_t>(at - entered_);
    }
    op* look_up_block();
    void attend();
    void take_interrupt();

    block_cache blocks_;
    op* entered_ = nullptr;
    const op* current_ = nullptr;
    op* exit_ = nullptr;    ///< op with a static target that left its block last
    op* resume_ = nullptr;  ///< where a cut block goes on
    trap trap_;
    bool sleeping_ = false;
    std::uint64_t slice_cycles_ = 0, cycle_base_ = 0, retired_ = 0;
};

/// The function that executes an operation.
op::handler handler_of(operation op);
/// Handlers that stand for no instruction: behind a block's end, and for code that cannot be fetched
/// (imm: the faulting address).
op* run_sentinel(core& c, op* at);
op* run_fetch_fault(core& c, op* at);

}  // namespace eyeriss::platform
