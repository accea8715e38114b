#include "sims/results/results_eyexam.h"

#include <array>
#include <span>

namespace eyeriss::sims {
namespace {

/// Words of a network's ports, and the ports that sent any.
arch::data_traffic through(std::span<const arch::timing::port_ledger> ports) {
    arch::data_traffic out;
    for (const auto& port : ports) {
        out.words += static_cast<double>(port.busy);
        out.words_per_cycle += port.busy > 0 ? 1.0 : 0.0;
    }
    return out;
}

arch::data_traffic off_chip(const accelerator::layer_report& report, const arch::machine& machine) {
    const bool limited =
        machine.dram.model == arch::dram_model::bandwidth && machine.dram.ports == arch::memory_ports::shared;
    const auto bytes = static_cast<double>(report.dram_read_bytes + report.dram_write_bytes);
    // MB/s over MHz are bytes a cycle.
    return {limited ? bytes : 0.0,
            static_cast<double>(machine.dram.limit_mbps) / static_cast<double>(machine.clock_mhz)};
}

}  // namespace

arch::eyexam_bounds examine(const accelerator::layer_report& report, const arch::machine& machine) {
    const auto& ports = report.ledgers;
    const std::array traffic{through(ports.iact), through(ports.weight), through(ports.psum_in),
                             through(ports.psum_out), off_chip(report, machine)};
    return arch::eyexam({report.shape, report.map, report.macs_effectual, report.cycles}, machine, traffic);
}

}  // namespace eyeriss::sims
