#include "models/arch/timing/mesh_transit.h"

#include <algorithm>
#include <iterator>

namespace eyeriss::arch::timing {

cycle_t link_calendar::take(cycle_t from, cycle_t words) {
    auto next = taken_.upper_bound(from);
    if (next != taken_.begin()) from = std::max(from, std::prev(next)->second);
    for (; next != taken_.end() && next->first < from + words; ++next) from = std::max(from, next->second);
    busy_ += words;
    cycle_t first = from;
    cycle_t end = from + words;
    if (next != taken_.end() && next->first == end) {
        end = next->second;
        next = taken_.erase(next);
    }
    if (next != taken_.begin() && std::prev(next)->second == first) {
        std::prev(next)->second = end;
    } else {
        taken_.emplace_hint(next, first, end);
    }
    return from;
}

void link_calendar::forget(cycle_t cycle) {
    auto end = taken_.begin();
    while (end != taken_.end() && end->second <= cycle + 1) ++end;
    taken_.erase(taken_.begin(), end);
}

mesh_transit::mesh_transit(const noc::noc_parameters& p, unsigned ports) : p_(p), planes_(p.planes(ports)) {
    for (plane& on : planes_) {
        on.inject.resize(p.clusters());
        on.links.resize(std::size_t{p.clusters()} * 4);
        on.eject.resize(p.clusters());
    }
}

void mesh_transit::begin_layer() {
    for (plane& on : planes_) {
        for (auto* links : {&on.inject, &on.links, &on.eject}) {
            for (auto& link : *links) link.clear();
        }
    }
}

mesh_transit::route::route(const noc::noc_parameters& p, unsigned from, std::vector<unsigned> to)
    : from_(from), to_(std::move(to)) {
    if (p.packets == noc::multicast::tree) {
        trees_.emplace_back(p, from_, to_);
        return;
    }
    trees_.reserve(to_.size());
    for (const unsigned& cluster : to_) trees_.emplace_back(p, from_, std::span(&cluster, 1));
}

const mesh_transit::passage& mesh_transit::send(const route& r, unsigned port, cycle_t words, cycle_t from) {
    plane& on = planes_[port % planes_.size()];
    passage_.at.assign(r.to_.size(), {});
    passage_.first = 0;
    for (cycle_t sent = 0; sent < words;) {
        const cycle_t packet = std::min<cycle_t>(words - sent, p_.mesh_packet_words);
        for (std::size_t copy = 0; copy < r.trees_.size(); ++copy) {
            const cycle_t enters = on.inject[r.from_].take(from, packet);
            if (sent == 0 && copy == 0) passage_.first = enters;
            from = enters + packet;
            const auto to = r.trees_.size() == 1 ? std::span(r.to_) : std::span(r.to_).subspan(copy, 1);
            send_packet(on, r.trees_[copy], to, copy, packet, sent == 0, enters);
        }
        sent += packet;
    }
    passage_.last = from - 1;
    return passage_;
}

void mesh_transit::send_packet(plane& on, const noc::mesh_tree& tree, std::span<const unsigned> to,
                               std::size_t first_at, cycle_t words, bool head, cycle_t enters) {
    starts_.clear();
    for (const auto& link : tree.links()) {
        const cycle_t there =
            link.before < 0 ? enters : starts_[static_cast<std::size_t>(link.before)] + p_.hop_cycles;
        starts_.push_back(on.links[link.number].take(there, words));
    }
    for (std::size_t i = 0; i < to.size(); ++i) {
        const std::int32_t end = tree.ends()[i];
        const cycle_t there = end < 0 ? enters : starts_[static_cast<std::size_t>(end)] + p_.hop_cycles;
        const cycle_t leaves = on.eject[to[i]].take(there, words);
        auto& at = passage_.at[first_at + i];
        if (head) at.first = leaves;
        at.last = std::max(at.last, leaves + words - 1);
    }
}

void mesh_transit::forget(cycle_t cycle) {
    for (plane& on : planes_) {
        for (auto* links : {&on.inject, &on.links, &on.eject}) {
            for (auto& link : *links) link.forget(cycle);
        }
    }
}

std::vector<cycle_t> mesh_transit::busy_links() const {
    std::vector<cycle_t> busy;
    for (const plane& on : planes_) {
        for (const auto* links : {&on.links, &on.eject}) {
            for (const auto& link : *links) {
                if (link.busy() != 0) busy.push_back(link.busy());
            }
        }
    }
    return busy;
}

}  // namespace eyeriss::arch::timing
