#include "models/arch/timing/lockstep.h"

#include <algorithm>
#include <numeric>

namespace eyeriss::arch::timing {

namespace {

constexpr unsigned most_columns = 32, most_windows = 1U << 14;
constexpr std::size_t mask_bits = 32;
/// A pass ends long before the other half of what 32 bits can count.
constexpr cycle_t latest_begin = cycle_t{1} << 31;

}  // namespace

std::vector<lane_kernel> lane_kernels() {
    std::vector<lane_kernel> kernels{run_lanes_plain};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0) kernels.push_back(run_lanes_avx2);
    if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
        __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0)
        kernels.push_back(run_lanes_avx512);
#endif
    return kernels;
}

bool lockstep::knows(const machine& m) {
    return m.noc.kind != noc::topology::mesh && !m.ideal.noc && !m.ideal.sparsity_balance &&
           m.pe.drop_queue_columns == 2 && m.pe.psum_transfer_takes_ports;
}

bool lockstep::knows(const chain& c, const chain& first) {
    if (c.rows != first.rows || c.from_bank != first.from_bank || c.to_bank != first.to_bank) return false;
    return std::all_of(c.pes.begin(), c.pes.end(), [&](const chain::link& link) {
        const pe_job& job = pass_->jobs[link.pe];
        columns_ = std::max<std::size_t>(columns_, job.columns());
        return job.works() && job.columns() <= most_columns && job.all_iacts == all_iacts_ &&
               job.step == step_;
    });
}

bool lockstep::share_ports(const pass& p) {
    in_ports_.assign(state_.psum_in_ports.size(), false);
    out_ports_.assign(state_.psum_out_ports.size(), false);
    return std::any_of(p.chains.begin(), p.chains.end(), [this](const chain& c) {
        const bool shares = out_ports_[c.out_port] || (c.from_bank && in_ports_[c.in_port]);
        in_ports_[c.in_port] = out_ports_[c.out_port] = true;
        return shares;
    });
}

bool lockstep::fits_in_time(const pass& p) const {
    cycle_t latest = p.outputs_blocked;
    for (const cycle_t filled : p.iacts_filled) latest = std::max(latest, filled);
    for (const chain& c : p.chains) {
        for (const auto& link : c.pes) {
            auto& pe = state_.pes[link.pe];
            latest = std::max({latest, pe.psums_moved, pe.pipeline.now().first});
        }
    }
    return latest < base_ + latest_begin;
}

bool lockstep::knows(const pass& p) {
    if (p.chains.empty() || p.windows > most_windows) return false;
    const chain& first = p.chains.front();
    const std::size_t words = psum_words(first.rows);
    if (psum_port_cycles(m_, first.rows) != words) return false;
    const pe_job& job = p.jobs[first.pes.front().pe];
    step_ = job.step;
    all_iacts_ = job.all_iacts;
    columns_ = 0;
    words_ = words;
    return std::all_of(p.chains.begin(), p.chains.end(), [&](const chain& c) { return knows(c, first); }) &&
           !share_ports(p) && fits_in_time(p);
}

bool lockstep::begin(const pass& p, const state& s) {
    pass_ = &p;
    state_ = s;
    if (!knows(p)) return false;
    state_.pes[p.chains.front().pes.front().pe].below.list_places(places_);
    fifo_places_ = places_.size();
    group_chains();
    share_out_store();
    for (std::size_t group = 0; group < groups_.size(); ++group) load(group);
    next_place_ = 0;
    return true;
}

/// The longest first, so that the chains that reach a place are the first ones of a group.
void lockstep::group_chains() {
    order_.resize(pass_->chains.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    const auto length = [this](std::size_t chain) { return pass_->chains[chain].pes.size(); };
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return length(a) > length(b); });
    groups_.resize((order_.size() + lane_count - 1) / lane_count);
    std::size_t places = 0;
    for (std::size_t first = 0; first < order_.size(); first += lane_count) places += length(order_[first]);
    pe_lanes_.assign(places, {});
    members_.clear();
    auto* next = pe_lanes_.data();
    for (std::size_t group = 0; group < groups_.size(); ++group) {
        groups_[group] = {};
        groups_[group].pes = {next, length(order_[group * lane_count])};
        next += groups_[group].pes.size();
    }
}

/// Gives vectors to what has as many as the pass needs.
void lockstep::share_out_store() {
    const std::size_t row_words =
        all_iacts_ ? 0 : (std::size_t{pass_->windows} * step_ + columns_) / mask_bits + 2;
    const std::size_t psums = words_ * pass_->windows;
    store_.assign(
        groups_.size() * (fifo_places_ + psums) + pe_lanes_.size() * (columns_ + row_words + fifo_places_),
        {});
    std::span<lanes> rest(store_);
    const auto take = [&rest](std::size_t count) {
        const auto taken = rest.first(count);
        rest = rest.subspan(count);
        return taken;
    };
    for (chain_lanes& group : groups_) {
        group.entry = take(fifo_places_);
        group.psums = take(psums);
    }
    for (pe_lanes& p : pe_lanes_) {
        p.column_cycles = take(columns_);
        p.row = take(row_words);
        p.places = take(fifo_places_);
    }
}

std::span<const std::size_t> lockstep::chains_of(std::size_t group) const {
    const std::size_t first = group * lane_count;
    return std::span(order_).subspan(first, std::min(lane_count, order_.size() - first));
}

void lockstep::load(std::size_t group) {
    chain_lanes& to = groups_[group];
    to.from_bank = pass_->chains.front().from_bank;
    std::size_t lane = 0;
    for (const std::size_t number : chains_of(group)) {
        const chain& c = pass_->chains[number];
        if (c.from_bank) {
            const auto& port = state_.psum_in_ports[c.in_port];
            const psum_fifo& entry = state_.pes[c.pes.front().pe].below;
            to.in_used.of[lane] = in_lane(port.used);
            load_port(to.in_port, lane, port.account);
            to.entry_used.of[lane] = in_lane(entry.last_written());
            load_places(to.entry, lane, entry);
            load_psums(to.psums, lane, state_.kept[number]->reader);
        }
        for (std::size_t place = 0; place < c.pes.size(); ++place) {
            to.pes[place].adds = place > 0 || c.from_bank;
            load_pe(to.pes[place], lane, c, place);
        }
        ++lane;
    }
}

void lockstep::load_pe(pe_lanes& p, std::size_t lane, const chain& c, std::size_t place) {
    timed_pe& pe = state_.pes[c.pes[place].pe];
    const pe_pipeline::state& at = pe.pipeline.now();
    members_.push_back({c.pes[place].pe, static_cast<std::uint16_t>(lane), &p});
    p.live.of[lane] = ~0U;
    p.read.of[lane] = in_lane(at.read);
    p.looked_up.of[lane] = in_lane(at.looked_up);
    p.taken_before.of[lane] = in_lane(at.taken[0]);
    p.taken.of[lane] = in_lane(at.taken[1]);
    p.word_read.of[lane] = in_lane(at.word_read);
    p.accumulated.of[lane] = in_lane(at.accumulated);
    p.before.of[lane] = in_lane(at.before);
    p.first.of[lane] = in_lane(at.first);
    p.held.of[lane] = in_lane(at.held);
    p.charged.of[lane] = in_lane(at.charged_until);
    p.moved.of[lane] = in_lane(pe.psums_moved);
    p.latency.of[lane] = static_cast<std::uint32_t>(c.pes[place].latency);
    load_job(p, lane, pass_->jobs[c.pes[place].pe]);
    if (place + 1 < c.pes.size()) {
        const psum_fifo& above = state_.pes[c.pes[place + 1].pe].below;
        p.exit_used.of[lane] = in_lane(above.last_written());
        load_places(p.places, lane, above);
        return;
    }
    const auto& port = state_.psum_out_ports[c.out_port];
    p.ends = true;
    p.exit_used.of[lane] = in_lane(port.used);
    load_port(p.port, lane, port.account);
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

void lockstep::load_places(std::span<lanes> to, std::size_t lane, const psum_fifo& fifo) {
    fifo.list_places(places_);
    for (std::size_t i = 0; i < to.size(); ++i) to[i].of[lane] = in_lane(places_[i]);
}

void lockstep::load_psums(std::span<lanes> to, std::size_t lane, psum_reader& written) const {
    for (lanes& psum : to) psum.of[lane] = in_lane(written.next());
}

void lockstep::load_port(port_lanes& to, std::size_t lane, const port_account& account) const {
    to.until.of[lane] = in_lane(account.until());
}

void lockstep::run(unsigned window, const window_observer& observer) {
    for (const member& m : members_) {
        const pe_iacts& iacts = state_.iacts[m.pe];
        m.lanes->ready.of[m.lane] = in_lane(iacts.segments_ready);
        m.lanes->filled.of[m.lane] = in_lane(iacts.filled);
    }
    const lane_window here{std::size_t{window} * step_, all_iacts_, next_place_, window * words_, words_};
    for (chain_lanes& group : groups_) kernel_(group, here);
    if (fifo_places_ != 0) next_place_ = (next_place_ + words_) % fifo_places_;

    const unsigned read = window + 1 == pass_->windows ? pass_->window_segments : 1;
    for (const member& m : members_) state_.iacts[m.pe].room.release(read, base_ + m.lanes->read.of[m.lane]);
    if (!observer) return;
    for (const member& m : members_)
        observer(m.pe, {base_ + m.lanes->accumulated.of[m.lane], base_ + m.lanes->moved.of[m.lane]});
}

void lockstep::end() {
    for (std::size_t group = 0; group < groups_.size(); ++group) store(group);
}

void lockstep::store(std::size_t group) {
    const chain_lanes& from = groups_[group];
    std::size_t lane = 0;
    for (const std::size_t number : chains_of(group)) {
        const chain& c = pass_->chains[number];
        if (c.from_bank) {
            store_port(state_.psum_in_ports[c.in_port], from.in_port, lane, from.in_used.of[lane]);
            store_places(state_.pes[c.pes.front().pe].below, from.entry, lane, from.entry_used.of[lane]);
        }
        for (std::size_t place = 0; place < c.pes.size(); ++place) store_pe(from.pes[place], lane, c, place);
        if (c.to_bank) store_psums(state_.kept[number]->writing, from.psums, lane);
        ++lane;
    }
}

void lockstep::store_pe(const pe_lanes& p, std::size_t lane, const chain& c, std::size_t place) {
    timed_pe& pe = state_.pes[c.pes[place].pe];
    pe_pipeline::state& at = pe.pipeline.now();
    at.read = base_ + p.read.of[lane];
    at.looked_up = base_ + p.looked_up.of[lane];
    at.taken[0] = base_ + p.taken_before.of[lane];
    at.taken[1] = base_ + p.taken.of[lane];
    at.word_read = base_ + p.word_read.of[lane];
    at.accumulated = base_ + p.accumulated.of[lane];
    at.before = base_ + p.before.of[lane];
    at.held = base_ + p.held.of[lane];
    at.charged_until = base_ + p.charged.of[lane];
    pe.psums_moved = base_ + p.moved.of[lane];
    charge(pe.causes, cause::wait_iact, p.wait_iact.of[lane]);
    charge(pe.causes, cause::wait_dram, p.wait_dram.of[lane]);
    charge(pe.causes, cause::bubble, p.bubble.of[lane]);
    charge(pe.causes, cause::wait_psum_in, p.wait_psum_in.of[lane]);
    charge(pe.causes, cause::wait_psum_out, p.wait_psum_out.of[lane]);
    charge(pe.causes, cause::psum_ports, std::uint64_t{pass_->windows} * words_);
    if (place + 1 < c.pes.size())
        store_places(state_.pes[c.pes[place + 1].pe].below, p.places, lane, p.exit_used.of[lane]);
    else
        store_port(state_.psum_out_ports[c.out_port], p.port, lane, p.exit_used.of[lane]);
}

/// A bank has written a psum in the cycle after the one in which it has left the chain.
void lockstep::store_psums(std::vector<psum_run>& writing, std::span<const lanes> from,
                           std::size_t lane) const {
    for (const lanes& psum : from) append(writing, {base_ + psum.of[lane] + 1, 1});
}

void lockstep::store_places(psum_fifo& fifo, std::span<const lanes> places, std::size_t lane,
                            std::uint32_t last_written) {
    places_.clear();
    for (std::size_t i = 0; i < places.size(); ++i)
        places_.push_back(base_ + places[(next_place_ + i) % places.size()].of[lane]);
    fifo.set_places(places_, base_ + last_written);
}

void lockstep::store_port(pass_port& port, const port_lanes& from, std::size_t lane,
                          std::uint32_t used) const {
    port.used = base_ + used;
    port.account.add({from.busy.of[lane], from.stalled.of[lane], from.idle.of[lane]},
                     base_ + from.until.of[lane]);
}

}  // namespace eyeriss::arch::timing
