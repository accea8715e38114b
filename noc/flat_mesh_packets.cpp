#include <algorithm>
#include <bit>

#include "noc/flat_mesh.h"

/// What enters a flat mesh, what is told of it, and who waits for whom when nothing moves.
namespace eyeriss::noc {

void flat_mesh::inject(const packet_request& request) {
    check(request, p_.nodes(), std::max(now_, sources_.at(std::min(request.source, p_.nodes() - 1)).last_at));
    const bool tree = request.destinations.size() > 1 && p_.multicast == mesh_multicast::tree;
    if (tree && request.words > p_.buffer_flits) {
        throw std::invalid_argument("packet: a multicast of " + std::to_string(request.words) +
                                    " words does not fit a buffer of " + std::to_string(p_.buffer_flits) +
                                    " flits, which trees need");
    }
    if (tree) {
        const std::uint32_t place = new_tree(request.source, request.destinations);
        queue(request.source,
              new_packet(request, place, static_cast<std::uint32_t>(request.destinations.size()), true),
              request.at);
        return;
    }
    for (const unsigned d : request.destinations) {
        queue(request.source, new_packet(request, d, 1, false), request.at);
    }
}

std::uint32_t flat_mesh::new_packet(const packet_request& r, std::uint32_t target, std::uint32_t deliveries,
                                    bool tree) {
    if (free_packets_.empty()) {
        free_packets_.push_back(static_cast<std::uint32_t>(packets_.size()));
        packets_.emplace_back();
    }
    const std::uint32_t number = free_packets_.back();
    free_packets_.pop_back();
    packets_[number] = {r.tag, r.at, r.source, r.words, target, deliveries, tree};
    return number;
}

/// Along the source's row as far as there are destinations, and from there up and down the columns.
std::uint32_t flat_mesh::new_tree(unsigned source, std::span<const unsigned> destinations) {
    const unsigned nodes = p_.nodes();
    if (free_trees_.empty()) {
        free_trees_.push_back(static_cast<std::uint32_t>(trees_.size() / nodes));
        trees_.resize(trees_.size() + nodes);
    }
    const std::uint32_t number = free_trees_.back();
    free_trees_.pop_back();
    const std::span<port_mask> tree(trees_.data() + std::size_t{number} * nodes, nodes);
    std::fill(tree.begin(), tree.end(), port_mask{0});
    const unsigned row = source / p_.cols, col = source % p_.cols;
    const auto mark = [&](unsigned r, unsigned c, port way) {
        tree[r * p_.cols + c] |= static_cast<port_mask>(1U << way);
    };
    const auto marked = [&](unsigned r, unsigned c, port way) {
        return (tree[r * p_.cols + c] >> way & 1U) != 0;
    };
    for (const unsigned d : destinations) {
        const unsigned to_row = d / p_.cols, to_col = d % p_.cols;
        mark(to_row, to_col, local);
        unsigned r = to_row;
        while (r > row && !marked(r - 1, to_col, south)) mark(--r, to_col, south);
        while (r < row && !marked(r + 1, to_col, north)) mark(++r, to_col, north);
        unsigned c = to_col;
        while (c > col && !marked(row, c - 1, east)) mark(row, --c, east);
        while (c < col && !marked(row, c + 1, west)) mark(row, ++c, west);
    }
    return number;
}

void flat_mesh::queue(unsigned source, std::uint32_t number, cycle_t at) {
    source_queue& s = sources_[source];
    s.last_at = at;
    s.packets.push_back(number);
    ++packets_on_way_;
    if (s.packets.size() > 1) return;
    if (at <= now_) {
        feeding_[source / 64] |= std::uint64_t{1} << source % 64;
    } else {
        later_.emplace(at, source);
    }
}

std::vector<link_use> flat_mesh::links() const {
    std::vector<link_use> all;
    for (unsigned n = 0; n < p_.nodes(); ++n) {
        all.push_back({link_kind::injection, n, n, sources_[n].busy, sources_[n].stalled});
        for (unsigned out = 0; out < port_count; ++out) {
            const std::size_t i = std::size_t{n} * port_count + out;
            if (out == local) {
                all.push_back({link_kind::ejection, n, n, busy_[i], stalled_[i]});
            } else if (neighbour_[i] != nowhere) {
                all.push_back({link_kind::mesh, n, neighbour_[i], busy_[i], stalled_[i]});
            }
        }
    }
    return all;
}

void flat_mesh::clear_counts() {
    std::fill(busy_.begin(), busy_.end(), std::uint64_t{0});
    std::fill(stalled_.begin(), stalled_.end(), std::uint64_t{0});
    for (source_queue& s : sources_) s.busy = s.stalled = 0;
}

network_area flat_mesh::area() const {
    network_area a;
    for (unsigned n = 0; n < p_.nodes(); ++n) {
        std::uint64_t ports = 1;
        for (unsigned out = 0; out < local; ++out)
            ports += neighbour_[n * port_count + out] != nowhere ? 1 : 0;
        a.ports += ports;
        a.crosspoints += ports * ports;
        a.buffer_words += ports * p_.vcs * p_.buffer_flits;
    }
    return a;
}

std::vector<std::uint32_t> flat_mesh::waits_for(std::uint32_t lane) const {
    const unsigned node = lane / (port_count * p_.vcs);
    const unsigned in_port = lane / p_.vcs % port_count, vc = lane % p_.vcs;
    const input_lane& l = lanes_[lane];
    std::vector<std::uint32_t> others;
    for (unsigned rest = l.branches; rest != 0; rest &= rest - 1) {
        const auto out_port = static_cast<unsigned>(std::countr_zero(rest));
        const std::uint32_t out = first_lane(node, out_port) + vc;
        if (l.sent[out_port] - l.freed >= l.count) {  // for its next flit
            const std::uint32_t feeder = upstream_[node * port_count + in_port] + vc;
            if (feeder < lanes_.size() && owners_[feeder] != no_owner) {
                others.push_back(first_lane(feeder / (port_count * p_.vcs), 0) + owners_[feeder]);
            }
        } else if ((l.granted >> out_port & 1U) == 0 && owners_[out] != no_owner) {
            others.push_back(first_lane(node, 0) + owners_[out]);
        } else if (out_port != local && credits_[out] == 0) {
            others.push_back(first_lane(neighbour_[node * port_count + out_port], opposite(out_port)) + vc);
        }
    }
    return others;
}

std::string flat_mesh::lane_name(std::uint32_t lane) const {
    constexpr std::array<const char*, port_count> names{"north", "south", "east", "west", "local"};
    const unsigned node = lane / (port_count * p_.vcs);
    return "router " + std::to_string(node / p_.cols) + "," + std::to_string(node % p_.cols) + " " +
           names[lane / p_.vcs % port_count] + " channel " + std::to_string(lane % p_.vcs);
}

/// Depth first along the waits; the way from a lane back to itself, or nothing.
std::vector<std::uint32_t> flat_mesh::circle_from(std::uint32_t start) const {
    std::vector<std::uint32_t> way{start};
    std::vector<std::vector<std::uint32_t>> open{waits_for(start)};
    std::vector<bool> seen(lanes_.size());
    seen[start] = true;
    while (!way.empty()) {
        if (open.back().empty()) {
            way.pop_back();
            open.pop_back();
            continue;
        }
        const std::uint32_t next = open.back().back();
        open.back().pop_back();
        const auto met = std::find(way.begin(), way.end(), next);
        if (met != way.end()) return {met, way.end()};
        if (seen[next]) continue;
        seen[next] = true;
        way.push_back(next);
        open.push_back(waits_for(next));
    }
    return {};
}

void flat_mesh::report_stuck() const {
    std::string message = "mesh: nothing has moved since cycle " + std::to_string(now_ - still_for_) + ", " +
                          std::to_string(packets_on_way_) + " packets are on their way";
    for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) {
        if (lanes_[lane].count == 0) continue;
        const auto circle = circle_from(lane);
        if (circle.empty()) continue;
        message += "; in a circle: ";
        for (const std::uint32_t waiter : circle) message += lane_name(waiter) + " waits for ";
        throw network_stuck(message + lane_name(circle.front()));
    }
    throw network_stuck(message);
}

}  // namespace eyeriss::noc
