#include "noc/shared_networks.h"

#include <algorithm>

namespace eyeriss::noc {

queued_network::queued_network(const shared_parameters& p) : p_(p), queues_(p.nodes), last_at_(p.nodes) {
    if (p.nodes == 0 || p.nodes > 4096) {
        throw std::invalid_argument("network: " + std::to_string(p.nodes) + " nodes, expects 1 to 4096");
    }
}

void queued_network::inject(const packet_request& request) {
    check(request, p_.nodes, std::max(now_, last_at_[std::min(request.source, p_.nodes - 1)]));
    last_at_[request.source] = request.at;
    queues_[request.source].push_back(
        {request.tag, request.at, request.words, {request.destinations.begin(), request.destinations.end()}});
    ++queued_;
}

void queued_network::advance(cycle_t until) {
    while (now_ < until) {
        if (idle()) {
            now_ = until;
            return;
        }
        serve();
        ++now_;
    }
}

void queued_network::deliver(const waiting& w, unsigned source, unsigned destination, cycle_t start) {
    const cycle_t first = start + p_.hop_cycles;
    const cycle_t last = first + w.words - 1;
    all_there_ = std::max(all_there_, last);
    deliveries_.push_back({w.tag, source, destination, w.words, w.at, first, last});
}

void packet_bus::serve() {
    unsigned oldest = p_.nodes;
    for (unsigned n = 0; n < p_.nodes; ++n) {
        if (waits(n) && (oldest == p_.nodes || queues_[n].front().at < queues_[oldest].front().at))
            oldest = n;
    }
    if (now_ < free_at_) ++busy_;
    if (oldest == p_.nodes || now_ < free_at_) return;
    const waiting w = std::move(queues_[oldest].front());
    queues_[oldest].pop_front();
    --queued_;
    free_at_ = now_ + w.words;
    ++busy_;
    for (const unsigned d : w.destinations) deliver(w, oldest, d, now_ + p_.injection_cycles);
}

std::vector<link_use> packet_bus::links() const {
    return {{link_kind::bus, 0, 0, busy_, stalled_}};
}

packet_crossbar::packet_crossbar(const shared_parameters& p)
    : queued_network(p), entries_(p.nodes), leave_(p.nodes), enter_(p.nodes) {}

void packet_crossbar::serve() {
    for (unsigned n = 0; n < p_.nodes; ++n) {
        port_use& port = leave_[n];
        if (waits(n) && port.free_at <= now_) {
            const waiting w = std::move(queues_[n].front());
            queues_[n].pop_front();
            --queued_;
            queued_ += w.destinations.size();
            port.free_at = now_ + w.words;
            for (const unsigned d : w.destinations) entries_[d].push_back({w, n, now_ + p_.injection_cycles});
        }
        if (port.free_at > now_) ++port.busy;
    }
    for (unsigned n = 0; n < p_.nodes; ++n) {
        port_use& port = enter_[n];
        if (!entries_[n].empty() && entries_[n].front().at <= now_ && port.free_at <= now_) {
            const arriving a = std::move(entries_[n].front());
            entries_[n].pop_front();
            --queued_;
            port.free_at = now_ + a.what.words;
            deliver(a.what, a.source, n, now_);
        }
        if (port.free_at > now_) ++port.busy;
    }
}

std::vector<link_use> packet_crossbar::links() const {
    std::vector<link_use> all;
    for (unsigned n = 0; n < p_.nodes; ++n) {
        all.push_back({link_kind::injection, n, n, leave_[n].busy, leave_[n].stalled});
        all.push_back({link_kind::ejection, n, n, enter_[n].busy, enter_[n].stalled});
    }
    return all;
}

void packet_crossbar::clear_counts() {
    for (auto* ports : {&leave_, &enter_}) {
        for (port_use& port : *ports) port.busy = port.stalled = 0;
    }
}

}  // namespace eyeriss::noc
