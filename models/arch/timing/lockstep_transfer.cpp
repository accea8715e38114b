#include <algorithm>

#include "models/arch/timing/lockstep.h"

// What goes into lanes and back: with each pass, and where chains are others than in the pass before.

namespace eyeriss::arch::timing {

void lockstep::take(const member& m) {
    timed_pe& pe = state_.pes[m.pe];
    const pe_pipeline::state& at = pe.pipeline.now();
    pe_lanes& p = *m.lanes;
    const std::size_t lane = m.lane;
    p.live.of[lane] = ~0U;
    p.read.of[lane] = in_lane(at.read);
    p.looked_up.of[lane] = in_lane(at.looked_up);
    p.taken_before.of[lane] = in_lane(at.taken[0]);
    p.taken.of[lane] = in_lane(at.taken[1]);
    p.word_read.of[lane] = in_lane(at.word_read);
    p.accumulated.of[lane] = in_lane(at.accumulated);
    p.before.of[lane] = in_lane(at.before);
    p.moved.of[lane] = in_lane(pe.psums_moved);
    if (m.above != none) {
        const psum_fifo& above = state_.pes[m.above].below;
        p.exit_used.of[lane] = in_lane(above.last_written());
        take_places(p.places, lane, above);
    }
    if (m.enters) {
        m.chains->entry_used.of[lane] = in_lane(pe.below.last_written());
        take_places(m.chains->entry, lane, pe.below);
    }
}

/// What a pass begins with is the pipeline's already: it lies behind all that the pass before it left.
void lockstep::give_back(const member& m) {
    timed_pe& pe = state_.pes[m.pe];
    pe_pipeline::state& at = pe.pipeline.now();
    const pe_lanes& p = *m.lanes;
    const std::size_t lane = m.lane;
    at.read = base_ + p.read.of[lane];
    at.looked_up = base_ + p.looked_up.of[lane];
    at.taken[0] = base_ + p.taken_before.of[lane];
    at.taken[1] = base_ + p.taken.of[lane];
    at.word_read = base_ + p.word_read.of[lane];
    at.accumulated = base_ + p.accumulated.of[lane];
    at.before = base_ + p.before.of[lane];
    if (m.above != none)
        give_places(state_.pes[m.above].below, p.places, m.chains->place, lane, p.exit_used.of[lane]);
    if (m.enters)
        give_places(pe.below, m.chains->entry, m.chains->entry_place, lane, m.chains->entry_used.of[lane]);
}

void lockstep::take_places(std::span<lanes> to, std::size_t lane, const psum_fifo& fifo) {
    fifo.list_places(places_);
    for (std::size_t i = 0; i < to.size(); ++i) to[i].of[lane] = in_lane(places_[i]);
}

void lockstep::give_places(psum_fifo& fifo, std::span<const lanes> places, std::size_t next, std::size_t lane,
                           std::uint32_t last_written) {
    places_.clear();
    for (std::size_t i = 0; i < places.size(); ++i)
        places_.push_back(base_ + places[(next + i) % places.size()].of[lane]);
    fifo.set_places(places_, base_ + last_written);
}

void lockstep::load(group_of_chains& group) {
    chain_lanes& to = group.lanes;
    to.in_port = {};
    for (pe_lanes& p : to.pes) {
        p.port = {};
        p.wait_iact = p.wait_dram = p.bubble = p.wait_psum_in = p.wait_psum_out = {};
    }
    std::size_t lane = 0;
    for (const std::size_t number : chains_of(group)) {
        const chain& c = pass_->chains[number];
        if (c.from_bank) {
            const auto& port = state_.psum_in_ports[c.in_port];
            to.in_used.of[lane] = in_lane(port.used);
            to.in_port.until.of[lane] = in_lane(port.account.until());
            load_psums(to.psums, lane, state_.kept[number]->reader);
        }
        for (std::size_t place = 0; place < c.pes.size(); ++place) load_pe(to.pes[place], lane, c, place);
        ++lane;
    }
}

void lockstep::load_pe(pe_lanes& p, std::size_t lane, const chain& c, std::size_t place) {
    const iact_supply::place& iacts = iacts_.of(c.pes[place].pe);
    timed_pe& pe = state_.pes[c.pes[place].pe];
    const pe_pipeline::state& at = pe.pipeline.now();
    latest_ = std::max({latest_, at.first, pe.psums_moved});
    p.stream.of[lane] = iacts.stream;
    p.travel.of[lane] = iacts.latency;
    p.first.of[lane] = in_lane(at.first);
    p.held.of[lane] = in_lane(at.held);
    p.charged.of[lane] = in_lane(at.charged_until);
    p.latency.of[lane] = static_cast<std::uint32_t>(c.pes[place].latency);
    load_job(p, lane, pass_->jobs[c.pes[place].pe]);
    if (!iacts.common)
        own_rooms_.push_back({c.pes[place].pe, none, static_cast<std::uint16_t>(lane), false, &p, nullptr});
    if (place + 1 < c.pes.size()) return;
    const auto& port = state_.psum_out_ports[c.out_port];
    p.ends = true;
    p.exit_used.of[lane] = in_lane(port.used);
    p.port.until.of[lane] = in_lane(port.account.until());
    const std::uint32_t blocked = c.to_bank ? 0 : in_lane(pass_->outputs_blocked);
    for (lanes& freed : p.places) freed.of[lane] = blocked;
}

void lockstep::load_job(pe_lanes& p, std::size_t lane, const pe_job& job) {
    p.columns.of[lane] = ~0U >> (most_columns - job.columns());
    for (std::size_t column = 0; column < job.columns(); ++column)
        p.column_cycles[column].of[lane] = job.column_cycles[column];
    for (std::size_t word = 0; word < p.row.size() && word / 2 < job.nonzero.size(); ++word)
        p.row[word].of[lane] = static_cast<std::uint32_t>(job.nonzero[word / 2] >> (word % 2 * mask_bits));
}

void lockstep::load_psums(std::span<lanes> to, std::size_t lane, psum_reader& written) const {
    for (lanes& psum : to) psum.of[lane] = in_lane(written.next());
}

void lockstep::store(const group_of_chains& group) {
    const chain_lanes& from = group.lanes;
    std::size_t lane = 0;
    for (const std::size_t number : chains_of(group)) {
        const chain& c = pass_->chains[number];
        if (c.from_bank)
            store_port(state_.psum_in_ports[c.in_port], from.in_port, lane, from.in_used.of[lane]);
        for (std::size_t place = 0; place < c.pes.size(); ++place) store_pe(from.pes[place], lane, c, place);
        if (c.to_bank) store_psums(state_.kept[number]->writing, from.psums, lane);
        ++lane;
    }
}

void lockstep::store_pe(const pe_lanes& p, std::size_t lane, const chain& c, std::size_t place) {
    timed_pe& pe = state_.pes[c.pes[place].pe];
    pe.psums_moved = base_ + p.moved.of[lane];
    charge(pe.causes, cause::wait_iact, p.wait_iact.of[lane]);
    charge(pe.causes, cause::wait_dram, p.wait_dram.of[lane]);
    charge(pe.causes, cause::bubble, p.bubble.of[lane]);
    charge(pe.causes, cause::wait_psum_in, p.wait_psum_in.of[lane]);
    charge(pe.causes, cause::wait_psum_out, p.wait_psum_out.of[lane]);
    charge(pe.causes, cause::psum_ports, std::uint64_t{pass_->windows} * psum_words(c.rows));
    iacts_.give_back(c.pes[place].pe, base_ + p.read_before.of[lane], base_ + p.read.of[lane]);
    if (place + 1 == c.pes.size())
        store_port(state_.psum_out_ports[c.out_port], p.port, lane, p.exit_used.of[lane]);
}

/// A bank has written a psum in the cycle after the one in which it has left the chain.
void lockstep::store_psums(std::vector<psum_run>& writing, std::span<const lanes> from,
                           std::size_t lane) const {
    for (const lanes& psum : from) append(writing, {base_ + psum.of[lane] + 1, 1});
}

void lockstep::store_port(pass_port& port, const port_lanes& from, std::size_t lane,
                          std::uint32_t used) const {
    port.used = base_ + used;
    port.account.add({from.busy.of[lane], from.stalled.of[lane], from.idle.of[lane]},
                     base_ + from.until.of[lane]);
}

}  // namespace eyeriss::arch::timing
