#include <algorithm>

#include "models/arch/timing/array_timing.h"
#include "models/arch/timing/iact_supply.h"

// What the ports of weights and iacts send.

namespace eyeriss::arch::timing {

void array_timing::load_weights(const pass& p) {
    for (const load& l : p.loads) {
        auto& port = weight_ports_[l.port];
        cycle_t wanted = m_.ideal.noc ? 0 : port.used;
        bool taken = false;
        for (const sink& s : l.sinks) {
            if (!p.jobs[s.pe].works()) continue;
            wanted = std::max(wanted, weights_wanted(pes_[s.pe]));
            taken = true;
        }
        if (!taken) continue;
        // The last word crosses in the cycle after the one in which it has arrived.
        const cycle_t there = p.weights_arrival == 0 ? 0 : p.weights_arrival + 1;
        const cycle_t cycles = m_.ideal.noc ? 1 : l.words;
        const cycle_t last = std::max(wanted + cycles, there);
        const cycle_t first = last + 1 - cycles;
        if (transfer_observer_) tell(noc::port_kind::weight, l.port, m_.noc.pe_rows, l.words, first, l.sinks);
        port.account.idle(std::min(std::max(there, cycles) - cycles, first - 1));
        if (meshes_) {
            load_over_mesh(p, l, wanted, first);
            continue;
        }
        port.account.stalled(first - 1);
        port.account.busy(last);
        port.used = last;
        for (const sink& s : l.sinks) {
            if (!p.jobs[s.pe].works()) continue;
            take_weights(pes_[s.pe], first + way(s.latency), last + way(s.latency), first - 1 - wanted);
        }
    }
}

void array_timing::take_weights(timed_pe& pe, cycle_t first, cycle_t last, cycle_t from_dram) {
    const cycle_t waited = first - 1 > pe.job_end ? first - 1 - pe.job_end : 0;
    const cycle_t dram = std::min(waited, from_dram);
    charge(pe.causes, cause::wait_weight, waited - dram);
    charge(pe.causes, cause::wait_dram, dram);
    const cycle_t loading_from = std::max(pe.job_end, first - 1);
    if (last > loading_from) charge(pe.causes, cause::loading_weights, last - loading_from);
    pe.tile_before_end = pe.job_end;
    pe.pipeline.begin_pass(std::max(pe.job_end, last) + 1);
}

namespace {

std::size_t number_of(const pass& p, const stream& s) {
    return static_cast<std::size_t>(&s - p.streams.data());
}

}  // namespace

void array_timing::send(const pass& p, const stream& s, unsigned window) {
    const unsigned last = window + p.window_segments - 1;
    for (unsigned i = window == 0 ? 0 : last; i <= last; ++i) send_segment(p, s, i);
}

void array_timing::send_segment(const pass& p, const stream& s, unsigned segment) {
    const cycle_t words = s.words_to[segment] - (segment == 0 ? 0 : s.words_to[segment - 1]);
    const unsigned entries = s.pairs[segment];
    auto& port = iact_ports_[s.port];
    const cycle_t filled = p.iacts_filled[s.bank];
    cycle_t begin = filled + 1;
    if (!m_.ideal.noc) begin = std::max(begin, words > 0 ? std::max(port.sent + 1, port.turn) : port.turn);
    begin = std::max(begin, room_from(p, s, entries));
    cycle_t last = m_.ideal.noc ? begin : begin + std::max<cycle_t>(words, 1) - 1;
    port.account.idle(std::min(filled, begin - 1));
    if (words > 0 && transfer_observer_)
        tell(noc::port_kind::iact, s.port, m_.noc.iact_routers(), words, begin, s.sinks);
    if (words > 0 && meshes_) {
        const auto& route = meshes_->routes[number_of(p, s)];
        last = cross_iacts(route, s, words, begin);
        begin = last + 1 - words * route.copies();
    }
    port.account.stalled(begin - 1);
    if (words > 0) {
        port.account.busy(last);
        port.sent = last;
    }
    port.turn = last;
    banks_read_[s.bank] = m_.ideal.noc ? std::max(banks_read_[s.bank], last) : last;
    take_segment(p, s, entries, words, last);
}

/// First cycle in which every PE of a stream has room for a segment: one beyond the window that stage 2
/// reads, and none of the pass after the next.
cycle_t array_timing::room_from(const pass& p, const stream& s, unsigned entries) {
    const unsigned most = p.window_segments + 1;
    if (supply_ != nullptr) return supply_->full_until(number_of(p, s), entries, most) + 1;
    cycle_t from = 0;
    for (const sink& k : s.sinks) {
        auto& iacts = iacts_[k.pe];
        from = std::max({from, iacts.room.full_until(entries, most) + 1, iacts.job_before_end + 1});
        // No port keeps segments in their order here.
        if (m_.ideal.noc) from = std::max(from, iacts.segments_ready - 1);
    }
    return from;
}

void array_timing::take_segment(const pass& p, const stream& s, unsigned entries, cycle_t words,
                                cycle_t last) {
    const cycle_t filled = p.iacts_filled[s.bank];
    if (supply_ != nullptr) {
        supply_->add(number_of(p, s), entries, last, filled);
        return;
    }
    for (const sink& k : s.sinks) {
        auto& iacts = iacts_[k.pe];
        iacts.room.add(entries);
        if (!meshes_) {
            iacts.segments_ready = last + 1 + way(k.latency);
        } else if (words == 0) {
            iacts.segments_ready = std::max(iacts.segments_ready, last + 1 + k.latency);
        }
        iacts.filled = filled;
    }
}

}  // namespace eyeriss::arch::timing
