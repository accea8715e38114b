#include "models/arch/timing/array_timing.h"

#include <algorithm>
#include <utility>

#include "models/arch/timing/lockstep.h"

namespace eyeriss::arch::timing {

array_timing::array_timing(const machine& m)
    : m_(m),
      pes_(m.noc.pes(), timed_pe(m.pe)),
      iacts_(m.noc.pes(), pe_iacts(m.pe)),
      iact_ports_(std::size_t{m.noc.clusters()} * m.noc.iact_routers()),
      weight_ports_(std::size_t{m.noc.clusters()} * m.noc.pe_rows),
      psum_in_ports_(std::size_t{m.noc.clusters()} * m.noc.pe_cols),
      psum_out_ports_(std::size_t{m.noc.clusters()} * m.noc.pe_cols),
      banks_read_(iact_ports_.size()) {
    if (m.ideal.sparsity_balance) balanced_.emplace();
    evaluate_with(lane_kernels().back());
    if (m.noc.kind == noc::topology::mesh && !m.ideal.noc) {
        meshes_.emplace(
            meshes{{m.noc, m.noc.iact_routers()}, {m.noc, m.noc.pe_rows}, {m.noc, m.noc.pe_cols}, {}});
    }
}

array_timing::~array_timing() = default;

void array_timing::evaluate_with(lane_kernel kernel) {
    if (lockstep_) lockstep_->let_go();
    lockstep_.reset();
    if (kernel != nullptr && lockstep::knows(m_)) lockstep_ = std::make_unique<lockstep>(m_, kernel);
}

void array_timing::begin_layer(cycle_t start, cycle_t configured, unsigned rows) {
    start_ = start;
    configured_ = configured;
    if (lockstep_) lockstep_->begin_layer(configured);
    for (auto& pe : pes_) {
        pe.pipeline.reset(configured);
        pe.below.reset(psum_words(rows) * m_.pe.psum_fifo_windows, configured);
        pe.causes = {};
        pe.job_end = pe.tile_before_end = pe.psums_moved = configured;
        pe.moving.clear();
        pe.worked = false;
    }
    for (auto& iacts : iacts_) {
        iacts.room.reset();
        iacts.segments_ready = iacts.filled = iacts.job_before_end = configured;
    }
    for (auto& port : iact_ports_) {
        port.sent = configured;
        port.turn = configured + 1;
        port.account.begin_layer(start);
        port.account.idle(configured);
    }
    for (auto* ports : {&weight_ports_, &psum_in_ports_, &psum_out_ports_}) {
        for (auto& port : *ports) {
            port.used = configured;
            port.account.begin_layer(start);
            port.account.idle(configured);
        }
    }
    std::fill(banks_read_.begin(), banks_read_.end(), configured);
    kept_.clear();
    if (!meshes_) return;
    for (auto* mesh : {&meshes_->iact, &meshes_->weight, &meshes_->psum}) mesh->begin_layer();
}

cycle_t array_timing::weights_wanted(const timed_pe& pe) const {
    return m_.pe.weight_double_buffer ? pe.tile_before_end : pe.job_end;
}

cycle_t array_timing::earliest_weights(std::span<const std::uint32_t> pes) const {
    cycle_t earliest = ~cycle_t{0};
    for (const std::uint32_t pe : pes) earliest = std::min(earliest, weights_wanted(pes_[pe]));
    return earliest == ~cycle_t{0} ? 0 : earliest;
}

void array_timing::balance(const pass& p) {
    balanced_pes_.clear();
    for (const chain& c : p.chains) {
        for (const auto& link : c.pes) balanced_pes_.push_back(link.pe);
    }
    if (!balanced_pes_.empty()) balanced_->average(p.jobs, balanced_pes_, p.windows);
}

void array_timing::begin_jobs(const pass& p) {
    if (balanced_) balance(p);
    for (const chain& c : p.chains) {
        for (const auto& link : c.pes) {
            auto& pe = pes_[link.pe];
            const pe_job& job = p.jobs[link.pe];
            const auto work = balanced_ ? balanced_->of_a_pe()
                                        : balanced_work::share{job.both_lanes, job.one_lane, job.stored_zero};
            pe.pipeline.begin_pass(pe.job_end + 1);
            charge(pe.causes, cause::both_lanes, work.both_lanes);
            charge(pe.causes, cause::one_lane, work.one_lane);
            charge(pe.causes, cause::stored_zero, work.stored_zero);
            charge(pe.causes, cause::bubble, work.bubbles);
            pe.worked = true;
        }
    }
}

void array_timing::run_chain(const pass& p, const chain& c, kept_tile* kept, unsigned window) {
    below_.clear();
    if (c.from_bank) feed(c, *kept);
    const bool last_window = window + 1 == p.windows;
    const pe_job even = balanced_ ? balanced_->window(window) : pe_job{};
    for (std::size_t i = 0; i < c.pes.size(); ++i) {
        auto& pe = pes_[c.pes[i].pe];
        if (transfer_observer_ && (i > 0 || c.from_bank)) tell_psums(c, i, false);
        if (i > 0 && meshes_) cross_mesh(c, i);
        const pe_job& job = balanced_ ? even : p.jobs[c.pes[i].pe];
        auto& iacts = iacts_[c.pes[i].pe];
        const auto passage = pe.pipeline.run(job, window, {iacts.segments_ready, iacts.filled}, pe.causes);
        iacts.room.release(last_window ? p.window_segments : 1, passage.iacts_read);
        charge_moving(pe, passage.blocked_after, passage.blocked_until);
        above_.clear();
        move(p, c, i, passage.accumulated);
        std::swap(below_, above_);
        if (observer_) observer_(c.pes[i].pe, {passage.accumulated, pe.psums_moved});
    }
    if (transfer_observer_) tell_psums(c, c.pes.size() - 1, true);
    if (!c.to_bank) return;
    for (const psum_run& r : below_) append(kept->writing, {r.first + 1, r.words});
}

cycle_t array_timing::psum_port_cycles(unsigned rows) const {
    if (m_.ideal.noc) return psum_words(rows);
    return timing::psum_port_cycles(m_, rows);
}

/// The bank gives a window's psums to the chain's first PE: each once it was written, as its FIFO has places.
void array_timing::feed(const chain& c, kept_tile& kept) {
    auto& port = psum_in_ports_[c.in_port];
    auto& fifo = pes_[c.pes.front().pe].below;
    const std::uint32_t words = psum_words(c.rows);
    const cycle_t cycles = psum_port_cycles(c.rows);
    // A narrower port hands words over as the last ones arrive.
    const cycle_t late = cycles > words ? cycles - words : 0;
    for (std::uint32_t rest = words; rest > 0;) {
        const psum_run written = kept.reader.front();
        std::uint32_t n = written.words == 0 ? rest : std::min(rest, written.words);
        const cycle_t there = (m_.ideal.noc ? written.first : std::max(port.used, written.first)) + 1;
        cycle_t begin = std::max(there, fifo.last_written() + 1);
        if (!fifo.full()) {
            n = std::min(n, fifo.front().words);
            begin = std::max(begin, fifo.front().first + 1);
        }
        if (written.words != 0) kept.reader.take(n);
        const cycle_t last = begin + late + n - 1;
        if (!fifo.full()) fifo.write(n, last);
        append(below_, {begin + late, n});
        port.account.idle(there - 1);
        port.account.stalled(begin - 1);
        port.used = cycles < words ? begin + (cycles * n + words - 1) / words - 1 : last;
        port.account.busy(port.used);
        rest -= n;
    }
}

/// Where two windows' psums fit the SPad and moving does not take its ports, a window moves while the next
/// one is accumulated.
bool array_timing::overlaps(unsigned rows) const {
    return !m_.pe.psum_transfer_takes_ports && 2 * rows <= m_.pe.psum_entries;
}

/// The psums' mover did something up to a cycle. What it does while the accumulator works is not the PE's.
void array_timing::spend(timed_pe& pe, cause what, cycle_t until, bool overlaps) {
    const cycle_t from = pe.psums_moved;
    if (until <= from) return;
    pe.psums_moved = until;
    if (overlaps) {
        pe.moving.push_back({what, until});
    } else {
        charge(pe.causes, what, until - from);
    }
}

void array_timing::charge_moving(timed_pe& pe, cycle_t after, cycle_t until) {
    if (until <= after) return;
    std::size_t past = 0;
    for (const psum_activity& a : pe.moving) {
        if (a.until <= until) ++past;
        const cycle_t end = std::min(a.until, until);
        if (end <= after) continue;
        charge(pe.causes, a.what, end - after);
        after = end;
    }
    pe.moving.erase(pe.moving.begin(), pe.moving.begin() + static_cast<std::ptrdiff_t>(past));
}

/// A PE's window of psums goes up, each word together with the one from below.
void array_timing::move(const pass& p, const chain& c, std::size_t position, cycle_t accumulated) {
    auto& pe = pes_[c.pes[position].pe];
    const bool from_below = position > 0 || c.from_bank;
    const bool top = position + 1 == c.pes.size();
    const bool overlap = overlaps(c.rows);
    auto& out = psum_out_ports_[c.out_port];
    psum_fifo* above = top ? nullptr : &pes_[c.pes[position + 1].pe].below;
    psum_reader below(below_);
    const cycle_t before = pe.psums_moved;
    if (accumulated > before) {
        if (overlap) pe.moving.push_back({cause::bubble, accumulated});
        pe.psums_moved = accumulated;
    }
    for (std::uint32_t rest = psum_words(c.rows); rest > 0;) {
        std::uint32_t n = rest;
        cycle_t here = 0;
        if (from_below) {
            n = std::min(n, below.front().words);
            here = below.front().first + way(c.pes[position].latency);
        }
        cycle_t place = top ? (m_.ideal.noc ? 0 : out.used) : above->last_written();
        if (top && !c.to_bank) place = std::max(place, p.outputs_blocked);
        if (!top && !above->full()) {
            n = std::min(n, above->front().words);
            place = std::max(place, above->front().first);
        }
        spend(pe, cause::wait_psum_in, here, overlap);
        if (top) out.account.idle(pe.psums_moved);
        spend(pe, cause::wait_psum_out, place, overlap);
        if (top) out.account.stalled(pe.psums_moved);
        const psum_run moved{pe.psums_moved + 1, n};
        spend(pe, cause::psum_ports, moved.last(), overlap);
        append(above_, moved);
        if (from_below) {
            below.take(n);
            pe.below.free(moved);
        }
        if (!top && !above->full()) above->write(n, moved.last());
        if (top) {
            out.account.busy(moved.last());
            out.used = moved.last();
        }
        rest -= n;
    }
    if (top && !m_.ideal.noc) {
        const cycle_t cycles = psum_port_cycles(c.rows);
        const cycle_t through = above_.front().first + cycles - 1;
        out.used = cycles < psum_words(c.rows) ? through : std::max(out.used, through);
        out.account.busy(out.used);
    }
    pe.pipeline.hold_accumulator(overlap ? before : pe.psums_moved, !overlap);
}

pass_times array_timing::end_pass(const pass& p) {
    if (meshes_) forget_past(p);
    pass_times times;
    for (const chain& c : p.chains) {
        for (const auto& link : c.pes) {
            auto& pe = pes_[link.pe];
            if (!pe.moving.empty()) charge_moving(pe, pe.pipeline.accumulated(), pe.psums_moved);
            pe.moving.clear();
            iacts_[link.pe].job_before_end = std::exchange(pe.job_end, pe.psums_moved);
            times.last_end = std::max(times.last_end, pe.job_end);
        }
        times.outputs_ready = std::max(times.outputs_ready, pes_[c.pes.back().pe].job_end);
        if (!c.from_bank && !c.to_bank) continue;
        auto& kept = kept_[c.slot];
        std::swap(kept.written, kept.writing);
        kept.writing.clear();
        if (!c.to_bank) kept_.erase(c.slot);
    }
    return times;
}

void array_timing::run_windows(const pass& p, std::span<kept_tile* const> kept) {
    if (lockstep_ && transfer_observer_) lockstep_->let_go();
    const bool side_by_side = lockstep_ && !transfer_observer_ &&
                              lockstep_->begin(p, {pes_, iacts_, psum_in_ports_, psum_out_ports_, kept});
    supply_ = side_by_side ? &lockstep_->iacts() : nullptr;
    for (unsigned window = 0; window < p.windows; ++window) {
        for (const stream& s : p.streams) send(p, s, window);
        if (side_by_side) {
            lockstep_->run(window, observer_);
            continue;
        }
        for (std::size_t i = 0; i < p.chains.size(); ++i) run_chain(p, p.chains[i], kept[i], window);
    }
    if (side_by_side) lockstep_->end();
    supply_ = nullptr;
}

pass_times array_timing::run(const pass& p) {
    begin_jobs(p);
    load_weights(p);
    if (meshes_) find_routes(p);
    std::vector<kept_tile*> kept;
    kept.reserve(p.chains.size());
    for (const chain& c : p.chains) {
        kept.push_back(c.from_bank || c.to_bank ? &kept_[c.slot] : nullptr);
        if (kept.back() != nullptr) kept.back()->reader = psum_reader(kept.back()->written);
    }
    run_windows(p, kept);
    return end_pass(p);
}

ledger array_timing::ledgers::sum() const {
    ledger sum{};
    for (const ledger& pe : pes) {
        for (std::size_t c = 0; c < cause_count; ++c) sum[c] += pe[c];
    }
    return sum;
}

array_timing::ledgers array_timing::end_layer(cycle_t end) {
    ledgers out;
    for (auto& pe : pes_) {
        if (pe.worked) {
            charge(pe.causes, cause::wait_config, configured_ - start_);
            charge(pe.causes, cause::finished_early, end - pe.job_end);
        } else {
            charge(pe.causes, cause::not_mapped, end - start_);
        }
        out.pes.push_back(pe.causes);
    }
    for (auto& port : iact_ports_) out.iact.push_back(port.account.end_layer(end));
    for (auto& port : weight_ports_) out.weight.push_back(port.account.end_layer(end));
    for (auto& port : psum_in_ports_) out.psum_in.push_back(port.account.end_layer(end));
    for (auto& port : psum_out_ports_) out.psum_out.push_back(port.account.end_layer(end));
    if (!meshes_) return out;
    const auto add = [&](const mesh_transit& mesh, std::vector<port_ledger>& links) {
        for (const cycle_t busy : mesh.busy_links()) links.push_back({busy, 0, end - start_ - busy});
    };
    add(meshes_->iact, out.iact_mesh);
    add(meshes_->weight, out.weight_mesh);
    add(meshes_->psum, out.psum_mesh);
    return out;
}

}  // namespace eyeriss::arch::timing
