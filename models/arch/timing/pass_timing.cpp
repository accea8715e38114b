#include "models/arch/timing/pass_timing.h"

#include <algorithm>

namespace eyeriss::arch::timing {

array_timing::array_timing(const machine& m)
    : m_(m),
      pes_(m.noc.pes()),
      iact_port_free_(std::size_t{m.noc.clusters()} * m.noc.iact_routers()),
      weight_port_free_(std::size_t{m.noc.clusters()} * m.noc.pe_rows),
      psum_in_free_(std::size_t{m.noc.clusters()} * m.noc.pe_cols),
      psum_out_free_(std::size_t{m.noc.clusters()} * m.noc.pe_cols),
      arrival_(m.noc.pes()) {}

void array_timing::begin_layer(cycle_t start, cycle_t configured) {
    start_ = start;
    ledger_ = {};
    for (auto& pe : pes_) {
        pe = {};
        pe.cursor = start;
        mark(pe, cause::wait_config, configured);
        pe.weights_ready = pe.mac_start = pe.mac_end = pe.psum_end = configured;
        pe.psum_start.fill(configured);
    }
    for (auto* ports : {&iact_port_free_, &weight_port_free_, &psum_in_free_, &psum_out_free_}) {
        std::fill(ports->begin(), ports->end(), configured);
    }
}

void array_timing::mark(pe_state& pe, cause c, cycle_t until) {
    if (until <= pe.cursor) return;
    ledger_[static_cast<std::size_t>(c)] += until - pe.cursor;
    pe.cursor = until;
}

/// Charges a gap left by passes without work, no further than the PE's next activity.
void array_timing::settle(pe_state& pe, cycle_t until) {
    mark(pe, cause::not_mapped, std::min(pe.skipped_until, until));
}

cycle_t array_timing::earliest_weights() const {
    cycle_t earliest = ~cycle_t{0};
    for (const auto& pe : pes_) {
        if (pe.worked) earliest = std::min(earliest, m_.pe.weight_double_buffer ? pe.mac_start : pe.mac_end);
    }
    return earliest == ~cycle_t{0} ? 0 : earliest;
}

void array_timing::load_weights(const pass& p) {
    for (const load& l : p.loads) {
        cycle_t begin = std::max(weight_port_free_[l.port], p.release);
        for (const sink& s : l.sinks) {
            const auto& pe = pes_[s.pe];
            begin = std::max(begin, m_.pe.weight_double_buffer ? pe.mac_start : pe.mac_end);
        }
        const cycle_t end = std::max(begin + l.words, p.weights_arrival);
        weight_port_free_[l.port] = end;
        for (const sink& s : l.sinks) {
            auto& pe = pes_[s.pe];
            pe.weights_ready = end + s.latency;
            if (m_.pe.weight_double_buffer) continue;  // charged only as far as the next window waits for it
            settle(pe, begin);
            mark(pe, cause::wait_dram,
                 std::max(p.release, p.weights_arrival - std::min(p.weights_arrival, l.words)));
            mark(pe, cause::wait_weight, end - std::min(end, l.words));
            mark(pe, cause::loading_weights, pe.weights_ready);
        }
    }
}

cycle_t array_timing::send(const pass& p, const stream& s, unsigned window) {
    const unsigned last = window + p.window_segments - 1;
    const cycle_t words = s.words_to[last] - (window == 0 ? 0 : s.words_to[last - 1]);
    unsigned held = 0;  // entries of the window before, which stay until it is done
    for (unsigned j = window == 0 ? last + 1 : window - 1; j < last; ++j) held += s.pairs[j];
    const bool ahead = window > 0 && held + s.pairs[last] <= m_.pe.iact_entries &&
                       p.window_segments + 1 <= m_.pe.iact_address_entries;
    cycle_t begin = std::max({iact_port_free_[s.port], p.iacts_ready, p.release});
    for (const sink& k : s.sinks) {
        const auto& pe = pes_[k.pe];
        begin = std::max(begin, ahead ? pe.mac_start : pe.mac_end);
    }
    const cycle_t end = begin + words;
    iact_port_free_[s.port] = end;
    for (const sink& k : s.sinks) arrival_[k.pe] = end + k.latency;
    return end;
}

void array_timing::multiply(const pass& p, pe_state& pe, const window_work& work, cycle_t arrival,
                            unsigned window, unsigned rows) {
    const bool overlap = !m_.pe.psum_transfer_takes_ports && 2 * rows <= m_.pe.psum_entries;
    cycle_t start = std::max({arrival, pe.weights_ready, pe.cursor});
    settle(pe, start);
    if (window == 0) {
        mark(pe, cause::wait_dram, std::min(std::max(p.iacts_ready, p.release), start));
        mark(pe, cause::loading_weights, std::min(pe.weights_ready, start));
    }
    mark(pe, cause::wait_iact, start);
    if (overlap) {
        mark(pe, cause::wait_psum_out, pe.psum_start[(window + fifo_depth - 1) % fifo_depth]);
    } else {
        mark(pe, cause::wait_psum_out, pe.psum_end);
    }
    pe.mac_start = pe.cursor;
    if (window == 0) mark(pe, cause::bubble, pe.cursor + m_.pe.pipeline_stages - 1);
    ledger_[static_cast<std::size_t>(cause::both_lanes)] += work.both;
    ledger_[static_cast<std::size_t>(cause::one_lane)] += work.single;
    ledger_[static_cast<std::size_t>(cause::stored_zero)] += work.stored_zero;
    ledger_[static_cast<std::size_t>(cause::bubble)] += work.bubbles;
    pe.cursor += work.cycles();
    pe.mac_end = pe.cursor;
    pe.worked = true;
}

void array_timing::run_chain(const pass& p, const chain& c, unsigned window) {
    const unsigned fifo = m_.pe.psum_fifo_windows;
    const cycle_t beats = (c.rows + 1) / 2;
    const auto earlier = [&](const pe_state& pe) {
        return pe.psum_start[(window + fifo_depth - fifo) % fifo_depth];
    };
    cycle_t psum_in = 0;
    if (c.from_bank) {
        cycle_t& bank = psum_in_free_[c.in_port];
        const cycle_t begin =
            std::max({bank, window >= fifo ? earlier(pes_[c.pes.front().pe]) : 0, p.release});
        bank = begin + beats;
        psum_in = begin + 1;
    }
    for (std::size_t i = 0; i < c.pes.size(); ++i) {
        auto& pe = pes_[c.pes[i].pe];
        multiply(p, pe, p.work[c.pes[i].pe][window], arrival_[c.pes[i].pe], window, c.rows);
        psum_in += i == 0 ? 0 : c.pes[i].latency;
        const bool top = i + 1 == c.pes.size();
        const cycle_t room = top              ? psum_out_free_[c.out_port]
                             : window >= fifo ? earlier(pes_[c.pes[i + 1].pe])
                                              : 0;
        const cycle_t start = std::max({pe.mac_end, psum_in, room, pe.psum_end});
        if (m_.pe.psum_transfer_takes_ports) {
            mark(pe, cause::wait_psum_in, std::min(psum_in, start));
            mark(pe, cause::wait_psum_out, start);
            mark(pe, cause::psum_ports, start + beats);
        }
        pe.psum_start[window % fifo_depth] = start;
        pe.psum_end = start + beats;
        if (top) psum_out_free_[c.out_port] = pe.psum_end;
        psum_in = start + 1;
    }
}

pass_times array_timing::run(const pass& p) {
    load_weights(p);
    pass_times times;
    for (unsigned window = 0; window < p.windows; ++window) {
        for (const stream& s : p.streams) times.iacts_read = std::max(times.iacts_read, send(p, s, window));
        for (const chain& c : p.chains) run_chain(p, c, window);
    }
    for (const chain& c : p.chains) {
        for (const auto& link : c.pes) {
            times.outputs_ready = std::max(times.outputs_ready, pes_[link.pe].psum_end);
            times.last_end = std::max(times.last_end, pes_[link.pe].cursor);
        }
    }
    times.last_end = std::max(times.last_end, times.outputs_ready);
    for (std::size_t i = 0; i < pes_.size(); ++i) {
        if (p.work[i].empty()) pes_[i].skipped_until = std::max(pes_[i].cursor, times.last_end);
    }
    return times;
}

ledger array_timing::end_layer(cycle_t end) {
    for (auto& pe : pes_) {
        settle(pe, end);
        mark(pe, pe.worked ? cause::finished_early : cause::not_mapped, end);
    }
    return ledger_;
}

}  // namespace eyeriss::arch::timing
