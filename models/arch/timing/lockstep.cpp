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

bool lockstep::knows(const pass& p) const {
    return !p.chains.empty() && p.windows <= most_windows &&
           std::all_of(p.chains.begin(), p.chains.end(), [this](const chain& c) { return knows(c); });
}

bool lockstep::begin(const pass& p, const state& s) {
    pass_ = &p;
    state_ = s;
    if (p.chains.empty()) return false;
    all_iacts_ = job_of(p.chains.front(), 0).all_iacts;
    if (!knows(p) || share_ports(p) || !fits_in_time(p)) return false;
    group_chains();
    if (!shape_places() || !iacts_.begin(p, s.iacts)) return false;
    share_out_store();
    members_.clear();
    own_rooms_.clear();
    for (group_of_chains& group : groups_) load(group);
    const std::size_t streams = p.streams.size() + 1;  // the last one is that of lanes without a PE
    sent_.assign(streams, 0);
    filled_.assign(streams, 0);
    read_.assign(streams, {});
    return true;
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
        group.lanes.from_bank = longest.from_bank;
        group.lanes.words = psum_words(longest.rows);
        next += longest.pes.size();
    }
}

/// Finds what is the same at a place of all chains of a group.
bool lockstep::shape_places() {
    shapes_.clear();
    for (const group_of_chains& group : groups_) {
        const chain& longest = pass_->chains[order_[group.first]];
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
    state_.pes[pass_->chains.front().pes.front().pe].below.list_places(places_);
    std::size_t all = (groups_.size() + pe_lanes_.size()) * places_.size();
    for (const group_of_chains& group : groups_) all += group.lanes.words * pass_->windows;
    for (const place_shape& shape : shapes_) all += shape.columns + shape.row_words;
    store_.assign(all, {});
    std::span<lanes> rest(store_);
    const auto take = [&rest](std::size_t count) {
        const auto taken = rest.first(count);
        rest = rest.subspan(count);
        return taken;
    };
    for (group_of_chains& group : groups_) {
        group.lanes.entry = take(places_.size());
        group.lanes.psums = take(group.lanes.words * pass_->windows);
    }
    for (std::size_t i = 0; i < pe_lanes_.size(); ++i) {
        pe_lanes_[i].column_cycles = take(shapes_[i].columns);
        pe_lanes_[i].row = take(shapes_[i].row_words);
        pe_lanes_[i].places = take(places_.size());
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
        if (!chains.entry.empty()) chains.place = (chains.place + chains.words) % chains.entry.size();
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
