#include "noc/flat_mesh.h"

#include <algorithm>
#include <bit>

namespace eyeriss::noc {

namespace {

constexpr unsigned largest_side = 64;
constexpr unsigned largest_buffer = 4096;

void check_range(const char* what, unsigned value, unsigned least, unsigned most) {
    if (value < least || value > most) {
        throw std::invalid_argument(std::string("mesh: ") + what + " " + std::to_string(value) + " expects " +
                                    std::to_string(least) + " to " + std::to_string(most));
    }
}

void check_parameters(const flat_mesh_parameters& p) {
    check_range("rows", p.rows, 1, largest_side);
    check_range("columns", p.cols, 1, largest_side);
    check_range("virtual channels", p.vcs, 1, 8);
    check_range("buffer flits", p.buffer_flits, 1, largest_buffer);
    check_range("hop cycles", p.hop_cycles, 1, 64);
    check_range("injection cycles", p.injection_cycles, 0, 64);
    check_range("ejection cycles", p.ejection_cycles, 0, 64);
    check_range("credit cycles", p.credit_cycles, 1, 64);
}

void set_bit(std::vector<std::uint64_t>& set, unsigned i) {
    set[i / 64] |= std::uint64_t{1} << i % 64;
}
void clear_bit(std::vector<std::uint64_t>& set, unsigned i) {
    set[i / 64] &= ~(std::uint64_t{1} << i % 64);
}
bool any(const std::vector<std::uint64_t>& set) {
    return std::any_of(set.begin(), set.end(), [](std::uint64_t word) { return word != 0; });
}
template <typename Visit>
void for_each_bit(const std::vector<std::uint64_t>& set, Visit visit) {
    for (unsigned word = 0; word < set.size(); ++word) {
        for (std::uint64_t rest = set[word]; rest != 0; rest &= rest - 1) {
            visit(word * 64 + static_cast<unsigned>(std::countr_zero(rest)));
        }
    }
}

}  // namespace

flat_mesh::flat_mesh(const flat_mesh_parameters& p) : p_(p) {
    check_parameters(p);
    const unsigned nodes = p_.nodes();
    const unsigned ports = nodes * port_count;
    const std::size_t lanes = std::size_t{ports} * p_.vcs;
    lanes_.resize(lanes);
    flits_.resize(lanes * p_.buffer_flits);
    occupied_.resize(nodes);
    credits_.assign(lanes + std::size_t{nodes} * p_.vcs, static_cast<std::uint16_t>(p_.buffer_flits));
    owners_.assign(lanes, no_owner);
    neighbour_.assign(ports, nowhere);
    positions_.resize(nodes);
    upstream_.assign(ports, nowhere);
    next_input_.resize(ports);
    next_vc_.resize(ports);
    busy_.resize(ports);
    stalled_.resize(ports);
    sink_ready_.resize(nodes);
    sink_interval_.assign(nodes, 1);
    head_at_.resize(std::size_t{nodes} * p_.vcs);
    active_.resize((nodes + 63) / 64);
    feeding_.resize(active_.size());
    wake_.assign(std::max(p_.hop_cycles, p_.injection_cycles) + 1, node_set(active_.size()));
    returning_.resize(p_.credit_cycles + 1);
    sources_.resize(nodes);
    patience_ = cycle_t{p_.hop_cycles} + p_.injection_cycles + p_.credit_cycles + 2;
    for (unsigned n = 0; n < nodes; ++n) {
        const unsigned row = n / p_.cols, col = n % p_.cols;
        positions_[n] = {static_cast<std::uint16_t>(row), static_cast<std::uint16_t>(col)};
        const auto join = [&](port out, unsigned neighbour) {
            neighbour_[n * port_count + out] = neighbour;
            upstream_[neighbour * port_count + opposite(out)] = first_lane(n, out);
        };
        if (row > 0) join(north, n - p_.cols);
        if (row + 1 < p_.rows) join(south, n + p_.cols);
        if (col + 1 < p_.cols) join(east, n + 1);
        if (col > 0) join(west, n - 1);
        upstream_[n * port_count + local] = static_cast<std::uint32_t>(lanes + std::size_t{n} * p_.vcs);
    }
}

void flat_mesh::slow_sink(unsigned node, unsigned cycles) {
    check_range("cycles of a sink's word", cycles, 1, 1U << 20U);
    sink_interval_.at(node) = cycles;
    patience_ += cycles;
}

void flat_mesh::route_by(const std::function<port(unsigned, unsigned)>& rule) {
    rule_.resize(std::size_t{p_.nodes()} * p_.nodes());
    for (unsigned here = 0; here < p_.nodes(); ++here) {
        for (unsigned to = 0; to < p_.nodes(); ++to) {
            const port way = rule(here, to);
            if (way != local && neighbour_[here * port_count + way] == nowhere) {
                throw std::invalid_argument("mesh: a route leads out of the array at node " +
                                            std::to_string(here));
            }
            rule_[std::size_t{here} * p_.nodes() + to] = way;
        }
    }
}

flat_mesh::port_mask flat_mesh::ways(unsigned node, const packet& p) const {
    if (p.is_tree) return trees_[std::size_t{p.target} * p_.nodes() + node];
    const auto only = [](unsigned way) { return static_cast<port_mask>(1U << way); };
    if (!rule_.empty()) return only(rule_[std::size_t{node} * p_.nodes() + p.target]);
    const unsigned col = positions_[node].col, to = positions_[p.target].col;
    if (col != to) return only(to > col ? east : west);
    if (node == p.target) return only(local);
    return only(p.target > node ? south : north);
}

void flat_mesh::route(unsigned node, unsigned lane) {
    input_lane& l = lanes_[lane];
    const packet& p = packets_[at_place(lane, 0).packet];
    l.branches = ways(node, p);
    l.words = p.words;
    l.freed = 0;
    l.sent = {};
}

bool flat_mesh::may_leave(unsigned node, unsigned out_port, unsigned vc, bool granted) const {
    const std::uint32_t out = first_lane(node, out_port) + vc;
    if (!granted && owners_[out] != no_owner) return false;
    return out_port == local ? sink_ready_[node] <= now_ : credits_[out] != 0;
}

/// Which branches of a lane's first packet could send a flit now; the hindmost ones, when they differ.
void flat_mesh::look(unsigned node, unsigned in_port, unsigned vc, offer& best, port_mask& wanted) {
    const std::uint32_t lane = first_lane(node, in_port) + vc;
    input_lane& l = lanes_[lane];
    if (l.branches == 0) {
        if (!is_ready(at_place(lane, 0))) return;
        route(node, lane);
    }
    offer found{lane, vc, 0, 0, 0};
    for (unsigned rest = l.branches; rest != 0; rest &= rest - 1) {
        const auto out = static_cast<unsigned>(std::countr_zero(rest));
        const std::uint32_t place = l.sent[out] - l.freed;
        if (place >= l.count || !is_ready(at_place(lane, place))) continue;
        const auto bit = static_cast<port_mask>(1U << out);
        wanted |= bit;
        if (!may_leave(node, out, vc, (l.granted & bit) != 0)) continue;
        if (found.outputs == 0 || place < found.place) {
            found.place = place;
            found.outputs = bit;
        } else if (place == found.place) {
            found.outputs |= bit;
        }
    }
    if (best.outputs == 0) best = found;
}

flat_mesh::offer flat_mesh::offer_of(unsigned node, unsigned in_port, port_mask& wanted) {
    offer best;
    const auto lanes = static_cast<unsigned>(occupied_[node] >> in_port * p_.vcs & ((1U << p_.vcs) - 1));
    unsigned vc = next_vc_[node * port_count + in_port];
    for (unsigned i = 0; i < p_.vcs; ++i) {
        if ((lanes >> vc & 1U) != 0) look(node, in_port, vc, best, wanted);
        vc = vc + 1 == p_.vcs ? 0 : vc + 1;
    }
    return best;
}

void flat_mesh::switch_flits(unsigned node) {
    std::array<offer, port_count> offers;
    std::array<port_mask, port_count> requests{};
    port_mask wanted = 0, sent = 0;
    const std::uint64_t lanes_of_port = (std::uint64_t{1} << p_.vcs) - 1;
    for (unsigned in = 0; in < port_count; ++in) {
        if ((occupied_[node] >> in * p_.vcs & lanes_of_port) == 0) continue;
        offers[in] = offer_of(node, in, wanted);
        for (unsigned rest = offers[in].outputs; rest != 0; rest &= rest - 1) {
            requests[static_cast<unsigned>(std::countr_zero(rest))] |= static_cast<port_mask>(1U << in);
        }
    }
    if (wanted == 0) clear_bit(active_, node);
    for (unsigned out = 0; out < port_count; ++out) {
        if (requests[out] == 0) continue;
        auto& next = next_input_[node * port_count + out];
        const unsigned from_next = static_cast<unsigned>(requests[out]) >> next << next;
        const auto in = static_cast<unsigned>(std::countr_zero(from_next != 0 ? from_next : requests[out]));
        next = static_cast<std::uint8_t>(in + 1 == port_count ? 0 : in + 1);
        send(node, in, offers[in], out);
        sent |= static_cast<port_mask>(1U << out);
    }
    for (unsigned in = 0; in < port_count; ++in) {
        if (offers[in].taken != 0) retire(node, in, offers[in]);
    }
    for (unsigned rest = wanted & ~unsigned{sent}; rest != 0; rest &= rest - 1) {
        ++stalled_[node * port_count + static_cast<unsigned>(std::countr_zero(rest))];
    }
}

void flat_mesh::send(unsigned node, unsigned in_port, offer& o, unsigned out_port) {
    input_lane& l = lanes_[o.lane];
    const auto bit = static_cast<port_mask>(1U << out_port);
    const std::uint32_t out = first_lane(node, out_port) + o.vc;
    const std::uint32_t packet_number = at_place(o.lane, o.place).packet;
    const bool first = l.sent[out_port] == 0;
    const bool last = ++l.sent[out_port] == l.words;
    if (first) {
        owners_[out] = static_cast<std::uint8_t>(in_port * p_.vcs + o.vc);
        l.granted |= bit;
    }
    if (last) {
        owners_[out] = no_owner;
        l.granted &= static_cast<port_mask>(~bit);
        l.branches &= static_cast<port_mask>(~bit);
    }
    o.taken |= bit;
    ++busy_[node * port_count + out_port];
    moved_ = true;
    if (out_port == local) {
        sink_ready_[node] = now_ + sink_interval_[node];
        eject(node, o.vc, packet_number, first, last);
    } else {
        --credits_[out];
        ++flit_hops_;
        push(neighbour_[node * port_count + out_port], opposite(out_port), o.vc, packet_number,
             now_ + p_.hop_cycles, *wake_after_hop_);
    }
}

/// Frees the places of flits that every branch has taken.
void flat_mesh::retire(unsigned node, unsigned in_port, const offer& o) {
    input_lane& l = lanes_[o.lane];
    std::uint32_t done = l.words;
    for (unsigned rest = l.branches; rest != 0; rest &= rest - 1) {
        done = std::min(done, l.sent[static_cast<unsigned>(std::countr_zero(rest))]);
    }
    const std::uint32_t flits = done - l.freed;
    l.freed = done;
    const std::uint32_t head = l.head + flits;
    l.head = static_cast<std::uint16_t>(head >= p_.buffer_flits ? head - p_.buffer_flits : head);
    l.count = static_cast<std::uint16_t>(l.count - flits);
    if (l.count == 0) occupied_[node] &= ~(std::uint64_t{1} << (in_port * p_.vcs + o.vc));
    const std::uint32_t feeder = upstream_[node * port_count + in_port] + o.vc;
    for (std::uint32_t i = 0; i < flits; ++i) freed_now_->push_back(feeder);
    credits_returning_ += flits;
    next_vc_[node * port_count + in_port] = static_cast<std::uint8_t>(o.vc + 1 == p_.vcs ? 0 : o.vc + 1);
}

void flat_mesh::push(unsigned node, unsigned in_port, unsigned vc, std::uint32_t number, cycle_t ready,
                     node_set& wake) {
    const std::uint32_t lane = first_lane(node, in_port) + vc;
    input_lane& l = lanes_[lane];
    at_place(lane, l.count) = {number, static_cast<std::uint32_t>(ready)};
    ++l.count;
    occupied_[node] |= std::uint64_t{1} << (in_port * p_.vcs + vc);
    if (ready <= now_) {
        set_bit(active_, node);
    } else {
        set_bit(wake, node);
        last_wake_ = std::max(last_wake_, ready);
    }
}

void flat_mesh::eject(unsigned node, unsigned vc, std::uint32_t number, bool first, bool last) {
    const cycle_t there = now_ + p_.hop_cycles + p_.ejection_cycles;
    cycle_t& head = head_at_[std::size_t{node} * p_.vcs + vc];
    if (first) head = there;
    if (!last) return;
    packet& p = packets_[number];
    deliveries_.push_back({p.tag, p.source, node, p.words, p.created, head, there});
    if (--p.to_deliver != 0) return;
    if (p.is_tree) free_trees_.push_back(p.target);
    free_packets_.push_back(number);
    --packets_on_way_;
}

void flat_mesh::return_credits() {
    auto& slot = returning_[now_ % returning_.size()];
    for (const std::uint32_t lane : slot) ++credits_[lane];
    credits_returning_ -= slot.size();
    slot.clear();
}

void flat_mesh::feed(unsigned node) {
    source_queue& s = sources_[node];
    if (s.packets.empty() || packets_[s.packets.front()].created > now_) {
        if (!s.packets.empty()) later_.emplace(packets_[s.packets.front()].created, node);
        clear_bit(feeding_, node);
        return;
    }
    const unsigned vc = vc_of(node);
    auto& credits = credits_[upstream_[node * port_count + local] + vc];
    if (credits == 0) {
        ++s.stalled;
        return;
    }
    --credits;
    ++s.busy;
    moved_ = true;
    const std::uint32_t number = s.packets.front();
    const cycle_t ready = now_ + p_.injection_cycles;
    push(node, local, vc, number, ready, wake_[ready % wake_.size()]);
    if (++s.sent == packets_[number].words) {
        s.sent = 0;
        s.packets.pop_front();
    }
}

void flat_mesh::step() {
    moved_ = false;
    return_credits();
    wake_after_hop_ = &wake_[(now_ + p_.hop_cycles) % wake_.size()];
    freed_now_ = &returning_[(now_ + p_.credit_cycles) % returning_.size()];
    for (; !later_.empty() && later_.top().first <= now_; later_.pop())
        set_bit(feeding_, later_.top().second);
    node_set& woken = wake_[now_ % wake_.size()];
    for (std::size_t i = 0; i < active_.size(); ++i) active_[i] |= std::exchange(woken[i], 0);
    for_each_bit(feeding_, [this](unsigned node) { feed(node); });
    for_each_bit(active_, [this](unsigned node) { switch_flits(node); });
    ++now_;
    still_for_ = moved_ || !any(active_) ? 0 : still_for_ + 1;
    if (still_for_ > patience_) report_stuck();
}

bool flat_mesh::quiet() const {
    return last_wake_ < now_ && credits_returning_ == 0 && !any(active_) && !any(feeding_);
}

void flat_mesh::advance(cycle_t until) {
    while (now_ < until) {
        if (quiet()) {
            const cycle_t next = later_.empty() ? until : std::min(until, later_.top().first);
            if (next > now_) {
                now_ = next;
                continue;
            }
        }
        step();
    }
}

}  // namespace eyeriss::noc
