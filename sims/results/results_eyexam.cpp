#include "sims/results/results_eyexam.h"

#include <algorithm>
#include <span>
#include <vector>

namespace eyeriss::sims {
namespace {

using arch::data_traffic;

/// Words of a network's ports, and the ports that sent any.
data_traffic through(std::span<const arch::timing::port_ledger> ports) {
    data_traffic out;
    for (const auto& port : ports) {
        out.words += static_cast<double>(port.busy);
        out.words_per_cycle += port.busy > 0 ? 1.0 : 0.0;
    }
    return out;
}

double less(std::uint64_t bytes, std::uint64_t left_out) {
    return static_cast<double>(bytes - std::min(bytes, left_out));
}

/// MB/s over MHz are bytes a cycle.
double per_cycle(double mbps, const arch::machine& machine) {
    return mbps / static_cast<double>(machine.clock_mhz);
}

/// What each port of the DMA may carry, in MB/s; 0: no limit of its own. Of one that is limited by the bus, a
/// burst goes ahead.
std::vector<double> port_limits(const arch::machine& machine) {
    if (machine.dram.ports == arch::memory_ports::shared)
        return {double(machine.bus.read_limit_mbps), double(machine.bus.write_limit_mbps)};
    const unsigned clusters = machine.noc.clusters();
    const bool shares = machine.dram.model == arch::dram_model::bandwidth;
    return std::vector<double>(
        clusters, shares ? double(machine.dram.limit_mbps) / clusters : double(machine.bus.read_limit_mbps));
}

void add_ports(std::vector<data_traffic>& out, const accelerator::layer_report& report,
               const arch::machine& machine) {
    const auto limits = port_limits(machine);
    const std::uint64_t ahead =
        machine.dram.model == arch::dram_model::part ? machine.dma.burst_bytes : std::uint64_t{0};
    for (std::size_t i = 0; i < std::min(limits.size(), report.dram_port_bytes.size()); ++i) {
        if (limits[i] > 0)
            out.push_back({less(report.dram_port_bytes[i], ahead), per_cycle(limits[i], machine)});
    }
}

void add_memory(std::vector<data_traffic>& out, const accelerator::layer_report& report,
                const arch::machine& machine, const std::optional<memory_peak>& peak) {
    if (peak) {
        out.push_back(
            {less(report.dram_read_bytes, peak->held_bytes) + less(report.dram_write_bytes, peak->held_bytes),
             per_cycle(peak->bytes_per_second * 1e-6, machine)});
    } else if (machine.dram.model == arch::dram_model::bandwidth) {
        out.push_back({double(report.dram_read_bytes + report.dram_write_bytes),
                       per_cycle(machine.dram.limit_mbps, machine)});
    }
}

}  // namespace

memory_peak peak_of(const dram::part& part, const dram::controller_parameters& controller) {
    return {part.peak_bytes_per_second() * controller.channels,
            std::uint64_t{controller.write_queue} * controller.channels * part.geometry.burst_bytes()};
}

arch::eyexam_bounds examine(const accelerator::layer_report& report, const arch::machine& machine,
                            const std::optional<memory_peak>& peak) {
    const auto& ports = report.ledgers;
    std::vector<data_traffic> traffic{through(ports.iact), through(ports.weight), through(ports.psum_in),
                                      through(ports.psum_out)};
    add_memory(traffic, report, machine, peak);
    add_ports(traffic, report, machine);
    return arch::eyexam({report.shape, report.map, report.macs_effectual, report.cycles}, machine, traffic);
}

}  // namespace eyeriss::sims
