#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

#include "models/arch/machine.h"
#include "platform/cpu/core.h"

namespace eyeriss::platform {

/// What a hart did since the simulation began.
struct hart_statistics {
    std::uint64_t cycles = 0;         ///< core clock cycles since time 0, asleep ones included
    std::uint64_t instructions = 0;   ///< retired
    std::uint64_t active_cycles = 0;  ///< cycles not spent asleep in wfi
    std::uint64_t transactions = 0;   ///< accesses by b_transport: everything but plain memory
};

class hart;

/// Why a hart asks its debugger; between two instructions, all activity up to its time settled.
struct hart_stop {
    enum class cause : std::uint8_t {
        request,     ///< hart::request_stop
        time,        ///< hart::stop_at
        step,        ///< hart::step has ended
        breakpoint,  ///< before an instruction
        watchpoint   ///< behind the instruction that made the access `watched`
    };
    cause why = cause::request;
    std::optional<watch_hit> watched = std::nullopt;
};

/// What a hart asks when it stops for a debugger. The call blocks the simulation, so that simulated time
/// stands still and nothing else moves until it returns; the hart then runs on.
class hart_debugger {
public:
    virtual ~hart_debugger() = default;
    virtual void stopped(hart& at, const hart_stop& stop) = 0;
};

/// A RV32IMAC_Zicsr_Zifencei hart with machine and user mode as a SystemC module.
///
/// Time: an instruction takes one cycle of core.clock_mhz; instructions start at multiples of the period
/// since time 0. Memory that grants DMI is read and written with the latency of its grant, rounded up to
/// whole cycles, and fetched without (a core with perfect caches, an assumption); an access to anything else
/// takes place at the exact time of its instruction, which then lasts until the annotated delay has passed,
/// rounded up to the next cycle.
///
/// Order: the hart runs ahead of simulated time, by at most core.quantum_ns and never past the time at which
/// something else is due to happen. An instruction sees everything that happens up to and including its
/// starting time: the hart lets all activity of that time settle first. So no result depends on the quantum.
/// With several harts in one simulation, which would wait for each other to settle, each waits for a fixed
/// number of delta cycles instead, and the quantum becomes part of the configuration.
///
/// Misaligned loads and stores work in memory, as on QEMU's `virt`; to devices they are access faults, and
/// misaligned atomics trap (causes 4 and 6). Decode errors trap as illegal instructions, bus errors and what
/// PMP refuses as access faults. Atomics need memory with DMI. Out of reset the hart waits for release().
class hart final : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<hart> bus;
    sc_core::sc_in<bool> software_interrupt;
    sc_core::sc_in<bool> timer_interrupt;
    sc_core::sc_in<bool> external_interrupt;

    /// Why a hart does not run although it is not asleep.
    enum class halt : std::uint8_t { none, held, time_limit, instruction_limit };

    hart(sc_core::sc_module_name name, const arch::core_parameters& parameters, std::uint32_t hart_id,
         std::uint32_t reset_vector);

    /// Lets the hart run from where it is, until simulated time or retired instructions reach a limit, where
    /// it halts between two instructions; an instruction limit also pauses the simulation (sc_pause). To be
    /// called while the simulation does not run.
    void release(const sc_core::sc_time& until = sc_core::sc_max_time(),
                 std::uint64_t instruction_limit = std::numeric_limits<std::uint64_t>::max());

    /// Lets the instruction limit count what these harts retire together, this one among them. What one of
    /// them executes while another is within a quantum comes on top of the limit. They outlive this.
    void count_with(std::vector<const hart*> harts) { counted_ = std::move(harts); }

    [[nodiscard]] halt halted() const { return halt_; }
    [[nodiscard]] hart_statistics statistics() const;
    /// Loads and stores by DMI to memory granted within bus addresses [first, last].
    [[nodiscard]] direct_counts direct(std::uint64_t first, std::uint64_t last) const {
        return core_.memory.direct(first, last);
    }

    // Before the simulation starts.
    /// What the CSR `time` reads at a simulated time; without it the CSR does not exist.
    void set_time_source(std::function<std::uint64_t(const sc_core::sc_time&)> mtime);
    /// Makes lr.w and sc.w right among several harts; `table` outlives this and is given to each.
    void share_reservations(reservations& table, unsigned index) { core_.memory.share(table, index); }

    /// Reports what is executed; null: to nobody. To be called while the simulation does not run.
    void observe(execution_observer* observer) { core_.observe(observer); }
    /// Reports accesses beyond plain memory at their time, with instruction_address() at the instruction;
    /// null: to nobody. Nothing is paid while there is nobody.
    void observe_accesses(access_observer observer) { core_.memory.observe(std::move(observer)); }
    /// Length of a core cycle.
    [[nodiscard]] sc_core::sc_time period() const { return sc_core::sc_time::from_value(period_); }

    /// Registers x0..x31 and the program counter, between slices.
    [[nodiscard]] std::uint32_t reg(unsigned index) const { return core_.x.at(index); }
    void set_reg(unsigned index, std::uint32_t value);
    [[nodiscard]] std::uint32_t pc() const { return core_.pc; }
    void set_pc(std::uint32_t pc) { core_.pc = pc; }
    /// Must be called after code was changed from outside while the hart stands still.
    void flush_code() { core_.flush(); }

    // For a debugger, while the simulation does not run or from hart_debugger::stopped. Without one, nothing
    // of this costs the hart time.
    /// Asks `debugger` from now on; null: nobody, and what was set for it is dropped. It outlives this or
    /// takes itself away.
    void attach(hart_debugger* debugger);
    /// Stops as soon as the instruction that runs now has ended.
    void request_stop();
    /// Stops before the first instruction that starts at or after a time.
    void stop_at(const sc_core::sc_time& time) { stop_time_ = time; }
    /// Stops after one more instruction, or after entering an interrupt that is due before it.
    void step() { stepping_ = true; }
    /// Stops before the instructions at these addresses, except before one at which it stands.
    void set_breakpoints(const std::vector<std::uint32_t>& addresses) { core_.set_breakpoints(addresses); }
    /// Stops behind instructions that access these places.
    void set_watchpoints(std::vector<watchpoint> watched) {
        core_.memory.set_watchpoints(std::move(watched));
    }
    /// While held the hart executes nothing, whatever happens.
    void hold(bool held);
    /// Starts anew at the reset vector with registers and CSRs as after reset; at once, or as soon as an
    /// access that is under way has ended.
    void reset();
    /// A CSR as machine mode reads it, and its write; nothing or false where there is none.
    [[nodiscard]] std::optional<std::uint32_t> csr(std::uint32_t number) const;
    bool set_csr(std::uint32_t number, std::uint32_t value);
    [[nodiscard]] privilege mode() const { return core_.csr.mode(); }
    /// Address of the instruction whose bus access is under way, else pc().
    [[nodiscard]] std::uint32_t instruction_address() const { return core_.instruction_address(); }
    /// True while a bus access is under way: registers cannot be changed then.
    [[nodiscard]] bool within_instruction() const { return core_.within_instruction(); }
    [[nodiscard]] bool asleep() const { return core_.sleeping(); }
    [[nodiscard]] std::uint32_t id() const { return hart_id_; }

    /// Called at a semihosting call in machine mode, at its time, with the pc behind it; null: such a
    /// sequence traps as any ebreak.
    void on_host_call(std::function<void(hart&)> call);

private:
    void start_of_simulation() override;
    void execute();
    void run_slice();
    void sleep();
    void stand_still();
    void settle();
    void synchronise();
    void wait_until(std::uint64_t cycle);
    void add_delay(const sc_core::sc_time& delay);
    void lengthen(const sc_core::sc_time& latency);
    void update_interrupts();
    void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);
    [[nodiscard]] std::uint64_t cycles_in(const sc_core::sc_time& time) const;
    [[nodiscard]] std::uint64_t budget() const;
    [[nodiscard]] std::uint64_t step_budget();
    [[nodiscard]] halt limit_reached() const;
    [[nodiscard]] std::uint64_t instructions_left() const;
    [[nodiscard]] std::optional<hart_stop> stop_due();
    void ask_debugger(const hart_stop& stop);
    [[nodiscard]] counter_values counters() const;

    std::uint32_t hart_id_, reset_vector_;
    core core_;
    std::uint64_t period_;  ///< of the core clock, in units of SystemC's time resolution
    std::uint64_t quantum_cycles_;
    std::uint64_t base_cycle_ = 0;  ///< cycle at which the running slice started, moved on by bus delays
    std::uint64_t active_cycles_ = 0;
    sc_core::sc_time time_limit_;
    std::uint64_t instruction_limit_ = 0;
    std::vector<const hart*> counted_;  ///< empty: this hart alone
    halt halt_ = halt::held;
    unsigned settling_deltas_ = std::numeric_limits<unsigned>::max();
    sc_core::sc_event released_;
    sc_core::sc_event interrupt_changed_;

    hart_debugger* debugger_ = nullptr;
    sc_core::sc_time stop_time_ = sc_core::sc_max_time();
    bool stop_requested_ = false, stepping_ = false, stepped_ = false, held_ = false, reset_due_ = false;
    std::function<void(hart&)> host_call_;
};

}  // namespace eyeriss::platform
