#include "models/arch/timing/iact_supply.h"

#include <algorithm>

namespace eyeriss::arch::timing {

bool iact_supply::find_places(const pass& p) {
    works_.assign(iacts_.size(), false);
    for (const chain& c : p.chains) {
        for (const auto& link : c.pes) works_[link.pe] = true;
    }
    places_.assign(iacts_.size(), {nothing, 0, false});
    for (std::size_t i = 0; i < p.streams.size(); ++i) {
        for (const sink& k : p.streams[i].sinks) {
            if (places_[k.pe].stream != nothing) return false;
            places_[k.pe] = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(k.latency), false};
        }
    }
    return std::all_of(p.chains.begin(), p.chains.end(), [this](const chain& c) {
        return std::all_of(c.pes.begin(), c.pes.end(),
                           [this](const chain::link& link) { return places_[link.pe].stream != nothing; });
    });
}

bool iact_supply::begin(const pass& p, std::span<pe_iacts> iacts) {
    pass_ = &p;
    iacts_ = iacts;
    if (p.window_segments > iacts.front().room.most_segments() || !find_places(p)) return false;
    streams_.resize(p.streams.size(), common_room(iacts.front().room));
    for (std::size_t i = 0; i < p.streams.size(); ++i) share(streams_[i], p.streams[i]);
    return true;
}

void iact_supply::share(common_room& common, const stream& s) {
    common.stands = false;
    common.job_before_end = 0;
    common.others.clear();
    const auto first = std::ranges::find_if(s.sinks, [this](const sink& k) { return works_[k.pe]; });
    if (first != s.sinks.end()) common.room = iacts_[first->pe].room;
    for (const sink& k : s.sinks) {
        const pe_iacts& iacts = iacts_[k.pe];
        common.job_before_end = std::max(common.job_before_end, iacts.job_before_end);
        if (works_[k.pe] && common.room.is_like(iacts.room)) {
            common.room.join(iacts.room);
            common.stands = places_[k.pe].common = true;
        } else {
            common.others.push_back(k.pe);
        }
    }
}

cycle_t iact_supply::full_until(std::size_t stream, unsigned entries, unsigned most) {
    common_room& common = streams_[stream];
    cycle_t until = common.job_before_end;
    if (common.stands) until = std::max(until, common.room.full_until(entries, most));
    for (const std::uint32_t pe : common.others)
        until = std::max(until, iacts_[pe].room.full_until(entries, most));
    return until;
}

void iact_supply::add(std::size_t stream, unsigned entries, cycle_t last, cycle_t filled) {
    common_room& common = streams_[stream];
    common.sent = last;
    common.filled = filled;
    if (common.stands) common.room.add(entries);
    for (const std::uint32_t pe : common.others) iacts_[pe].room.add(entries);
}

void iact_supply::give_back(std::uint32_t pe, cycle_t read_before, cycle_t read) {
    const place& at = places_[pe];
    const common_room& common = streams_[at.stream];
    iacts_[pe].segments_ready = common.sent + 1 + at.latency;
    iacts_[pe].filled = common.filled;
    if (!at.common) return;
    const unsigned windows = pass_->windows;
    iacts_[pe].room.take_over(common.room, windows + pass_->window_segments - 1,
                              [&](unsigned segment) { return segment + 1 < windows ? read_before : read; });
}

}  // namespace eyeriss::arch::timing
