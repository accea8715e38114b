#include "platform/soc.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "platform/devices/boot_rom.h"
#include "platform/devices/device_tree.h"
#include "platform/elf.h"
#include "platform/memory_map.h"

namespace eyeriss::platform {

namespace {

const arch::machine& checked(const arch::machine& machine) {
    if (const std::string wrong = arch::check(machine); !wrong.empty()) {
        throw std::invalid_argument(wrong);
    }
    return machine;
}

/// How the DMA speaks with the memory that the options and the machine give.
accelerator::dma_options dma_options(const arch::machine& machine, const soc_options& options) {
    accelerator::dma_options out;
    out.outstanding = machine.dma.outstanding;
    out.burst_bytes = machine.dma.burst_bytes;
    out.port_per_cluster = machine.dram.ports == arch::memory_ports::split;
    if (options.own_memory) {
        out.four_phases = options.own_memory->four_phases;
        out.page_bytes = options.own_memory->page_bytes;
    } else if (options.dram) {
        const auto& g = options.dram->part.geometry;
        out.four_phases = true;
        out.page_bytes = g.columns * (g.channel_bits / 8);
    }
    return out;
}

/// The socket to bind in place of `target`.
tlm::tlm_base_target_socket_b<>& between(const soc_options& options, const std::string& name,
                                         tlm::tlm_base_target_socket_b<>& target) {
    return options.between ? options.between(name, target) : target;
}

uart16550::sink sink_or_none(uart16550::sink output) {
    return output ? std::move(output) : uart16550::sink([](char) {});
}

}  // namespace

soc::soc(sc_core::sc_module_name name, const arch::machine& machine, soc_options options)
    : sc_module(name),
      hart_("hart", checked(machine).core, 0, static_cast<std::uint32_t>(memory_map::boot_rom.base)),
      bus_("bus", machine.bus.order),
      boot_rom_("boot_rom", memory_map::boot_rom.bytes, dram::memory_rights::read_only),
      finisher_("finisher"),
      clint_("clint", machine.core.harts),
      sram_("sram", machine.core.sram_kib * 1024, dram::memory_rights::read_write),
      plic_("plic", machine.core.harts),
      uart_("uart", sink_or_none(std::move(options.uart_output)), options.uart_character_time),
      watchdog_("watchdog", watchdog_actions()),
      timer_("timer"),
      accelerator_("accelerator", machine, options.timing, dma_options(machine, options)),
      outside_("outside", sc_core::sc_time(machine.core.quantum_ns, sc_core::SC_NS)),
      faults_("faults", machine, make_fault_targets(options)),
      reservations_(machine.core.harts),
      software_lines_("software_line", machine.core.harts),
      timer_lines_("timer_line", machine.core.harts),
      external_lines_("external_line", machine.core.harts),
      uart_line_("uart_line"),
      watchdog_line_("watchdog_line"),
      timer_line_("timer_line_of_device"),
      done_line_("done_line"),
      error_line_("error_line"),
      counter_line_("counter_line") {
    make_dram(machine, options);
    make_other_harts(machine.core);
    map_parts(machine, options);
    connect_lines();
    write_boot_rom(static_cast<std::uint32_t>(memory_map::dram_base));
    outside_.attach("uart", [this](std::string_view characters) { uart_.receive(characters); });
    if (options.semihosting) {
        serve_host_calls(*options.semihosting);
    }
}

soc::~soc() = default;

void soc::make_dram(const arch::machine& machine, const soc_options& options) {
    arch::dram_parameters simple = machine.dram;
    if (options.own_memory) {
        return;
    }
    const bool timed = options.timing == eyeriss::accelerator::timing::timed;
    if (options.dram && timed) {
        dram::controller_options seen;
        seen.capacity_bytes = simple.capacity_mib << 20U;
        seen.dmi_region = std::pair<std::uint64_t, std::uint64_t>{0, seen.capacity_bytes - 1};
        seen.ecc = simple.ecc;
        seen.dmi_latency = sc_core::sc_time(simple.dmi_latency_ns, sc_core::SC_NS);
        dram_controller_.emplace("dram", options.dram->part, options.dram->controller, seen);
        return;
    }
    if (simple.model == arch::dram_model::part && !options.dram) {
        throw std::invalid_argument(
            fmt::format("dram.model is '{}': expects that part in soc_options::dram", simple.part));
    }
    if (options.dram || simple.ports == arch::memory_ports::split) {
        simple.model = arch::dram_model::ideal;  // each port has its share of the limit, see bind_dma
    }
    dram_.emplace("dram", simple);
}

dram::dram_statistics soc::dram_statistics() const {
    if (dram_) {
        return dram_->statistics();
    }
    dram::dram_statistics sum;
    for (unsigned i = 0; i < bus_.initiator_count(); ++i) {
        const auto& counts = bus_.counts(i);
        sum.read_bytes += counts.read_bytes;
        sum.write_bytes += counts.write_bytes;
        sum.reads += counts.reads;
        sum.writes += counts.writes;
    }
    return sum;
}

void soc::make_other_harts(const arch::core_parameters& core) {
    for (unsigned id = 1; id < core.harts; ++id) {
        other_harts_.push_back(std::make_unique<hart>(fmt::format("hart{}", id).c_str(), core, id,
                                                      static_cast<std::uint32_t>(memory_map::boot_rom.base)));
    }
    std::vector<const hart*> all;
    for (unsigned id = 0; id < harts(); ++id) {
        all.push_back(&cpu(id));
    }
    for (unsigned id = 0; id < harts(); ++id) {
        cpu(id).count_with(all);
        cpu(id).set_time_source([this](const sc_core::sc_time& time) { return clint_.mtime_at(time); });
        if (harts() > 1) {
            cpu(id).share_reservations(reservations_, id);
        }
    }
}

void soc::write_boot_rom(std::uint32_t entry) {
    constexpr std::size_t tree_offset = 0x100;
    device_tree_description machine;
    machine.harts = harts();
    machine.timebase_hz = clint::timer_hz;
    machine.uart_clock_hz = uart16550::clock_hz;
    for (const auto& mapped : bus_.addresses().entries()) {
        if (mapped.name == "dram") {
            machine.memory = mapped.range;
        }
    }
    machine.sram = {memory_map::sram_base, sram_.bytes().size()};
    machine.plic = memory_map::plic;
    machine.clint = memory_map::clint;
    machine.uart = memory_map::uart;
    machine.finisher = memory_map::finisher;
    machine.accelerator = memory_map::accelerator;
    machine.plic_sources = plic::sources;
    machine.uart_irq = memory_map::uart_irq;
    machine.watchdog = memory_map::watchdog;
    machine.timer = memory_map::timer;
    machine.watchdog_irq = memory_map::watchdog_irq;
    machine.timer_irq = memory_map::timer_irq;
    machine.accelerator_irqs = {memory_map::accelerator_done_irq, memory_map::accelerator_error_irq,
                                memory_map::accelerator_counter_irq};
    const auto rom = boot_rom_.bytes();
    const auto tree = make_device_tree(machine, rom.size() - tree_offset);
    std::copy(tree.begin(), tree.end(), rom.begin() + tree_offset);
    write_boot_code(rom, entry, static_cast<std::uint32_t>(memory_map::boot_rom.base + tree_offset));
}

void soc::map_parts(const arch::machine& machine, const soc_options& options) {
    const auto map = [&](const char* target, address_range range, tlm::tlm_base_target_socket_b<>& socket) {
        return bus_.map(target, range, between(options, target, socket));
    };
    map("boot_rom", memory_map::boot_rom, boot_rom_.socket);
    map("finisher", memory_map::finisher, finisher_.socket);
    map("clint", memory_map::clint, clint_.socket);
    map("sram", {memory_map::sram_base, sram_.bytes().size()}, sram_.socket);
    map("plic", memory_map::plic, plic_.socket);
    map("uart", memory_map::uart, uart_.socket);
    map("watchdog", memory_map::watchdog, watchdog_.socket);
    map("timer", memory_map::timer, timer_.socket);
    map("accelerator", memory_map::accelerator, accelerator_.registers);
    tlm::tlm_base_target_socket_b<>& memory =
        options.own_memory ? *options.own_memory->socket
        : dram_            ? static_cast<tlm::tlm_base_target_socket_b<>&>(dram_->socket)
                           : dram_controller_->port(0);
    bus_.count_at(map("dram", {memory_map::dram_base, machine.dram.capacity_mib << 20U}, memory));
    for (unsigned id = 0; id < harts(); ++id) {
        initiator_rights rights;
        rights.name = fmt::format("hart{}", id);
        bus_.expect(rights);
        cpu(id).bus.bind(between(options, rights.name, bus_.initiators));
    }
    bind_dma(machine, options);
}

/// The ports of the DMA, each with its rights.
void soc::bind_dma(const arch::machine& machine, const soc_options& options) {
    const auto attach = [&](const std::string& port, auto& socket, bool writes, unsigned limit,
                            unsigned shares) {
        initiator_rights rights;
        rights.name = port;
        rights.rank = writes == machine.bus.reads_first ? 1 : 0;
        rights.weight = writes ? machine.bus.write_weight : machine.bus.read_weight;
        rights.limit_mbps = limit;
        rights.limit_shares = shares;
        rights.outstanding = machine.bus.outstanding;
        bus_.expect(rights);
        socket.bind(between(options, port, bus_.initiators));
    };
    attach("dma_read", accelerator_.read_port, false, machine.bus.read_limit_mbps, 1);
    attach("dma_write", accelerator_.write_port, true, machine.bus.write_limit_mbps, 1);
    const bool share = dram_ && machine.dram.model == arch::dram_model::bandwidth;
    for (unsigned c = 0; c < accelerator_.cluster_ports.size(); ++c) {
        attach(fmt::format("cluster{}", c), accelerator_.cluster_ports[c], false,
               share ? machine.dram.limit_mbps : machine.bus.read_limit_mbps,
               share ? machine.noc.clusters() : 1);
    }
}

void soc::connect_lines() {
    for (unsigned id = 0; id < harts(); ++id) {
        clint_.software_interrupt[id].bind(software_lines_[id]);
        clint_.timer_interrupt[id].bind(timer_lines_[id]);
        plic_.external_interrupt[id].bind(external_lines_[id]);
        cpu(id).software_interrupt.bind(software_lines_[id]);
        cpu(id).timer_interrupt.bind(timer_lines_[id]);
        cpu(id).external_interrupt.bind(external_lines_[id]);
    }
    const auto connect = [this](auto& output, line& wire, unsigned source) {
        output.bind(wire);
        plic_.levels[source].bind(wire);
    };
    connect(uart_.interrupt, uart_line_, memory_map::uart_irq);
    connect(watchdog_.interrupt, watchdog_line_, memory_map::watchdog_irq);
    connect(timer_.interrupt, timer_line_, memory_map::timer_irq);
    connect(accelerator_.done_irq, done_line_, memory_map::accelerator_done_irq);
    connect(accelerator_.error_irq, error_line_, memory_map::accelerator_error_irq);
    connect(accelerator_.counter_irq, counter_line_, memory_map::accelerator_counter_irq);
}

void soc::map(const std::string& target_name, address_range range,
              tlm::tlm_base_target_socket_b<>& target_socket) {
    bus_.map(target_name, range, target_socket);
}

void soc::add_initiator(tlm::tlm_initiator_socket<>& initiator_socket) {
    initiator_socket.bind(bus_.initiators);
}

void soc::connect_interrupt(unsigned source, sc_core::sc_signal_in_if<bool>& level) {
    constexpr auto& taken = memory_map::device_irqs;
    if (source == 0 || source >= plic::sources || std::ranges::find(taken, source) != taken.end()) {
        throw std::invalid_argument(fmt::format(
            "interrupt {}: expects an input from 1 to {} other than those of the SoC's devices: {}", source,
            plic::sources - 1, fmt::join(taken, ", ")));
    }
    plic_.levels[source].bind(level);
}

void soc::load_elf(const std::filesystem::path& path) {
    const elf_program program = read_elf(path);
    platform::load_elf(program, path.string(),
                       [this](std::uint32_t address, std::span<const std::uint8_t> data) {
                           return bus_.debug_write(address, data);
                       });
    write_boot_rom(program.entry);
    flush_code();
}

void soc::flush_code() {
    for (unsigned id = 0; id < harts(); ++id) {
        cpu(id).flush_code();
    }
}

void soc::serve_host_calls(const semihosting_options& options) {
    semihosting_machine machine;
    machine.read = [this](std::uint32_t address, std::span<std::uint8_t> data) {
        return bus_.debug_read(address, data) == data.size();
    };
    machine.write = [this](std::uint32_t address, std::span<const std::uint8_t> data) {
        return bus_.debug_write(address, data) == data.size();
    };
    machine.time_ps = [] {
        return sc_core::sc_time_stamp().value() / sc_core::sc_time(1, sc_core::SC_PS).value();
    };
    machine.end = [this](int code) { finisher_.end(code); };
    semihosting_.emplace(options, std::move(machine));
    for (unsigned id = 0; id < harts(); ++id) {
        cpu(id).on_host_call([this](hart& caller) {
            constexpr unsigned a0 = 10, a1 = 11;
            caller.set_reg(a0, semihosting_->call(caller.reg(a0), caller.reg(a1)));
        });
    }
}

std::uint64_t soc::instructions() const {
    std::uint64_t sum = hart_.statistics().instructions;
    for (const auto& other : other_harts_) {
        sum += other->statistics().instructions;
    }
    return sum;
}

void soc::release(const run_limits& limits) {
    hart_.release(limits.until, limits.instructions);
    for (auto& other : other_harts_) {
        other->release(limits.until, limits.instructions);
    }
}

void soc::write_memory(std::uint32_t address, std::span<const std::uint8_t> data) {
    const std::uint64_t moved = bus_.debug_write(address, data);
    if (moved < data.size()) {
        throw std::out_of_range(fmt::format("writing {} bytes at {:#010x}: no memory at {:#010x}",
                                            data.size(), address, address + moved));
    }
    flush_code();
}

void soc::read_memory(std::uint32_t address, std::span<std::uint8_t> data) {
    const std::uint64_t moved = bus_.debug_read(address, data);
    if (moved < data.size()) {
        throw std::out_of_range(fmt::format("reading {} bytes at {:#010x}: no memory at {:#010x}",
                                            data.size(), address, address + moved));
    }
}

std::optional<stop_reason> soc::stopped(const run_limits& limits) const {
    if (finisher_.exit_code()) {
        return stop_reason::finished;
    }
    const auto at_limit = [](const hart& h) { return h.halted() == hart::halt::instruction_limit; };
    if (at_limit(hart_) ||
        std::ranges::any_of(other_harts_, [&](const auto& other) { return at_limit(*other); })) {
        return stop_reason::instruction_limit;
    }
    if (sc_core::sc_time_stamp() >= limits.until) {
        return stop_reason::time_limit;
    }
    return std::nullopt;
}

// Time stops where nothing is left to happen; otherwise it goes to the end of the step, which
// SC_EXIT_ON_STARVATION alone does not do when the next event lies behind it.
void soc::advance(const sc_core::sc_time& step, const run_limits& limits) {
    const sc_core::sc_time end = sc_core::sc_time_stamp() + step;
    const bool nothing_before_end =
        sc_core::sc_pending_activity() && sc_core::sc_time_to_pending_activity() > step;
    if (nothing_before_end) {
        sc_core::sc_start(step, sc_core::SC_RUN_TO_TIME);
        return;
    }
    sc_core::sc_start(step, sc_core::SC_EXIT_ON_STARVATION);
    const bool early = sc_core::sc_get_status() != sc_core::SC_STOPPED && sc_core::sc_time_stamp() < end;
    if (early && !stopped(limits) && sc_core::sc_pending_activity()) {
        sc_core::sc_start(end - sc_core::sc_time_stamp(), sc_core::SC_RUN_TO_TIME);
    }
}

run_result soc::run(const run_limits& limits) {
    release(limits);
    while (true) {
        const sc_core::sc_time& now = sc_core::sc_time_stamp();
        if (limits.until > now) {
            advance(std::min(limits.slice, limits.until - now), limits);
        }
        if (const auto reason = stopped(limits)) {
            return {*reason, exit_code()};
        }
        if (sc_core::sc_get_status() == sc_core::SC_STOPPED) {
            return {stop_reason::stopped, {}};
        }
        if (!sc_core::sc_pending_activity()) {
            if (limits.idle && limits.idle()) {
                continue;
            }
            return {stop_reason::idle, {}};
        }
        if (limits.interrupted && limits.interrupted()) {
            return {stop_reason::interrupted, {}};
        }
    }
}

}  // namespace eyeriss::platform
