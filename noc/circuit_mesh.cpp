#include "noc/circuit_mesh.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace eyeriss::noc {

using namespace ports;

namespace {

constexpr std::array<const char*, 4> kind_names{"iact", "weight", "psum", "psum"};

const sc_core::sc_time& one_cycle() {
    static const sc_core::sc_time cycle(1,
                                        sc_core::SC_NS);  // its length does not matter: results are in cycles
    return cycle;
}

const noc_parameters& checked(const noc_parameters& p) {
    const auto refuse = [](const std::string& what) { throw std::invalid_argument("hm: " + what); };
    if (p.cluster_rows == 0 || p.cluster_rows > 64) refuse("rows expect 1 to 64");
    if (p.cluster_cols == 0 || p.cluster_cols > 64) refuse("columns expect 1 to 64");
    if (p.pe_rows == 0 || p.pe_cols == 0 || p.pes_per_cluster() > 32)
        refuse("PEs of a cluster expect 1 to 32");
    return p;
}

}  // namespace

circuit_mesh::stubs::stubs(sc_core::sc_module_name name, hierarchical_mesh& mesh, const noc_parameters& p)
    : sc_module(name),
      out("out", p.clusters() * (2 * p.pe_rows + 2 * p.pe_cols)),
      in("in", p.clusters() * (2 * p.pe_rows + 2 * p.pe_cols)) {
    unsigned next = 0;
    const auto join = [&](network::source& source, network::sink& sink, unsigned cluster) {
        out[next].bind(source);
        in[next].register_b_transport(this, &stubs::take, static_cast<int>(cluster));
        sink.bind(in[next++]);
    };
    for (unsigned c = 0; c < p.clusters(); ++c) {
        for (unsigned i = 0; i < p.pe_rows; ++i) join(mesh.iact_source(c, i), mesh.iact_sink(c, i), c);
        for (unsigned i = 0; i < p.pe_rows; ++i) join(mesh.weight_source(c, i), mesh.weight_sink(c, i), c);
        for (unsigned i = 0; i < p.pe_cols; ++i)
            join(mesh.psum_bank_source(c, i), mesh.psum_pe_sink(c, i), c);
        for (unsigned i = 0; i < p.pe_cols; ++i)
            join(mesh.psum_pe_source(c, i), mesh.psum_bank_sink(c, i), c);
    }
}

void circuit_mesh::stubs::take(int cluster, burst& b, sc_core::sc_time& delay) {
    b.arrivals.push_back({static_cast<std::uint32_t>(cluster), delay});
}

circuit_mesh::circuit_mesh(const char* name, const noc_parameters& p)
    : p_(checked(p)),
      cycle_(one_cycle()),
      mesh_(name, p_, cycle_),
      stubs_((std::string(name) + "_ends").c_str(), mesh_, p_) {}

unsigned circuit_mesh::source_socket(const circuit& c) const {
    const unsigned first = c.cluster * (2 * p_.pe_rows + 2 * p_.pe_cols) + c.port;
    switch (c.kind) {
        case port_kind::iact:
            return first;
        case port_kind::weight:
            return first + p_.pe_rows;
        case port_kind::psum_in:
            return first + 2 * p_.pe_rows;
        default:
            return first + 2 * p_.pe_rows + p_.pe_cols;
    }
}

const router& circuit_mesh::router_of(port_kind kind, unsigned cluster, unsigned port) const {
    const router_cluster& c = mesh_.cluster(cluster / p_.cluster_cols, cluster % p_.cluster_cols);
    return kind == port_kind::iact ? c.iact[port] : kind == port_kind::weight ? c.weight[port] : c.psum[port];
}

/// Sets the enable bit of a source at a destination port; places as models/abi/noc_config.h counts them.
void circuit_mesh::drive(const circuit& c, unsigned cluster, unsigned destination, unsigned source) {
    const unsigned iact_bits = iact_count * iact_count, weight_bits = weight_count * weight_count;
    unsigned bit = 0;
    if (c.kind == port_kind::iact) {
        bit = c.port * iact_bits + destination * iact_count + source;
    } else if (c.kind == port_kind::weight) {
        bit = p_.pe_rows * iact_bits + c.port * weight_bits + destination * weight_count + source;
    } else {
        bit = p_.pe_rows * (iact_bits + weight_bits) + c.port * psum_count * psum_count +
              destination * psum_count + source;
    }
    words_[std::size_t{cluster} * mesh_.config_words_per_cluster() + bit / 32] |= 1U << bit % 32;
}

void circuit_mesh::add_link(source_state& s, const circuit& c, unsigned cluster, unsigned destination,
                            unsigned source, unsigned to, bool is_mesh) {
    const auto same = [&](const driven_port& l) { return l.cluster == cluster && l.port == destination; };
    if (std::any_of(s.links.begin(), s.links.end(), same)) return;
    s.links.push_back({cluster, destination, is_mesh, to});
    drive(c, cluster, destination, source);
}

std::string circuit_mesh::lay_iacts(const circuit& c, source_state& s) {
    const unsigned cols = p_.cluster_cols;
    for (const unsigned to : c.destinations) {
        unsigned at = c.cluster, came_by = iact_local;
        const auto go = [&](unsigned destination, unsigned next, unsigned comes_by) {
            add_link(s, c, at, destination, came_by, next, true);
            at = next;
            came_by = comes_by;
        };
        while (at % cols < to % cols) go(iact_east, at + 1, iact_west);
        while (at % cols > to % cols) go(iact_west, at - 1, iact_east);
        while (at < to) go(iact_south, at + cols, iact_north);
        while (at > to) go(iact_north, at - cols, iact_south);
        add_link(s, c, at, iact_local, came_by, at, false);
    }
    return {};
}

std::string circuit_mesh::lay_weights(const circuit& c, source_state& s) {
    const unsigned cols = p_.cluster_cols;
    for (const unsigned to : c.destinations) {
        if (to / cols != c.cluster / cols) {
            return "the weight network has no vertical links: cluster " + std::to_string(c.cluster) +
                   " cannot feed cluster " + std::to_string(to);
        }
        unsigned at = c.cluster, came_by = weight_local;
        for (; at < to; came_by = weight_west) {
            add_link(s, c, at, weight_east, came_by, at + 1, true);
            ++at;
        }
        for (; at > to; came_by = weight_east) {
            add_link(s, c, at, weight_west, came_by, at - 1, true);
            --at;
        }
        add_link(s, c, at, weight_local, came_by, at, false);
    }
    return {};
}

std::string circuit_mesh::lay_psums(const circuit& c, source_state& s) {
    const unsigned from = c.kind == port_kind::psum_in ? psum_bank : psum_pe;
    for (const unsigned to : c.destinations) {
        if (to == c.cluster) {
            add_link(s, c, to, c.kind == port_kind::psum_in ? psum_pe : psum_bank, from, to, false);
        } else if (c.kind == port_kind::psum_out && to == c.cluster + p_.cluster_cols) {
            add_link(s, c, c.cluster, psum_mesh, from, to, true);
            add_link(s, c, to, psum_pe, psum_mesh, to, false);
        } else {
            return "psums of cluster " + std::to_string(c.cluster) +
                   " go to its own column and bank or south, not to " + std::to_string(to);
        }
    }
    return {};
}

std::string circuit_mesh::lay(const circuit& c, source_state& s) {
    const unsigned ports = c.kind == port_kind::iact || c.kind == port_kind::weight ? p_.pe_rows : p_.pe_cols;
    if (c.cluster >= p_.clusters()) return "cluster " + std::to_string(c.cluster) + " is outside the array";
    if (c.port >= ports) {
        return std::string(kind_names.at(static_cast<std::size_t>(c.kind))) + " port " +
               std::to_string(c.port) + " is none of the cluster's " + std::to_string(ports);
    }
    for (const unsigned to : c.destinations) {
        if (to >= p_.clusters()) return "cluster " + std::to_string(to) + " is outside the array";
    }
    if (c.destinations.empty() || c.turns.empty()) return "a circuit expects clusters and PEs that it feeds";
    for (const std::uint32_t pes : c.turns) {
        if (pes != 0 && std::uint64_t{pes} >> p_.pes_per_cluster() == 0) continue;
        return "PEs of cluster " + std::to_string(c.destinations.front()) + " expect some of its " +
               std::to_string(p_.pes_per_cluster()) + ", bits 0 to " +
               std::to_string(p_.pes_per_cluster() - 1) + " of their mask";
    }
    if (c.kind == port_kind::iact) return lay_iacts(c, s);
    return c.kind == port_kind::weight ? lay_weights(c, s) : lay_psums(c, s);
}

std::string circuit_mesh::set(std::vector<circuit> circuits) {
    words_.assign(std::size_t{p_.clusters()} * mesh_.config_words_per_cluster(), 0);
    sources_.assign(circuits.size(), {});
    circuits_ = std::move(circuits);
    pe_free_.assign(std::size_t{4} * p_.pes(), 0);
    pe_pace_.assign(pe_free_.size(), 1);
    ready_ = {};
    now_ = all_there_ = cleared_at_ = 0;
    queued_ = words_to_pes_ = words_sent_ = 0;
    deliveries_.clear();
    mesh_.clear_counts();
    if (sc_core::sc_get_status() < sc_core::SC_RUNNING)
        sc_core::sc_start(sc_core::SC_ZERO_TIME);  // sockets get bound
    for (std::size_t i = 0; i < circuits_.size(); ++i) {
        if (auto message = lay(circuits_[i], sources_[i]); !message.empty()) return message;
    }
    unsigned bad_cluster = 0;
    return mesh_.configure(words_, bad_cluster);
}

std::size_t circuit_mesh::pe_place(port_kind kind, unsigned cluster, unsigned pe) const {
    return (static_cast<std::size_t>(kind) * p_.clusters() + cluster) * p_.pes_per_cluster() + pe;
}

void circuit_mesh::slow_pe(port_kind kind, unsigned cluster, unsigned pe, unsigned cycles) {
    pe_pace_.at(pe_place(kind, cluster, pe)) = std::max(1U, cycles);
}

void circuit_mesh::inject(const packet_request& request) {
    source_state& s = sources_.at(request.source);
    // Destinations are the circuit's, which set() has looked at: one stands for all.
    packet_request one = request;
    one.destinations = request.destinations.first(std::min<std::size_t>(1, request.destinations.size()));
    check(one, std::max(p_.clusters(), static_cast<unsigned>(sources_.size())), std::max(now_, s.last_at));
    s.last_at = request.at;
    if (s.queue.empty()) ready_.emplace(std::max(request.at, s.free_at), request.source);
    s.queue.push_back({request.tag, request.at, request.words});
    ++queued_;
}

/// Sends the first burst of a source through the routers and says when its words pass.
void circuit_mesh::send(unsigned source) {
    source_state& s = sources_[source];
    const circuit& c = circuits_[source];
    const waiting w = s.queue.front();
    s.queue.pop_front();
    --queued_;
    burst b;
    b.words = w.words;
    b.pes = c.turns[s.turn++ % c.turns.size()];
    sc_core::sc_time delay;
    stubs_.out[source_socket(c)]->b_transport(b, delay);
    const cycle_t ready = std::max(w.at, s.free_at);
    cycle_t start = ready;
    std::uint32_t pace = 1;
    const auto pes = static_cast<unsigned>(std::popcount(b.pes));
    const auto for_each_pe = [&](const auto& visit) {
        for (const arrival& a : b.arrivals) {
            const cycle_t latency = a.latency.value() / cycle_.value();
            const std::size_t first = pe_place(c.kind, a.sink, 0);
            for (std::uint32_t rest = b.pes; rest != 0; rest &= rest - 1) {
                visit(first + static_cast<std::size_t>(std::countr_zero(rest)), latency);
            }
        }
    };
    for_each_pe([&](std::size_t pe, cycle_t latency) {
        if (pe_free_[pe] > start + latency) start = pe_free_[pe] - latency;
        pace = std::max(pace, pe_pace_[pe]);
    });
    const cycle_t busy_for = cycle_t{w.words} * pace;
    for_each_pe([&](std::size_t pe, cycle_t latency) { pe_free_[pe] = start + latency + busy_for; });
    s.stalled += start - ready + busy_for - w.words;
    s.free_at = start + busy_for;
    s.pace = pace;
    s.words += w.words;
    words_sent_ += w.words;
    words_to_pes_ += std::uint64_t{w.words} * pes * b.arrivals.size();
    for (const arrival& a : b.arrivals) {
        const cycle_t first = start + 1 + a.latency.value() / cycle_.value();
        const cycle_t last = first + cycle_t{w.words - 1} * pace;
        all_there_ = std::max(all_there_, last);
        deliveries_.push_back({w.tag, source, a.sink, w.words, w.at, first, last});
    }
}

void circuit_mesh::advance(cycle_t until) {
    // The source that is ready first goes first; of several the one that comes first in the list.
    while (!ready_.empty() && ready_.top().first < until) {
        const unsigned next = ready_.top().second;
        ready_.pop();
        send(next);
        const source_state& s = sources_[next];
        if (!s.queue.empty()) ready_.emplace(std::max(s.queue.front().at, s.free_at), next);
    }
    now_ = std::max(now_, until);
}

/// Words of a source that have passed by now.
std::uint64_t circuit_mesh::crossed(const source_state& s) const {
    return s.free_at > now_ ? s.words - std::min(s.words, (s.free_at - now_ + s.pace - 1) / s.pace) : s.words;
}

std::vector<link_use> circuit_mesh::links() const {
    std::vector<link_use> all;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        const source_state& s = sources_[i];
        const std::uint64_t busy = crossed(s) - s.cleared_words;
        // A burst's stalls are known when it begins, and may lie beyond now.
        const std::uint64_t stalled = std::min(s.stalled - s.cleared_stalled, now_ - cleared_at_ - busy);
        all.push_back({link_kind::injection, circuits_[i].cluster, circuits_[i].cluster, busy, stalled});
        for (const driven_port& l : s.links) {
            all.push_back(
                {l.is_mesh ? link_kind::mesh : link_kind::ejection, l.cluster, l.to, busy, stalled});
        }
    }
    return all;
}

void circuit_mesh::clear_counts() {
    cleared_at_ = now_;
    for (source_state& s : sources_) {
        s.cleared_words = crossed(s);
        s.cleared_stalled = s.stalled;
    }
}

void circuit_mesh::check_flow() const {
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        for (const driven_port& l : sources_[i].links) {
            const router& r = router_of(circuits_[i].kind, l.cluster, circuits_[i].port);
            if (r.words(l.port) == sources_[i].words) continue;
            throw std::logic_error(std::string(r.name()) + ": " + std::to_string(r.words(l.port)) +
                                   " words left by " + std::string(r.port(l.port).destination) +
                                   ", their source sent " + std::to_string(sources_[i].words));
        }
    }
}

network_area circuit_mesh::area(port_kind kind) const {
    network_area a;
    for (unsigned row = 0; row < p_.cluster_rows; ++row) {
        for (unsigned col = 0; col < p_.cluster_cols; ++col) {
            const router_cluster& c = mesh_.cluster(row, col);
            for (const router& r : kind == port_kind::iact     ? c.iact
                                   : kind == port_kind::weight ? c.weight
                                                               : c.psum) {
                a.ports += r.links();
                a.crosspoints += std::uint64_t{r.links()} * r.links();
            }
        }
    }
    return a;
}

network_area circuit_mesh::area() const {
    network_area all;
    for (const port_kind kind : {port_kind::iact, port_kind::weight, port_kind::psum_in}) {
        const network_area a = area(kind);
        all.ports += a.ports;
        all.crosspoints += a.crosspoints;
    }
    return all;
}

}  // namespace eyeriss::noc
