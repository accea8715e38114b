#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <systemc>
#include <vector>

#include "models/accelerator/accelerator.h"
#include "models/arch/machine.h"
#include "models/dram/controller.h"
#include "models/dram/dram.h"
#include "platform/bus/interconnect.h"
#include "platform/cpu/hart.h"
#include "platform/cpu/semihosting.h"
#include "platform/devices/clint.h"
#include "platform/devices/finisher.h"
#include "platform/devices/memory.h"
#include "platform/devices/plic.h"
#include "platform/devices/timer.h"
#include "platform/devices/uart16550.h"
#include "platform/devices/watchdog.h"
#include "platform/faults/fault_controller.h"
#include "platform/outside.h"

namespace eyeriss::platform {

/// A JEDEC-timed DRAM for the SoC.
struct timed_dram {
    dram::part part;
    dram::controller_parameters controller;
};

/// A DRAM of the user's own behind the platform's interconnect (doc/own_dram.md): a target of the base
/// protocol, addresses from 0, dram.capacity_mib large, that the user keeps alive.
struct own_dram {
    tlm::tlm_base_target_socket_b<>* socket = nullptr;
    /// The DMA speaks four phases with it in timed runs; else b_transport, whose delay it waits for.
    bool four_phases = true;
    unsigned page_bytes = 4096;  ///< the DMA's bursts stay within such a page
};

struct soc_options {
    /// Takes what firmware prints; null: dropped.
    uart16550::sink uart_output = nullptr;
    /// Time of a character on the UART's line; 0: none.
    sc_core::sc_time uart_character_time = sc_core::SC_ZERO_TIME;
    eyeriss::accelerator::timing timing = eyeriss::accelerator::timing::timed;
    /// Takes the place of the machine's dram.model; dram.capacity_mib of it are used, all by DMI too. Without
    /// times the memory has none either, and no controller.
    std::optional<timed_dram> dram = std::nullopt;
    /// Takes the place of both.
    std::optional<own_dram> own_memory = std::nullopt;
    /// Lets firmware reach files and the end of the run by semihosting calls; without it they trap as any
    /// ebreak.
    std::optional<semihosting_options> semihosting = std::nullopt;
    /// Asked for each pair of sockets that is bound to or by the interconnect: returns the target socket to
    /// bind in place of `target`, e.g. that of a monitor which the caller has bound to `target`. May be null.
    /// Programs must then be loaded after elaboration: an ordinary module passes no debug access before it.
    std::function<tlm::tlm_base_target_socket_b<>&(const std::string& name,
                                                   tlm::tlm_base_target_socket_b<>& target)>
        between = nullptr;
};

/// How far soc::run goes, beside firmware's own end.
struct run_limits {
    sc_core::sc_time until = sc_core::sc_max_time();  ///< simulated time at which to stop
    std::uint64_t instructions = std::numeric_limits<std::uint64_t>::max();  ///< retired since time 0
    /// Asked every `slice` of simulated time; true stops the run. May be null.
    std::function<bool()> interrupted = nullptr;
    /// Asked when nothing is pending and every hart sleeps: true to go on, since something has come from
    /// outside meanwhile (simulated time stands still); false, or none, ends the run as idle.
    std::function<bool()> idle = nullptr;
    sc_core::sc_time slice{100, sc_core::SC_US};
};

/// Why soc::run returned. `idle`: the hart sleeps and nothing can happen any more. `stopped`:
/// someone else called sc_stop.
enum class stop_reason : std::uint8_t { finished, time_limit, instruction_limit, idle, interrupted, stopped };

struct run_result {
    stop_reason reason = stop_reason::idle;
    std::optional<int> exit_code;  ///< what firmware wrote to the finisher
};

/// The SoC: RISC-V harts, boot ROM, SRAM, DRAM, CLINT, PLIC, UART, watchdog, timer, test finisher and the
/// accelerator on one interconnect, at the addresses of memory_map.h. Everything on the bus is an ordinary
/// TLM-2.0 target of the base protocol.
///
/// Out of reset the hart is held; run(), or start() for users who call sc_start themselves, lets it go.
class soc : public sc_core::sc_module {
public:
    /// Throws std::invalid_argument with one line when the machine cannot be built.
    soc(sc_core::sc_module_name name, const arch::machine& machine, soc_options options = {});
    ~soc() override;

    // Before elaboration ends: what a user adds.
    /// Puts a user's target at a free range of bus addresses. Errors as address_map::add.
    void map(const std::string& target_name, address_range range,
             tlm::tlm_base_target_socket_b<>& target_socket);
    /// Gives a user's initiator access to the bus.
    void add_initiator(tlm::tlm_initiator_socket<>& initiator_socket);
    /// Drives an input of the PLIC (1..95, none of memory_map.h's) by a signal. Throws
    /// std::invalid_argument for other numbers.
    void connect_interrupt(unsigned source, sc_core::sc_signal_in_if<bool>& level);

    // Memory, before and between runs; accesses without time and side effects.
    /// Loads an executable and points the boot ROM at its entry. Throws elf_error with one line.
    void load_elf(const std::filesystem::path& path);
    /// Throws std::out_of_range naming the first address that is no memory.
    void write_memory(std::uint32_t address, std::span<const std::uint8_t> data);
    void read_memory(std::uint32_t address, std::span<std::uint8_t> data);

    // Running.
    /// Runs until firmware finishes or a limit is reached; can be called again to go on. Limits are exact:
    /// a hart executes nothing that starts at or after `until`; instructions are those of all harts together,
    /// with several harts to within a quantum.
    run_result run(const run_limits& limits = {});
    /// Lets the harts go, for users who call sc_start themselves.
    void start() { release({}); }

    [[nodiscard]] std::optional<int> exit_code() const { return finisher_.exit_code(); }
    /// Of hart 0.
    [[nodiscard]] hart_statistics cpu_statistics() const { return hart_.statistics(); }
    /// Retired by all harts.
    [[nodiscard]] std::uint64_t instructions() const;
    /// Bytes and transactions by b_transport; `busy` is known to the simple model only.
    [[nodiscard]] dram::dram_statistics dram_statistics() const;

    /// Brings harts, accelerator and devices to the state after power-on, as a debugger or the watchdog may
    /// ask at any time of a run. Memory and simulated time stay; a reset mends no fault (doc/reliability.md).
    void reset();
    /// Must be called after write_memory from within a run, by anyone who changes code: harts forget what
    /// they have decoded.
    void flush_code();

    // The parts, for observers and debuggers.
    [[nodiscard]] hart& cpu() { return hart_; }
    /// A hart by its id; std::out_of_range when there is none.
    [[nodiscard]] hart& cpu(unsigned id) { return id == 0 ? hart_ : *other_harts_.at(id - 1); }
    [[nodiscard]] unsigned harts() const { return 1 + static_cast<unsigned>(other_harts_.size()); }
    /// The simple model; std::bad_optional_access when soc_options::dram takes its place.
    [[nodiscard]] dram::dram& main_memory() { return dram_.value(); }
    /// The timed model, or null.
    [[nodiscard]] dram::controller* dram_controller() {
        return dram_controller_ ? &*dram_controller_ : nullptr;
    }
    /// What stands at a bus address: "uart.lcr", "accelerator.CTRL", "plic+0x3000" where a target has no
    /// register of that address, or empty where nothing is mapped.
    [[nodiscard]] std::string place_name(std::uint32_t address) const;
    [[nodiscard]] uart16550& uart() { return uart_; }
    [[nodiscard]] interconnect& bus() { return bus_; }
    /// Where input from outside comes in; "uart": characters for the UART.
    [[nodiscard]] eyeriss::platform::outside& outside() { return outside_; }
    [[nodiscard]] eyeriss::accelerator::accelerator& accelerator_block() { return accelerator_; }
    /// Faults on demand (doc/reliability.md).
    [[nodiscard]] fault_controller& faults() { return faults_; }
    /// What harts and accelerator wait for, a line each; for a run that ended as idle, and for debuggers.
    [[nodiscard]] std::vector<std::string> waiting_report();

private:
    using line = sc_core::sc_signal<bool>;

    void make_dram(const arch::machine& machine, const soc_options& options);
    void make_other_harts(const arch::core_parameters& core);
    fault_targets make_fault_targets(const soc_options& options);
    void write_boot_rom(std::uint32_t entry);
    void release(const run_limits& limits);
    void serve_host_calls(const semihosting_options& options);
    void map_parts(const arch::machine& machine, const soc_options& options);
    void bind_dma(const arch::machine& machine, const soc_options& options);
    void connect_lines();
    void restart();
    void reset_accelerator();
    watchdog::actions watchdog_actions();
    [[nodiscard]] std::string_view register_name(std::string_view target, std::uint64_t offset) const;
    void advance(const sc_core::sc_time& step, const run_limits& limits);
    [[nodiscard]] std::optional<stop_reason> stopped(const run_limits& limits) const;

    hart hart_;
    interconnect bus_;
    memory boot_rom_;
    finisher finisher_;
    clint clint_;
    memory sram_;
    plic plic_;
    uart16550 uart_;
    watchdog watchdog_;
    timer timer_;
    eyeriss::accelerator::accelerator accelerator_;
    eyeriss::platform::outside outside_;
    fault_controller faults_;
    std::optional<semihosting> semihosting_;
    std::optional<dram::dram> dram_;
    std::optional<dram::controller> dram_controller_;
    std::vector<std::unique_ptr<hart>> other_harts_;
    reservations reservations_;
    sc_core::sc_vector<line> software_lines_, timer_lines_, external_lines_;
    line uart_line_, watchdog_line_, timer_line_, done_line_, error_line_, counter_line_;
};

}  // namespace eyeriss::platform
