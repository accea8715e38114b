#include <algorithm>

#include "models/arch/timing/array_timing.h"

namespace eyeriss::arch::timing {

void array_timing::load_over_mesh(const pass& p, const load& l, cycle_t wanted, cycle_t first) {
    auto& port = weight_ports_[l.port];
    const auto route = route_to(l.port / m_.noc.pe_rows, l.sinks);
    const auto& way = meshes_->weight.send(route, l.port % m_.noc.pe_rows, l.words, first);
    port.account.stalled(way.last - l.words * route.copies());
    port.account.busy(way.last);
    port.used = way.last;
    for (const sink& s : l.sinks) {
        if (!p.jobs[s.pe].works()) continue;
        const auto& there = way.at[route.place(s.pe / m_.noc.pes_per_cluster())];
        take_weights(pes_[s.pe], there.first, there.last, first - 1 - wanted);
    }
}

mesh_transit::route array_timing::route_to(unsigned from, std::span<const sink> sinks) const {
    std::vector<unsigned> clusters;
    for (const sink& s : sinks) clusters.push_back(s.pe / m_.noc.pes_per_cluster());
    std::sort(clusters.begin(), clusters.end());
    clusters.erase(std::unique(clusters.begin(), clusters.end()), clusters.end());
    return {m_.noc, from, std::move(clusters)};
}

void array_timing::find_routes(const pass& p) {
    meshes_->routes.clear();
    for (const stream& s : p.streams)
        meshes_->routes.push_back(route_to(s.port / m_.noc.iact_routers(), s.sinks));
}

void array_timing::forget_past(const pass& p) {
    cycle_t past = ~cycle_t{0};
    for (const chain& c : p.chains) {
        for (const auto& link : c.pes) past = std::min(past, iacts_[link.pe].job_before_end);
    }
    if (p.chains.empty()) return;
    for (auto* mesh : {&meshes_->iact, &meshes_->weight, &meshes_->psum}) mesh->forget(past);
}

/// The words of a segment cross the mesh. Returns the cycle of the last that the port sends.
cycle_t array_timing::cross_iacts(const mesh_transit::route& route, const stream& s, cycle_t words,
                                  cycle_t begin) {
    const auto& way = meshes_->iact.send(route, s.port % m_.noc.iact_routers(), words, begin);
    for (const sink& k : s.sinks) {
        auto& ready = iacts_[k.pe].segments_ready;
        ready = std::max(ready, way.at[route.place(k.pe / m_.noc.pes_per_cluster())].last + 1);
    }
    return way.last;
}

/// The psums that a PE sent, below_, cross the mesh to the next PE of the chain, if that is in another
/// cluster.
void array_timing::cross_mesh(const chain& c, std::size_t position) {
    const unsigned from = c.pes[position - 1].pe / m_.noc.pes_per_cluster();
    const unsigned to = c.pes[position].pe / m_.noc.pes_per_cluster();
    if (from == to) return;
    const mesh_transit::route route(m_.noc, from, {to});
    const cycle_t scale = psum_port_cycles(c.rows);
    const cycle_t all = psum_words(c.rows);
    above_.clear();
    for (const psum_run& r : below_) {
        const cycle_t cycles = (r.words * scale + all - 1) / all;
        const auto& way = meshes_->psum.send(route, c.out_port % m_.noc.pe_cols, cycles, r.first);
        const cycle_t late = way.at.front().last - (r.first + cycles - 1 + c.pes[position].latency);
        append(above_, {r.first + late, r.words});
    }
    std::swap(below_, above_);
}

void array_timing::tell(noc::port_kind kind, std::uint32_t port, unsigned ports, cycle_t words, cycle_t cycle,
                        std::span<const sink> sinks) {
    told_.cycle = cycle;
    told_.network = kind;
    told_.cluster = port / ports;
    told_.port = port % ports;
    told_.words = words;
    told_.destinations.clear();
    for (const sink& s : sinks) {
        const unsigned cluster = s.pe / m_.noc.pes_per_cluster();
        auto& to = told_.destinations;
        auto found = std::find_if(to.begin(), to.end(), [&](const auto& d) { return d.cluster == cluster; });
        if (found == to.end()) found = to.insert(to.end(), {cluster, 0});
        found->pes |= 1U << s.pe % m_.noc.pes_per_cluster();
    }
    std::sort(told_.destinations.begin(), told_.destinations.end(),
              [](const auto& a, const auto& b) { return a.cluster < b.cluster; });
    transfer_observer_(told_);
}

/// Psums that enter a chain, go from one cluster to the next, or leave it for a bank.
void array_timing::tell_psums(const chain& c, std::size_t position, bool out) {
    const unsigned in_cluster = m_.noc.pes_per_cluster();
    const unsigned to = c.pes[position].pe / in_cluster;
    const bool enters = position == 0 && !out;
    const unsigned from = enters || out ? to : c.pes[position - 1].pe / in_cluster;
    if (!enters && !out && from == to) return;
    const cycle_t scale = psum_port_cycles(c.rows);
    const cycle_t all = psum_words(c.rows);
    told_.network = enters ? noc::port_kind::psum_in : noc::port_kind::psum_out;
    told_.cluster = from;
    told_.port = c.out_port % m_.noc.pe_cols;
    told_.destinations.assign(1, {to, out ? 1U : 1U << c.pes[position].pe % in_cluster});
    for (const psum_run& r : below_) {
        told_.cycle = r.first;
        told_.words = (r.words * scale + all - 1) / all;
        transfer_observer_(told_);
    }
}

}  // namespace eyeriss::arch::timing
