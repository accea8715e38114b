#include "sims/noc/hm_modes.h"

#include <fmt/format.h>
#include <set>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <numeric>
#include <set>

#include "sims/support/error.h"

namespace eyeriss::sims {

using noc::port_kind;

const std::map<std::string, hm_mode>& hm_modes() {
    static const std::map<std::string, hm_mode> names{{"off", hm_mode::off},
                                                      {"unicast", hm_mode::unicast},
                                                      {"grouped", hm_mode::grouped},
                                                      {"horizontal", hm_mode::horizontal},
                                                      {"vertical", hm_mode::vertical},
                                                      {"interleaved", hm_mode::interleaved},
                                                      {"broadcast", hm_mode::broadcast}};
    return names;
}

namespace {

hm_mode read_mode(const std::string& text) {
    const auto found = hm_modes().find(text);
    if (found != hm_modes().end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [name, mode] : hm_modes()) names.push_back(name);
    throw user_error(fmt::format("--modes: '{}' expects one of {}", text, fmt::join(names, ", ")));
}

std::string name_of(hm_mode mode) {
    for (const auto& [name, value] : hm_modes()) {
        if (value == mode) return name;
    }
    return {};
}

/// Bit masks of PEs of a cluster, numbered row by row.
struct pe_sets {
    const noc::noc_parameters& p;
    [[nodiscard]] std::uint32_t all() const {
        return static_cast<std::uint32_t>((std::uint64_t{1} << p.pes_per_cluster()) - 1);
    }
    [[nodiscard]] std::uint32_t row(unsigned r) const { return ((1U << p.pe_cols) - 1) << r * p.pe_cols; }
    [[nodiscard]] std::vector<std::uint32_t> each_of_row(unsigned r) const {
        std::vector<std::uint32_t> turns;
        for (unsigned c = 0; c < p.pe_cols; ++c) turns.push_back(1U << (r * p.pe_cols + c));
        return turns;
    }
};

std::vector<unsigned> clusters_from(unsigned first, unsigned step, unsigned count) {
    std::vector<unsigned> list;
    for (unsigned i = 0; i < count; ++i) list.push_back(first + i * step);
    return list;
}

std::vector<noc::circuit> psum_circuits(hm_mode mode, const noc::noc_parameters& p) {
    const bool south = mode == hm_mode::vertical;
    std::vector<noc::circuit> list;
    for (unsigned c = 0; c < p.clusters(); ++c) {
        const unsigned to = south ? c + p.cluster_cols : c;
        if (to >= p.clusters()) continue;
        for (unsigned col = 0; col < p.pe_cols; ++col) {
            list.push_back({south ? port_kind::psum_out : port_kind::psum_in, c, col, {to}, {1U << col}});
        }
    }
    return list;
}

[[noreturn]] void refuse(const char* network, hm_mode mode) {
    throw user_error(fmt::format("--modes: the {} network has no links for {}", network, name_of(mode)));
}

}  // namespace

hm_setting read_modes(const std::string& text) {
    hm_setting setting;
    std::set<std::string> given;
    std::vector<std::string> parts;
    boost::split(parts, text, boost::is_any_of(","));
    for (const auto& part : parts) {
        const auto equals = part.find('=');
        const std::string network = equals == std::string::npos ? "iact" : part.substr(0, equals);
        if (!given.insert(network).second) {
            throw user_error(fmt::format(
                "--modes: the {} network has two modes, expects one, as in iact=interleaved,weight=grouped",
                network));
        }
        const hm_mode mode = read_mode(equals == std::string::npos ? part : part.substr(equals + 1));
        if (network == "iact") {
            setting.iact = mode;
        } else if (network == "weight") {
            setting.weight = mode;
        } else if (network == "psum") {
            setting.psum = mode;
        } else {
            throw user_error(fmt::format("--modes: network '{}' expects iact, weight or psum", network));
        }
    }
    return setting;
}

std::vector<noc::circuit> circuits_of(port_kind network, hm_mode mode, const noc::noc_parameters& p) {
    if (mode == hm_mode::off) return {};
    const bool iacts = network == port_kind::iact, weights = network == port_kind::weight;
    if (!iacts && !weights) {
        if (mode != hm_mode::unicast && mode != hm_mode::vertical) refuse("psum", mode);
        return psum_circuits(mode, p);
    }
    if (weights && mode != hm_mode::unicast && mode != hm_mode::grouped && mode != hm_mode::horizontal) {
        refuse("weight", mode);
    }
    const pe_sets pes{p};
    std::vector<noc::circuit> list;
    for (unsigned c = 0; c < p.clusters(); ++c) {
        const unsigned row = c / p.cluster_cols, col = c % p.cluster_cols;
        for (unsigned i = 0; i < p.pe_rows; ++i) {
            switch (mode) {
                case hm_mode::unicast:
                    list.push_back({network, c, i, {c}, pes.each_of_row(i)});
                    break;
                case hm_mode::grouped:
                    list.push_back({network, c, i, {c}, {iacts ? pes.all() : pes.row(i)}});
                    break;
                case hm_mode::horizontal:
                    if (col == 0)
                        list.push_back({network, c, i, clusters_from(c, 1, p.cluster_cols), {pes.row(i)}});
                    break;
                case hm_mode::vertical:
                    if (row == 0) {
                        list.push_back(
                            {network, c, i, clusters_from(c, p.cluster_cols, p.cluster_rows), {pes.row(i)}});
                    }
                    break;
                case hm_mode::interleaved:
                    if (c == 0)
                        list.push_back({network, c, i, clusters_from(0, 1, p.clusters()), {pes.row(i)}});
                    break;
                default:
                    if (c == 0 && i == 0) {
                        list.push_back({network, c, i, clusters_from(0, 1, p.clusters()), {pes.all()}});
                    }
            }
        }
    }
    return list;
}

std::vector<noc::circuit> circuits_of(const hm_setting& setting, const noc::noc_parameters& p) {
    auto all = circuits_of(port_kind::iact, setting.iact, p);
    for (const auto& more : {circuits_of(port_kind::weight, setting.weight, p),
                             circuits_of(port_kind::psum_in, setting.psum, p)}) {
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

std::vector<noc::circuit> circuits_of(const std::vector<multicast_group>& groups,
                                      const noc::noc_parameters& p) {
    std::vector<noc::circuit> list;
    list.reserve(groups.size());
    for (const auto& g : groups) {
        list.push_back({port_kind::iact, g.source, 0, g.destinations, {pe_sets{p}.all()}});
    }
    return list;
}

double closed_form(port_kind network, hm_mode mode, const noc::noc_parameters& p) {
    if (mode == hm_mode::off) return 0;
    if (network == port_kind::psum_in || network == port_kind::psum_out) {
        const unsigned rows = mode == hm_mode::vertical ? p.cluster_rows - 1 : p.cluster_rows;
        return double(rows) * p.cluster_cols * p.pe_cols;
    }
    return mode == hm_mode::unicast ? double(p.clusters()) * p.pe_rows : double(p.pes());
}

circuit_rule::circuit_rule(const std::vector<noc::circuit>& circuits, unsigned clusters)
    : circuits_(circuits), senders_(circuits.size()), clusters_(clusters) {
    std::iota(senders_.begin(), senders_.end(), 0U);
}

}  // namespace eyeriss::sims
