#include "noc/hierarchical_mesh.h"

#include <array>
#include <functional>

namespace eyeriss::noc {

using namespace ports;

namespace {

constexpr std::array<port_name, iact_count> iact_names{
    {{"north", "north"}, {"south", "south"}, {"east", "east"}, {"bank", "PEs"}, {"west", "west"}}};
constexpr std::array<port_name, weight_count> weight_names{
    {{"east", "east"}, {"off-chip", "PEs"}, {"west", "west"}}};
constexpr std::array<port_name, psum_count> psum_names{
    {{"north", "south"}, {"bank", "bank"}, {"top PE", "bottom PE"}}};

}  // namespace

router_cluster::router_cluster(sc_core::sc_module_name name, const noc_parameters& p,
                               const sc_core::sc_time& cycle, mesh_words& all)
    : sc_module(name), iact("iact"), weight("weight"), psum("psum") {
    const sc_core::sc_time hop = p.hop_cycles * cycle;
    const auto make = [&hop](std::span<const port_name> names, router::port_set mesh,
                             router::port_set straight, words_out& words) {
        return [&hop, &words, names, mesh, straight](const char* router_name, std::size_t) {
            // sc_vector owns what its creator makes.
            return new router(router_name, names, mesh, straight, hop,
                              words);  // NOLINT(cppcoreguidelines-owning-memory)
        };
    };
    iact.init(p.iact_routers(), make(iact_names, ~(1U << iact_local), 1U << iact_local, all.iact));
    weight.init(p.pe_rows, make(weight_names, ~(1U << weight_local), 1U << weight_local, all.weight));
    psum.init(p.pe_cols, make(psum_names, 1U << psum_mesh, 1U << psum_mesh, all.psum));
}

void router_cluster::clear_counts() {
    for (auto* vector : {&iact, &weight, &psum}) {
        for (router& r : *vector) r.clear_counts();
    }
}

hierarchical_mesh::rim::rim(sc_core::sc_module_name name, unsigned ends)
    : sc_module(name), in("in", ends), out("out", ends) {
    for (unsigned i = 0; i < ends; ++i) in[i].register_b_transport(this, &rim::swallow, static_cast<int>(i));
}

namespace {

/// Open link ends of a mesh: each router has one for each missing neighbour.
unsigned rim_ends(const noc_parameters& p) {
    const unsigned vertical = 2 * p.cluster_cols;
    const unsigned horizontal = 2 * p.cluster_rows;
    return p.iact_routers() * (vertical + horizontal) + p.pe_rows * horizontal + p.pe_cols * p.cluster_cols;
}

}  // namespace

hierarchical_mesh::hierarchical_mesh(sc_core::sc_module_name name, const noc_parameters& p,
                                     const sc_core::sc_time& cycle)
    : network(name), p_(p), rim_("rim", rim_ends(p)), clusters_("cluster") {
    clusters_.init(p.clusters(), [&](const char* cluster_name, std::size_t) {
        return new router_cluster(cluster_name, p, cycle,
                                  all_);  // NOLINT(cppcoreguidelines-owning-memory): sc_vector owns
    });
    const auto at = [this](int row, int col) -> router_cluster* {
        const bool inside = row >= 0 && col >= 0 && row < static_cast<int>(p_.cluster_rows) &&
                            col < static_cast<int>(p_.cluster_cols);
        return inside ? &clusters_[static_cast<unsigned>(row) * p_.cluster_cols + static_cast<unsigned>(col)]
                      : nullptr;
    };
    for (int row = 0; row < static_cast<int>(p.cluster_rows); ++row) {
        for (int col = 0; col < static_cast<int>(p.cluster_cols); ++col) {
            router_cluster& here = *at(row, col);
            router_cluster* north = at(row - 1, col);
            router_cluster* south = at(row + 1, col);
            router_cluster* east = at(row, col + 1);
            router_cluster* west = at(row, col - 1);
            for (unsigned i = 0; i < p.iact_routers(); ++i) {
                link(here.iact[i], iact_north, north ? &north->iact[i] : nullptr, iact_south);
                link(here.iact[i], iact_south, south ? &south->iact[i] : nullptr, iact_north);
                link(here.iact[i], iact_east, east ? &east->iact[i] : nullptr, iact_west);
                link(here.iact[i], iact_west, west ? &west->iact[i] : nullptr, iact_east);
            }
            for (unsigned i = 0; i < p.pe_rows; ++i) {
                link(here.weight[i], weight_east, east ? &east->weight[i] : nullptr, weight_west);
                link(here.weight[i], weight_west, west ? &west->weight[i] : nullptr, weight_east);
            }
            for (unsigned i = 0; i < p.pe_cols; ++i) {
                // One direction only: out to the south, in from the north.
                if (south != nullptr) {
                    here.psum[i].out[psum_mesh].bind(south->psum[i].in[psum_mesh]);
                } else {
                    here.psum[i].leave_open(psum_mesh);
                    here.psum[i].out[psum_mesh].bind(rim_.in[rim_.used]);
                    rim_.out[rim_.used++].bind(at(0, col)->psum[i].in[psum_mesh]);
                }
            }
        }
    }
}

void hierarchical_mesh::link(router& r, unsigned port, router* neighbour, unsigned neighbour_port) {
    if (neighbour != nullptr) {
        r.out[port].bind(neighbour->in[neighbour_port]);
        return;
    }
    r.leave_open(port);
    r.out[port].bind(rim_.in[rim_.used]);
    rim_.out[rim_.used++].bind(r.in[port]);
}

unsigned hierarchical_mesh::config_bits_per_cluster() const {
    return p_.iact_routers() * iact_count * iact_count + p_.pe_rows * weight_count * weight_count +
           p_.pe_cols * psum_count * psum_count;
}

std::string hierarchical_mesh::configure(std::span<const std::uint32_t> words, unsigned& bad_cluster) {
    const unsigned per_cluster = config_words_per_cluster();
    for (unsigned c = 0; c < clusters_.size(); ++c) {
        bad_cluster = c;
        std::size_t bit = std::size_t{c} * per_cluster * 32;
        for (auto* routers : {&clusters_[c].iact, &clusters_[c].weight, &clusters_[c].psum}) {
            for (router& r : *routers) {
                std::array<router::port_set, iact_count> enabled{};
                const std::size_t ports = r.out.size();
                for (std::size_t field = 0; field < ports * ports; ++field, ++bit) {
                    enabled[field / ports] |= (words[bit / 32] >> bit % 32 & 1U) << field % ports;
                }
                auto message = r.configure(std::span(enabled).first(ports));
                if (!message.empty()) return message;
            }
        }
    }
    return check_circuits(bad_cluster);
}

namespace {

/// Where a mesh link ends: the neighbour's cluster and source port.
struct link_end {
    unsigned cluster = 0, source = 0;
};

link_end beyond_iact(unsigned cols, unsigned cluster, unsigned port) {
    switch (port) {
        case iact_north:
            return {cluster - cols, iact_south};
        case iact_south:
            return {cluster + cols, iact_north};
        case iact_east:
            return {cluster + 1, iact_west};
        default:
            return {cluster - 1, iact_east};
    }
}

link_end beyond_weight(unsigned cluster, unsigned port) {
    return port == weight_east ? link_end{cluster + 1, weight_west} : link_end{cluster - 1, weight_east};
}

/// One network's routers of one index in all clusters, and the links between them.
struct plane {
    std::function<const router&(unsigned)> at;           ///< router of a cluster
    std::function<link_end(unsigned, unsigned)> beyond;  ///< of a cluster's destination port, a mesh link
    router::port_set mesh = 0;                           ///< ports that are mesh links
};

/// Follows every circuit from its source; names a port that waits for a word which nobody sends, or a link
/// whose words nobody takes.
std::string check_plane(const plane& p, unsigned clusters, unsigned& bad_cluster) {
    const std::size_t ports = p.at(0).out.size();
    std::vector<bool> reached(clusters * ports);
    std::vector<link_end> open;
    for (unsigned c = 0; c < clusters; ++c) {
        for (unsigned source = 0; source < ports; ++source) {
            if ((p.mesh >> source & 1U) == 0) open.push_back({c, source});
        }
    }
    while (!open.empty()) {
        const link_end here = open.back();
        open.pop_back();
        reached[here.cluster * ports + here.source] = true;
        const router& r = p.at(here.cluster);
        for (unsigned port = 0; port < ports; ++port) {
            if (r.selected(port) != here.source || (p.mesh >> port & 1U) == 0) continue;
            const link_end next = p.beyond(here.cluster, port);
            const router& neighbour = p.at(next.cluster);
            if (!neighbour.feeds(next.source)) {
                bad_cluster = here.cluster;
                return std::string(r.name()) + ": destination port " + std::string(r.port(port).destination) +
                       " leads to " + neighbour.name() + ", which passes it to nobody";
            }
            open.push_back(next);
        }
    }
    for (unsigned c = 0; c < clusters; ++c) {
        for (unsigned source = 0; source < ports; ++source) {
            const router& r = p.at(c);
            if (reached[c * ports + source] || !r.feeds(source)) continue;
            bad_cluster = c;
            return std::string(r.name()) + ": source port " + std::string(r.port(source).source) +
                   " is passed on, but nothing is sent there";
        }
    }
    return {};
}

}  // namespace

std::string hierarchical_mesh::check_circuits(unsigned& bad_cluster) const {
    const unsigned cols = p_.cluster_cols;
    const auto iact_beyond = [cols](unsigned c, unsigned port) { return beyond_iact(cols, c, port); };
    const auto weight_beyond = [](unsigned c, unsigned port) { return beyond_weight(c, port); };
    const auto psum_beyond = [cols](unsigned c, unsigned) -> link_end { return {c + cols, psum_mesh}; };
    const auto all = static_cast<unsigned>(clusters_.size());
    std::string message;
    for (unsigned i = 0; i < p_.iact_routers() && message.empty(); ++i) {
        const auto at = [&](unsigned c) -> const router& { return clusters_[c].iact[i]; };
        message = check_plane({at, iact_beyond, ~(1U << iact_local)}, all, bad_cluster);
    }
    for (unsigned i = 0; i < p_.pe_rows && message.empty(); ++i) {
        const auto at = [&](unsigned c) -> const router& { return clusters_[c].weight[i]; };
        message = check_plane({at, weight_beyond, ~(1U << weight_local)}, all, bad_cluster);
    }
    for (unsigned i = 0; i < p_.pe_cols && message.empty(); ++i) {
        const auto at = [&](unsigned c) -> const router& { return clusters_[c].psum[i]; };
        message = check_plane({at, psum_beyond, 1U << psum_mesh}, all, bad_cluster);
    }
    return message;
}

namespace {

/// Adds the links of the circuit that starts at a source port, all as links of one port.
void add_circuit(const plane& p, link_end from, driven_link link, std::vector<driven_link>& links) {
    std::vector<link_end> open{from};
    while (!open.empty()) {
        const link_end here = open.back();
        open.pop_back();
        const router& r = p.at(here.cluster);
        for (unsigned port = 0; port < r.out.size(); ++port) {
            if (r.selected(port) != here.source) continue;
            link.words = r.words(port);
            links.push_back(link);
            if ((p.mesh >> port & 1U) != 0) open.push_back(p.beyond(here.cluster, port));
        }
    }
}

}  // namespace

std::vector<driven_link> hierarchical_mesh::driven_links() const {
    std::vector<driven_link> links;
    const unsigned cols = p_.cluster_cols;
    for (unsigned c = 0; c < clusters_.size(); ++c) {
        for (unsigned i = 0; i < p_.iact_routers(); ++i) {
            const plane p{[&](unsigned k) -> const router& { return clusters_[k].iact[i]; },
                          [cols](unsigned k, unsigned port) { return beyond_iact(cols, k, port); },
                          ~(1U << iact_local)};
            add_circuit(p, {c, iact_local}, {port_kind::iact, p_.iact_port(c, i), 0}, links);
        }
        for (unsigned i = 0; i < p_.pe_rows; ++i) {
            const plane p{[&](unsigned k) -> const router& { return clusters_[k].weight[i]; }, beyond_weight,
                          ~(1U << weight_local)};
            add_circuit(p, {c, weight_local}, {port_kind::weight, p_.weight_port(c, i), 0}, links);
        }
        for (unsigned i = 0; i < p_.pe_cols; ++i) {
            const plane p{[&](unsigned k) -> const router& { return clusters_[k].psum[i]; },
                          [cols](unsigned k, unsigned) -> link_end {
                              return {k + cols, psum_mesh};
                          },
                          1U << psum_mesh};
            add_circuit(p, {c, psum_bank}, {port_kind::psum_in, p_.psum_port(c, i), 0}, links);
            // What leaves a column for the south goes on through the PEs there: the chain's last port tells.
            unsigned end = c;
            while (clusters_[end].psum[i].selected(psum_mesh) == psum_pe) end += cols;
            add_circuit(p, {c, psum_pe}, {port_kind::psum_out, p_.psum_port(end, i), 0}, links);
        }
    }
    return links;
}

link_counts hierarchical_mesh::links() const {
    link_counts n;
    for (const auto& c : clusters_) {
        for (const router& r : c.iact) n.iact += r.links();
        for (const router& r : c.weight) n.weight += r.links();
        for (const router& r : c.psum) n.psum += r.links();
    }
    return n;
}

void hierarchical_mesh::clear_counts() {
    for (auto& c : clusters_) c.clear_counts();
    all_ = {};
}

}  // namespace eyeriss::noc
