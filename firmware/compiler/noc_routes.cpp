#include "firmware/compiler/noc_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "firmware/compiler/noc_selection.h"
#include "models/abi/noc_config.h"

namespace eyeriss::compiler {

namespace {

using arch::pe_site;
using arch::pe_tile;
using arch::tiling;

/// What decides which iacts a PE needs, but for the channels and rows of its chain position.
struct iact_place {
    unsigned chain_position, g, n, e;
    auto operator<=>(const iact_place&) const = default;
};

/// The tile that a PE has in the first pass; a PE without one has none in any pass.
std::optional<pe_tile> first_tile(const tiling& tiles, const pe_site& site) {
    return tiles.tile({}, site);
}

bool active(const tiling& tiles, const noc::noc_parameters& noc, cluster_site cluster) {
    for (unsigned pe_row = 0; pe_row < noc.pe_rows; ++pe_row) {
        for (unsigned pe_col = 0; pe_col < noc.pe_cols; ++pe_col) {
            if (first_tile(tiles, {cluster.row, cluster.col, pe_row, pe_col})) return true;
        }
    }
    return false;
}

/// The PEs of a cluster by what they need, as masks.
using iact_places = std::map<iact_place, std::uint32_t>;

iact_places places_of(const tiling& tiles, const noc::noc_parameters& noc, cluster_site cluster) {
    iact_places places;
    for (unsigned pe_row = 0; pe_row < noc.pe_rows; ++pe_row) {
        for (unsigned pe_col = 0; pe_col < noc.pe_cols; ++pe_col) {
            const auto t = first_tile(tiles, {cluster.row, cluster.col, pe_row, pe_col});
            if (t) places[{t->chain_position, t->g, t->n, t->e}] |= 1U << (pe_row * noc.pe_cols + pe_col);
        }
    }
    return places;
}

/// Whether a cluster can take what another sends to its own PEs: the same rows, and no PE that the other does
/// not name.
bool can_follow(const iact_places& follower, const iact_places& source) {
    return std::equal(
        follower.begin(), follower.end(), source.begin(), source.end(),
        [](const auto& f, const auto& s) { return f.first == s.first && (f.second & ~s.second) == 0; });
}

/// Ports of one cluster's routers, in the order of the configuration words.
class cluster_ports {
public:
    explicit cluster_ports(const noc::noc_parameters& noc) : noc_(noc), words_(noc_words_per_cluster(noc)) {}

    void iact(unsigned plane, unsigned destination, unsigned source) {
        enable((plane * EYERISS_IACT_PORTS + destination) * EYERISS_IACT_PORTS + source);
    }
    void weight(unsigned row, unsigned destination, unsigned source) {
        const unsigned first = noc_.pe_rows * EYERISS_IACT_PORTS * EYERISS_IACT_PORTS;
        enable(first + (row * EYERISS_WEIGHT_PORTS + destination) * EYERISS_WEIGHT_PORTS + source);
    }
    void psum(unsigned column, unsigned destination, unsigned source) {
        const unsigned first = noc_.pe_rows * (EYERISS_IACT_PORTS * EYERISS_IACT_PORTS +
                                               EYERISS_WEIGHT_PORTS * EYERISS_WEIGHT_PORTS);
        enable(first + (column * EYERISS_PSUM_PORTS + destination) * EYERISS_PSUM_PORTS + source);
    }
    [[nodiscard]] std::span<const std::uint32_t> words() const { return words_; }

private:
    void enable(unsigned bit) { words_[bit / 32] |= 1U << (bit % 32); }

    const noc::noc_parameters& noc_;
    std::vector<std::uint32_t> words_;
};

class router_setup {
public:
    router_setup(const tiling& tiles, const noc::noc_parameters& noc)
        : tiles_(tiles), noc_(noc), ports_(noc.clusters(), cluster_ports(noc)) {}

    /// Source's GLB port, east along the top row, down each column.
    void iacts(const sharing_group& group) {
        const auto streams =
            static_cast<unsigned>(tiles_.cluster_streams({}, group.source.row, group.source.col).size());
        for (unsigned plane = 0; plane < std::min(streams, noc_.iact_routers()); ++plane) {
            for (unsigned row = 0; row < group.rows; ++row) {
                for (unsigned col = 0; col < group.cols; ++col) {
                    const unsigned source = row > 0   ? EYERISS_IACT_NORTH
                                            : col > 0 ? EYERISS_IACT_WEST
                                                      : EYERISS_IACT_LOCAL;
                    auto& ports = at({group.source.row + row, group.source.col + col});
                    ports.iact(plane, EYERISS_IACT_LOCAL, source);
                    if (row == 0 && col + 1 < group.cols) ports.iact(plane, EYERISS_IACT_EAST, source);
                    if (row + 1 < group.rows) ports.iact(plane, EYERISS_IACT_SOUTH, source);
                }
            }
        }
    }

    void weights(cluster_site cluster, bool shared) {
        for (unsigned pe_row = 0; pe_row < noc_.pe_rows; ++pe_row) {
            if (!row_active(cluster, pe_row)) continue;
            auto& ports = at(cluster);
            const bool from_west = shared && cluster.col > 0;
            const unsigned source = from_west ? EYERISS_WEIGHT_WEST : EYERISS_WEIGHT_LOCAL;
            ports.weight(pe_row, EYERISS_WEIGHT_LOCAL, source);
            const cluster_site east{cluster.row, cluster.col + 1};
            if (shared && east.col < noc_.cluster_cols && row_active(east, pe_row)) {
                ports.weight(pe_row, EYERISS_WEIGHT_EAST, source);
            }
        }
    }

    /// A chain starts at its northern cluster's bank and ends in its southern cluster's.
    void psums(cluster_site cluster) {
        const unsigned in_chain = cluster.row % tiles_.map().chain_clusters;
        const bool first = in_chain == 0;
        const bool last = in_chain + 1 == tiles_.map().chain_clusters;
        for (unsigned pe_col = 0; pe_col < noc_.pe_cols; ++pe_col) {
            if (!column_active(cluster, pe_col)) continue;
            auto& ports = at(cluster);
            ports.psum(pe_col, EYERISS_PSUM_PE, first ? EYERISS_PSUM_BANK : EYERISS_PSUM_MESH);
            ports.psum(pe_col, last ? EYERISS_PSUM_BANK : EYERISS_PSUM_MESH, EYERISS_PSUM_PE);
        }
    }

    [[nodiscard]] std::vector<std::uint32_t> words() const {
        std::vector<std::uint32_t> words;
        for (const auto& ports : ports_)
            words.insert(words.end(), ports.words().begin(), ports.words().end());
        return words;
    }

private:
    [[nodiscard]] bool row_active(cluster_site cluster, unsigned pe_row) const {
        for (unsigned pe_col = 0; pe_col < noc_.pe_cols; ++pe_col) {
            if (first_tile(tiles_, {cluster.row, cluster.col, pe_row, pe_col})) return true;
        }
        return false;
    }
    [[nodiscard]] bool column_active(cluster_site cluster, unsigned pe_col) const {
        for (unsigned pe_row = 0; pe_row < noc_.pe_rows; ++pe_row) {
            if (first_tile(tiles_, {cluster.row, cluster.col, pe_row, pe_col})) return true;
        }
        return false;
    }
    cluster_ports& at(cluster_site cluster) {
        return ports_[std::size_t{cluster.row} * noc_.cluster_cols + cluster.col];
    }

    const tiling& tiles_;
    const noc::noc_parameters& noc_;
    std::vector<cluster_ports> ports_;
};

class bus_setup {
public:
    bus_setup(const tiling& tiles, const noc::noc_parameters& noc) : tiles_(tiles), noc_(noc) {}

    [[nodiscard]] std::vector<std::uint32_t> words() {
        words_.assign(std::size_t{noc_.clusters()} * noc_words_per_cluster(noc_), 0);
        for (unsigned row = 0; row < noc_.cluster_rows; ++row) {
            for (unsigned col = 0; col < noc_.cluster_cols; ++col) {
                bit_ = (std::size_t{row} * noc_.cluster_cols + col) * noc_words_per_cluster(noc_) * 32;
                for (unsigned pe_col = 0; pe_col < noc_.pe_cols; ++pe_col) add_pe({row, col, 0, pe_col});
            }
        }
        return std::move(words_);
    }

private:
    void add_pe(const pe_site& site) {
        const auto where = tiles_.locate(site);
        const bool works = where && first_tile(tiles_, tiles_.site({where->vertical, where->horizontal, 0}));
        const bool first = where && where->chain_position == 0;
        const bool last = where && where->chain_position + 1 == tiles_.chain_positions();
        put(tiles_.iact_tag(tiles_.pe_index(site)), noc_.bus_tag_bits());
        put(where ? tiles_.tile_in_segment(site) + 1 : 0, noc_.bus_tag_bits());
        put(!works  ? EYERISS_BUS_PSUM_NONE
            : first ? EYERISS_BUS_PSUM_BUS
                    : EYERISS_BUS_PSUM_LINK,
            EYERISS_BUS_PSUM_BITS);
        put(!works ? EYERISS_BUS_PSUM_NONE
            : last ? EYERISS_BUS_PSUM_BUS
                   : EYERISS_BUS_PSUM_LINK,
            EYERISS_BUS_PSUM_BITS);
    }
    void put(unsigned value, unsigned bits) {
        for (unsigned i = 0; i < bits; ++i, ++bit_) words_[bit_ / 32] |= (value >> i & 1U) << (bit_ % 32);
    }

    const tiling& tiles_;
    const noc::noc_parameters& noc_;
    std::vector<std::uint32_t> words_;
    std::size_t bit_ = 0;
};

std::string mode_name(bool several_pes, bool several_clusters) {
    if (several_pes) return several_clusters ? "broadcast" : "grouped multicast";
    return several_clusters ? "interleaved multicast" : "unicast";
}

/// Whether a word of iacts goes to several PEs of its cluster.
bool iacts_multicast(const tiling& tiles, const noc::noc_parameters& noc) {
    for (unsigned row = 0; row < noc.cluster_rows; ++row) {
        for (unsigned col = 0; col < noc.cluster_cols; ++col) {
            for (const auto& stream : tiles.cluster_streams({}, row, col)) {
                if (std::popcount(stream.pes) > 1) return true;
            }
        }
    }
    return false;
}

/// Whether a word of weights goes to several PEs of a PE row.
bool weights_multicast(const tiling& tiles, const noc::noc_parameters& noc) {
    for (unsigned row = 0; row < noc.cluster_rows; ++row) {
        for (unsigned col = 0; col < noc.cluster_cols; ++col) {
            for (unsigned pe_row = 0; pe_row < noc.pe_rows; ++pe_row) {
                std::set<std::pair<unsigned, unsigned>> seen;
                for (unsigned pe_col = 0; pe_col < noc.pe_cols; ++pe_col) {
                    const auto t = first_tile(tiles, {row, col, pe_row, pe_col});
                    if (t && !seen.insert({t->g, t->m_begin}).second) return true;
                }
            }
        }
    }
    return false;
}

}  // namespace

std::vector<sharing_group> iact_groups(const tiling& tiles, const noc::noc_parameters& noc) {
    std::vector<sharing_group> groups;
    std::vector<bool> taken(noc.clusters());
    std::vector<iact_places> all;
    all.reserve(noc.clusters());
    for (unsigned row = 0; row < noc.cluster_rows; ++row) {
        for (unsigned col = 0; col < noc.cluster_cols; ++col)
            all.push_back(places_of(tiles, noc, {row, col}));
    }
    const auto joins = [&](const iact_places& places, cluster_site site) {
        const std::size_t index = std::size_t{site.row} * noc.cluster_cols + site.col;
        return !taken[index] && can_follow(all[index], places);
    };
    for (unsigned row = 0; row < noc.cluster_rows; ++row) {
        for (unsigned col = 0; col < noc.cluster_cols; ++col) {
            const auto& places = all[std::size_t{row} * noc.cluster_cols + col];
            if (places.empty() || !joins(places, {row, col})) continue;
            sharing_group group{{row, col}, 1, 1};
            while (col + group.cols < noc.cluster_cols && joins(places, {row, col + group.cols})) {
                ++group.cols;
            }
            const auto row_joins = [&](unsigned below) {
                for (unsigned i = 0; i < group.cols; ++i) {
                    if (!joins(places, {below, col + i})) return false;
                }
                return true;
            };
            while (row + group.rows < noc.cluster_rows && row_joins(row + group.rows)) ++group.rows;
            for (unsigned i = 0; i < group.rows; ++i) {
                for (unsigned j = 0; j < group.cols; ++j) {
                    taken[std::size_t{row + i} * noc.cluster_cols + col + j] = true;
                }
            }
            groups.push_back(group);
        }
    }
    return groups;
}

bool weights_shared(const tiling& tiles, const noc::noc_parameters& noc) {
    bool several = false;
    for (unsigned row = 0; row < noc.cluster_rows; ++row) {
        for (unsigned col = 1; col < noc.cluster_cols; ++col) {
            for (unsigned pe_row = 0; pe_row < noc.pe_rows; ++pe_row) {
                for (unsigned pe_col = 0; pe_col < noc.pe_cols; ++pe_col) {
                    const auto here = first_tile(tiles, {row, col, pe_row, pe_col});
                    if (!here) continue;
                    const auto west = first_tile(tiles, {row, 0, pe_row, pe_col});
                    if (!west || west->g != here->g || west->m_begin != here->m_begin) return false;
                    several = true;
                }
            }
        }
    }
    return several;
}

unsigned noc_bits_per_cluster(const noc::noc_parameters& noc) {
    if (noc.is_bus()) return noc.pes_per_cluster() * (2 * noc.bus_tag_bits() + 2 * EYERISS_BUS_PSUM_BITS);
    if (noc.is_selected()) return noc.selection_bits();
    return noc.pe_rows *
               (EYERISS_IACT_PORTS * EYERISS_IACT_PORTS + EYERISS_WEIGHT_PORTS * EYERISS_WEIGHT_PORTS) +
           noc.pe_cols * EYERISS_PSUM_PORTS * EYERISS_PSUM_PORTS;
}

unsigned noc_words_per_cluster(const noc::noc_parameters& noc) {
    return (noc_bits_per_cluster(noc) + 31) / 32;
}

namespace {

std::vector<std::uint32_t> circuit_words(const tiling& tiles, const noc::noc_parameters& noc,
                                         std::span<const sharing_group> groups, bool weights_shared) {
    router_setup setup(tiles, noc);
    for (const auto& group : groups) setup.iacts(group);
    for (unsigned row = 0; row < noc.cluster_rows; ++row) {
        for (unsigned col = 0; col < noc.cluster_cols; ++col) {
            if (!active(tiles, noc, {row, col})) continue;
            setup.weights({row, col}, weights_shared);
            setup.psums({row, col});
        }
    }
    return setup.words();
}

}  // namespace

noc_routes make_noc_routes(const arch::layer_shape& shape, const arch::mapping& map, const arch::machine& m) {
    const tiling tiles(shape, map, m);
    if (m.noc.is_bus()) {
        return {noc_words_per_cluster(m.noc), bus_setup(tiles, m.noc).words(), "bus", "bus", "bus"};
    }
    const auto groups = iact_groups(tiles, m.noc);
    const bool shared = weights_shared(tiles, m.noc);
    const bool iacts_cross =
        std::any_of(groups.begin(), groups.end(), [](const auto& g) { return g.rows * g.cols > 1; });
    noc_routes routes;
    routes.words_per_cluster = noc_words_per_cluster(m.noc);
    routes.words = m.noc.is_selected() ? selection_words(tiles, m.noc, groups, shared)
                                       : circuit_words(tiles, m.noc, groups, shared);
    routes.iact_mode = mode_name(iacts_multicast(tiles, m.noc), iacts_cross);
    routes.weight_mode = mode_name(weights_multicast(tiles, m.noc), shared);
    routes.psum_mode = map.chain_clusters == 1
                           ? "unicast"
                           : fmt::format("unicast south over {} clusters", map.chain_clusters);
    return routes;
}

}  // namespace eyeriss::compiler
