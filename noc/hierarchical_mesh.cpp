#include "noc/hierarchical_mesh.h"

#include <array>

namespace eyeriss::noc {

using namespace ports;

router_cluster::router_cluster(sc_core::sc_module_name name, const noc_parameters& p,
                               const sc_core::sc_time& cycle)
    : sc_module(name), iact("iact"), weight("weight"), psum("psum") {
    const sc_core::sc_time hop = p.hop_cycles * cycle;
    const auto make = [&hop](unsigned ports, router::port_set mesh, router::port_set straight) {
        return [&hop, ports, mesh, straight](const char* router_name, std::size_t) {
            // sc_vector owns what its creator makes.
            return new router(router_name, ports, mesh, straight,
                              hop);  // NOLINT(cppcoreguidelines-owning-memory)
        };
    };
    iact.init(p.iact_routers(), make(iact_count, ~(1U << iact_local), 1U << iact_local));
    weight.init(p.pe_rows, make(weight_count, ~(1U << weight_local), 1U << weight_local));
    psum.init(p.pe_cols, make(psum_count, 1U << psum_mesh, 1U << psum_mesh));
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
    : network(name), p_(p), clusters_("cluster"), rim_("rim", rim_ends(p)) {
    clusters_.init(p.clusters(), [&](const char* cluster_name, std::size_t) {
        return new router_cluster(cluster_name, p,
                                  cycle);  // NOLINT(cppcoreguidelines-owning-memory): sc_vector owns
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
    return 3 * (p_.iact_routers() * iact_count + p_.pe_rows * weight_count + p_.pe_cols * psum_count);
}

std::string hierarchical_mesh::configure(std::span<const std::uint32_t> words, unsigned& bad_cluster) {
    const unsigned per_cluster = config_words_per_cluster();
    for (unsigned c = 0; c < clusters_.size(); ++c) {
        bad_cluster = c;
        unsigned bit = 0;
        const auto take = [&] {
            const std::size_t word = std::size_t{c} * per_cluster + bit / 32;
            std::uint64_t window = words[word];
            if (bit % 32 > 29) window |= std::uint64_t{words[word + 1]} << 32;
            const auto value = static_cast<std::uint8_t>(window >> (bit % 32) & 7U);
            bit += 3;
            return value;
        };
        for (auto* routers : {&clusters_[c].iact, &clusters_[c].weight, &clusters_[c].psum}) {
            for (router& r : *routers) {
                std::array<std::uint8_t, iact_count> select{};
                const auto ports = r.out.size();
                for (std::size_t port = 0; port < ports; ++port) select[port] = take();
                auto message = r.configure(std::span(select).first(ports));
                if (!message.empty()) return message;
            }
        }
    }
    return {};
}

namespace {

void add(hierarchical_mesh::traffic& t, const sc_core::sc_vector<router>& routers, unsigned first_local,
         unsigned last_local) {
    for (const router& r : routers) {
        for (unsigned port = 0; port < r.out.size(); ++port) {
            (port >= first_local && port <= last_local ? t.local : t.mesh) += r.words(port);
        }
    }
}

}  // namespace

hierarchical_mesh::traffic hierarchical_mesh::iact_traffic() const {
    traffic t;
    for (const auto& c : clusters_) add(t, c.iact, iact_local, iact_local);
    return t;
}

hierarchical_mesh::traffic hierarchical_mesh::weight_traffic() const {
    traffic t;
    for (const auto& c : clusters_) add(t, c.weight, weight_local, weight_local);
    return t;
}

hierarchical_mesh::traffic hierarchical_mesh::psum_traffic() const {
    traffic t;
    for (const auto& c : clusters_) add(t, c.psum, psum_bank, psum_pe);
    return t;
}

void hierarchical_mesh::clear_counts() {
    for (auto& c : clusters_) c.clear_counts();
}

}  // namespace eyeriss::noc
