#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "platform/cpu/counter.h"
#include "platform/cpu/pmp.h"
#include "platform/cpu/privilege.h"

namespace eyeriss::platform {

/// Exception causes as mcause holds them.
enum class trap_cause : std::uint32_t {
    instruction_misaligned = 0,
    instruction_fault = 1,
    illegal_instruction = 2,
    breakpoint = 3,
    load_misaligned = 4,
    load_fault = 5,
    store_misaligned = 6,
    store_fault = 7,
    ecall_from_user = 8,
    ecall_from_machine = 11
};

/// Interrupt lines of a hart; the value is the bit in mip and the code in mcause.
enum class interrupt_line : std::uint32_t { software = 3, timer = 7, external = 11 };

/// What the counters read at one instruction: cycles passed and instructions retired before it.
struct counter_values {
    std::uint64_t cycles = 0;
    std::uint64_t retired = 0;
};

/// Control and status registers of a hart with machine and user mode, without supervisor mode, and the
/// arithmetic of trap entry and return (privileged specification 1.12). Hardware performance counters and
/// events read 0; mcountinhibit stops mcycle and minstret. Writing a reserved mode to mtvec changes nothing.
class csr_file {
public:
    /// What the CSR `time` reads at a core cycle.
    using time_source = std::function<std::uint64_t(std::uint64_t cycle)>;

    explicit csr_file(std::uint32_t hart_id) : hart_id_(hart_id) {}

    /// Value of a CSR, or nothing when it does not exist or the current privilege may not read it.
    [[nodiscard]] std::optional<std::uint32_t> read(std::uint32_t number,
                                                    const counter_values& counters) const;
    /// Writes a CSR (WARL fields keep legal values). False when it does not exist, is read-only or the
    /// current privilege may not write it. `counters` are those of the writing instruction.
    bool write(std::uint32_t number, std::uint32_t value, const counter_values& counters);

    /// The same for a debugger, which may look at and write what exists in every mode. `counters` are those
    /// of the next instruction.
    [[nodiscard]] std::optional<std::uint32_t> peek(std::uint32_t number,
                                                    const counter_values& counters) const;
    bool poke(std::uint32_t number, std::uint32_t value, const counter_values& counters);
    /// All CSRs as after reset; interrupt lines and the source of `time` stay.
    void reset();

    /// Sets or clears a bit of mip that follows an interrupt line.
    void set_line(interrupt_line line, bool level);
    /// True when an interrupt is pending and enabled in mie, whatever mstatus says: what ends wfi.
    [[nodiscard]] bool wakes() const { return (mip_ & mie_) != 0; }
    /// The interrupt to take now: external before software before timer; nothing when masked.
    [[nodiscard]] std::optional<interrupt_line> interrupt() const;

    /// Enters a trap; returns the address to continue at (vectored for interrupts when mtvec says so).
    std::uint32_t enter_exception(trap_cause cause, std::uint32_t pc, std::uint32_t value);
    std::uint32_t enter_interrupt(interrupt_line line, std::uint32_t pc);
    /// mret; returns the address to continue at.
    std::uint32_t leave_trap();

    [[nodiscard]] privilege mode() const { return mode_; }
    /// Mode whose rights loads and stores have: mstatus.MPP under MPRV in machine mode.
    [[nodiscard]] privilege data_mode() const;
    [[nodiscard]] const pmp& protection() const { return protection_; }
    /// Where `time` comes from; without one it does not exist.
    void set_time_source(time_source source) { time_ = std::move(source); }
    /// True when wfi is allowed in the current mode (mstatus.TW).
    [[nodiscard]] bool wfi_allowed() const;

private:
    [[nodiscard]] std::optional<std::uint32_t> read_counter(std::uint32_t number,
                                                            const counter_values& counters) const;
    [[nodiscard]] std::optional<std::uint32_t> read_machine(std::uint32_t number) const;
    [[nodiscard]] bool counter_allowed(std::uint32_t number) const;
    bool write_counter(std::uint32_t number, std::uint32_t value, const counter_values& counters);
    bool write_machine(std::uint32_t number, std::uint32_t value);
    void write_status(std::uint32_t value);
    void inhibit(std::uint32_t value, const counter_values& counters);
    void push_state(std::uint32_t pc, std::uint32_t cause, std::uint32_t value);

    std::uint32_t hart_id_;
    privilege mode_ = privilege::machine;
    std::uint32_t mstatus_ = 0x1800;  ///< MPP machine, interrupts off
    std::uint32_t mie_ = 0, mip_ = 0;
    std::uint32_t mtvec_ = 0, mscratch_ = 0, mepc_ = 0, mcause_ = 0, mtval_ = 0;
    std::uint32_t mcounteren_ = 0;
    counter cycles_, retired_;
    pmp protection_;
    time_source time_;
};

}  // namespace eyeriss::platform
