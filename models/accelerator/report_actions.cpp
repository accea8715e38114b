#include "models/accelerator/report_actions.h"

#include <numeric>

#include "models/energy/clock.h"

namespace eyeriss::accelerator {
namespace {

using energy::action;

void add_network(energy::action_counts& out, const link_words& words, action router, action mesh,
                 action local, action buffer) {
    out[router] = words.mesh + words.local;
    out[mesh] = words.mesh;
    out[local] = words.local;
    out[buffer] = words.buffered;
}

}  // namespace

void finish_actions(layer_report& report) {
    auto& out = report.actions;
    add_network(out, report.iact, action::iact_router, action::iact_mesh_link, action::iact_local_link,
                action::iact_buffer);
    add_network(out, report.weight, action::weight_router, action::weight_mesh_link,
                action::weight_local_link, action::weight_buffer);
    add_network(out, report.psum, action::psum_router, action::psum_mesh_link, action::psum_local_link,
                action::psum_buffer);
    out[action::dram_read] = report.dram_read_bytes;
    out[action::dram_write] = out[action::port_out] = report.dram_write_bytes;
    const auto& spent = report.pe_cycles;
    const auto all = std::accumulate(spent.begin(), spent.end(), cycle_t{0});
    const auto clocked = energy::clocked_cycles(spent);
    out[action::pe_clock] = clocked;
    out[action::pe_clock_gated] = all - clocked;
    out[action::leakage] = all;
}

}  // namespace eyeriss::accelerator
