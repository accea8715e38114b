#include "models/arch/timing/lockstep.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace eyeriss::arch::timing {

namespace {

constexpr unsigned most_windows = 1U << 14;
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

bool lockstep::knows(const chain& c) const {
    if (psum_port_cycles(m_, c.rows) != psum_words(c.rows)) return false;
    return std::all_of(c.pes.begin(), c.pes.end(), [&](const chain::link& link) {
        const pe_job& job = pass_->jobs[link.pe];
        return job.works() && job.columns() <= most_columns && job.all_iacts == all_iacts_;
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

bool lockstep::fits_in_time() const {
    return std::all_of(pass_->chains.begin(), pass_->chains.end(), [this](const chain& c) {
        return std::all_of(c.pes.begin(), c.pes.end(), [this](const chain::link& link) {
            auto& pe = state_.pes[link.pe];
            return std::max(pe.psums_moved, pe.pipeline.now().first) < base_ + latest_begin;
        });
    });
}

bool lockstep::knows(const pass& p) const {
    return p.windows <= most_windows &&
           std::all_of(p.chains.begin(), p.chains.end(), [this](const chain& c) { return knows(c); });
}

bool lockstep::begin(const pass& p, const state& s) {
    pass_ = &p;
    state_ = s;
    if (p.chains.empty()) return false;
    if (take_over(p)) return true;
    let_go();
    return false;
}

bool lockstep::take_over(const pass& p) {
    all_iacts_ = job_of(p.chains.front(), 0).all_iacts;
    if (!knows(p) || share_ports(p) || !hold_chains() || !shape_places() || !iacts_.begin(p, state_.iacts))
        return false;
    share_out_store();
    own_rooms_.clear();
    latest_ = p.outputs_blocked;
    for (const cycle_t filled : p.iacts_filled) latest_ = std::max(latest_, filled);
    for (group_of_chains& group : groups_) load(group);
    const std::size_t streams = p.streams.size() + 1;  // the last one is that of lanes without a PE
    sent_.assign(streams, 0);
    filled_.assign(streams, 0);
    read_.assign(streams, {});
    return latest_ < base_ + latest_begin;
}

/// What the states of PEs in lanes depend on: which PEs stand above each other, and how many psums they move.
/// Banks at both ends only where they differ.
void lockstep::sign() {
    const auto& chains = pass_->chains;
    const bool same_banks = std::all_of(chains.begin(), chains.end(), [&](const chain& c) {
        return c.from_bank == chains.front().from_bank && c.to_bank == chains.front().to_bank;
    });
    next_signature_.clear();
    for (const chain& c : chains) {
        const std::uint32_t banks = same_banks ? 0 : 1 + (c.from_bank ? 1U : 0U) + (c.to_bank ? 2U : 0U);
        next_signature_.insert(next_signature_.end(),
                               {c.rows, banks, static_cast<std::uint32_t>(c.pes.size())});
        for (const auto& link : c.pes) next_signature_.push_back(link.pe);
    }
}

/// Lanes hold the states of the pass's PEs from here on: still, or anew where the chains are others.
bool lockstep::hold_chains() {
    sign();
    if (resident_ && signature_ == next_signature_) return true;
    let_go();
    if (!fits_in_time()) return false;
    std::swap(signature_, next_signature_);
    group_chains();
    find_members();
    for (const member& m : members_) take(m);
    resident_ = true;
    return true;
}

void lockstep::let_go() {
    if (!resident_) return;
    resident_ = false;
    for (const member& m : members_) give_back(m);
}

void lockstep::find_members() {
    members_.clear();
    for (group_of_chains& group : groups_) {
        std::uint16_t lane = 0;
        for (const std::size_t number : chains_of(group)) {
            const auto& pes = pass_->chains[number].pes;
            for (std::size_t place = 0; place < pes.size(); ++place) {
                const std::uint32_t above = place + 1 < pes.size() ? pes[place + 1].pe : none;
                members_.push_back(
                    {pes[place].pe, above, lane, place == 0, &group.lanes.pes[place], &group.lanes});
            }
            ++lane;
        }
    }
}

bool lockstep::alike(const chain& a, const chain& b) {
    return a.rows == b.rows && a.from_bank == b.from_bank && a.to_bank == b.to_bank;
}

/// Alike chains in a row, the longest first, so that those that reach a place are the first ones of a group.
void lockstep::group_chains() {
    order_.resize(pass_->chains.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::stable_sort(order_, std::ranges::greater{}, [this](std::size_t number) {
        const chain& c = pass_->chains[number];
        return std::tuple(c.rows, c.from_bank, c.to_bank, c.pes.size());
    });
    groups_.clear();
    std::size_t places = 0;
    for (std::size_t first = 0; first < order_.size(); first += groups_.back().count) {
        const chain& longest = pass_->chains[order_[first]];
        std::size_t end = first + 1;
        while (end < order_.size() && end < first + lane_count && alike(pass_->chains[order_[end]], longest))
            ++end;
        groups_.push_back({{}, first, end - first});
        places += longest.pes.size();
    }
    pe_lanes_.assign(places, {});
    auto* next = pe_lanes_.data();
    for (group_of_chains& group : groups_) {
        const chain& longest = pass_->chains[order_[group.first]];
        group.lanes.pes = {next, longest.pes.size()};
        group.lanes.words = psum_words(longest.rows);
        next += longest.pes.size();
    }
    share_out_fifos();
}

void lockstep::share_out_fifos() {
    state_.pes[pass_->chains.front().pes.front().pe].below.list_places(places_);
    const std::size_t places = places_.size();
    fifos_.assign((groups_.size() + pe_lanes_.size()) * places, {});
    std::span<lanes> rest(fifos_);
    const auto take = [&rest, places] {
        const auto taken = rest.first(places);
        rest = rest.subspan(places);
        return taken;
    };
    for (group_of_chains& group : groups_) group.lanes.entry = take();
    for (pe_lanes& p : pe_lanes_) p.places = take();
}

/// Finds what is the same at a place of all chains of a group.
bool lockstep::shape_places() {
    shapes_.clear();
    for (group_of_chains& group : groups_) {
        const chain& longest = pass_->chains[order_[group.first]];
        group.lanes.from_bank = longest.from_bank;
        for (std::size_t place = 0; place < group.lanes.pes.size(); ++place) {
            pe_lanes& p = group.lanes.pes[place];
            p.adds = place > 0 || longest.from_bank;
            p.step = job_of(longest, place).step;
            p.stream.of.fill(static_cast<std::uint32_t>(pass_->streams.size()));
            std::size_t columns = 0;
            for (const std::size_t number : chains_of(group)) {
                const chain& c = pass_->chains[number];
                if (place >= c.pes.size()) break;
                if (job_of(c, place).step != p.step) return false;
                columns = std::max<std::size_t>(columns, job_of(c, place).columns());
            }
            const std::size_t iacts = std::size_t{pass_->windows} * p.step + columns;
            shapes_.push_back({columns, all_iacts_ ? 0 : iacts / mask_bits + 2});
        }
    }
    return true;
}

/// Gives vectors to what has as many as the pass needs.
void lockstep::share_out_store() {
    std::size_t all = 0;
    for (const group_of_chains& group : groups_) all += group.lanes.words * pass_->windows;
    for (const place_shape& shape : shapes_) all += shape.columns + shape.row_words;
    if (store_.size() < all) store_.resize(all);
    std::span<lanes> rest(store_);
    const auto take = [&rest](std::size_t count) {
        const auto taken = rest.first(count);
        rest = rest.subspan(count);
        return taken;
    };
    for (group_of_chains& group : groups_) group.lanes.psums = take(group.lanes.words * pass_->windows);
    for (std::size_t i = 0; i < pe_lanes_.size(); ++i) {
        pe_lanes_[i].column_cycles = take(shapes_[i].columns);
        pe_lanes_[i].row = take(shapes_[i].row_words);
    }
}

void lockstep::run(unsigned window, const window_observer& observer) {
    for (std::size_t i = 0; i < iacts_.streams(); ++i) {
        sent_[i] = in_lane(iacts_.sent(i));
        filled_[i] = in_lane(iacts_.filled(i));
    }
    const bool last = window + 1 == pass_->windows;
    if (last) {
        for (pe_lanes& p : pe_lanes_) p.read_before = p.read;
    }
    for (group_of_chains& group : groups_) {
        chain_lanes& chains = group.lanes;
        kernel_(chains, {window, all_iacts_, sent_, filled_, read_});
        if (chains.entry.empty()) continue;
        chains.place = (chains.place + chains.words) % chains.entry.size();
        if (chains.from_bank) chains.entry_place = (chains.entry_place + chains.words) % chains.entry.size();
    }
    const unsigned read = last ? pass_->window_segments : 1;
    for (std::size_t i = 0; i < iacts_.streams(); ++i)
        iacts_.release(i, read, base_ + *std::ranges::max_element(read_[i].of));
    for (const member& m : own_rooms_)
        state_.iacts[m.pe].room.release(read, base_ + m.lanes->read.of[m.lane]);
    if (!observer) return;
    for (const member& m : members_)
        observer(m.pe, {base_ + m.lanes->accumulated.of[m.lane], base_ + m.lanes->moved.of[m.lane]});
}

void lockstep::end() {
    for (const group_of_chains& group : groups_) store(group);
}

}  // namespace eyeriss::arch::timing
