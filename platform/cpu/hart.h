#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <functional>
#include <limits>
#include <systemc>
#include <tlm>

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

/// A RV32IMAC_Zicsr_Zifencei hart with machine and user mode as a SystemC module.
///
/// Time: an instruction takes one cycle of core.clock_mhz; instructions start at multiples of the period
/// since time 0. Memory that grants DMI is read and written without further delay (a core with perfect
/// caches, an assumption); an access to anything else takes place at the exact time of its instruction, which
/// then lasts until the annotated delay has passed, rounded up to the next cycle.
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
class hart : public sc_core::sc_module {
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

    [[nodiscard]] halt halted() const { return halt_; }
    [[nodiscard]] hart_statistics statistics() const;

    // Before the simulation starts.
    /// What the CSR `time` reads at a simulated time; without it the CSR does not exist.
    void set_time_source(std::function<std::uint64_t(const sc_core::sc_time&)> mtime);
    /// Makes lr.w and sc.w right among several harts; `table` outlives this and is given to each.
    void share_reservations(reservations& table, unsigned index) { core_.memory.share(table, index); }

    /// Reports what is executed; null: to nobody. To be called while the simulation does not run.
    void observe(execution_observer* observer) { core_.observe(observer); }
    /// Length of a core cycle.
    [[nodiscard]] sc_core::sc_time period() const { return sc_core::sc_time::from_value(period_); }

    /// Registers x0..x31 and the program counter, between slices.
    [[nodiscard]] std::uint32_t reg(unsigned index) const { return core_.x.at(index); }
    void set_reg(unsigned index, std::uint32_t value);
    [[nodiscard]] std::uint32_t pc() const { return core_.pc; }
    void set_pc(std::uint32_t pc) { core_.pc = pc; }
    /// Must be called after code was changed from outside while the hart stands still.
    void flush_code() { core_.flush(); }

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
    void update_interrupts();
    void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);
    [[nodiscard]] std::uint64_t cycles_in(const sc_core::sc_time& time) const;
    [[nodiscard]] std::uint64_t budget() const;
    [[nodiscard]] halt limit_reached() const;

    core core_;
    std::uint64_t period_;  ///< of the core clock, in units of SystemC's time resolution
    std::uint64_t quantum_cycles_;
    std::uint64_t base_cycle_ = 0;  ///< cycle at which the running slice started, moved on by bus delays
    std::uint64_t active_cycles_ = 0;
    sc_core::sc_time time_limit_;
    std::uint64_t instruction_limit_ = 0;
    halt halt_ = halt::held;
    unsigned settling_deltas_ = std::numeric_limits<unsigned>::max();
    sc_core::sc_event released_;
    sc_core::sc_event interrupt_changed_;
};

}  // namespace eyeriss::platform
