#include "sims/noc/noc_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <charconv>

#include "noc/flat_mesh.h"
#include "noc/shared_networks.h"
#include "sims/support/error.h"

namespace eyeriss::sims {

namespace {

constexpr unsigned default_mesh_hop = 3;    // A-MESH-PIPELINE
constexpr unsigned default_shared_hop = 1;  // A-HOP

std::optional<unsigned> number_of(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool goes_to_many(load_pattern pattern) {
    return pattern == load_pattern::multicast || pattern == load_pattern::broadcast ||
           pattern == load_pattern::horizontal || pattern == load_pattern::vertical;
}

}  // namespace

const std::map<std::string, load_topology>& load_topologies() {
    static const std::map<std::string, load_topology> names{{"hm", load_topology::hm},
                                                            {"mesh", load_topology::mesh},
                                                            {"bus", load_topology::bus},
                                                            {"crossbar", load_topology::crossbar}};
    return names;
}

array_size read_size(const std::string& where, const std::string& text, const array_limit& limit) {
    const auto number = [](std::string_view part) { return number_of(part).value_or(0); };
    const auto x = text.find('x');
    array_size size;
    if (x != std::string::npos) {
        size = {number(std::string_view(text).substr(0, x)), number(std::string_view(text).substr(x + 1))};
    }
    const auto fits = [&](unsigned side) { return side >= 1 && side <= limit.side; };
    if (!fits(size.rows) || !fits(size.cols) || size.rows * size.cols > limit.all) {
        throw user_error(fmt::format(
            "{}: '{}' expects rows x columns of 1 to {} {} each{}, as in {}", where, text, limit.side,
            limit.of,
            limit.all < limit.side * limit.side ? fmt::format(" and at most {} in all", limit.all) : "",
            limit.example));
    }
    return size;
}

std::vector<slow_cluster> read_slow(const std::string& text, const pattern_options& array) {
    constexpr unsigned most_cycles = 1000;
    std::vector<slow_cluster> all;
    std::vector<std::string> parts;
    boost::split(parts, text, boost::is_any_of(";"));
    for (const auto& part : parts) {
        const auto colon = std::min(part.find(':'), part.size());
        const auto cluster = number_of(std::string_view(part).substr(0, colon));
        const auto cycles = number_of(std::string_view(part).substr(std::min(colon + 1, part.size())));
        if (!cluster || !cycles || *cycles == 0 || *cycles > most_cycles) {
            throw user_error(
                fmt::format("--slow: '{}' expects a cluster, a colon and 1 to {} cycles a word, as in 5:7",
                            part, most_cycles));
        }
        if (*cluster >= array.rows * array.cols) {
            throw user_error(
                fmt::format("--slow: cluster {} in '{}' is outside the array of {} x {}, whose last is {}",
                            *cluster, part, array.rows, array.cols, array.rows * array.cols - 1));
        }
        all.push_back({*cluster, *cycles});
    }
    return all;
}

unsigned hop_cycles_of(const noc_setup& setup) {
    return setup.hop_cycles.value_or(setup.topology == load_topology::mesh ? default_mesh_hop
                                                                           : default_shared_hop);
}

std::unique_ptr<noc::packet_network> make_load_network(const noc_setup& setup) {
    const unsigned nodes = setup.traffic.rows * setup.traffic.cols;
    try {
        if (setup.topology == load_topology::mesh) {
            noc::flat_mesh_parameters p;
            p.rows = setup.traffic.rows;
            p.cols = setup.traffic.cols;
            p.vcs = setup.vcs;
            p.buffer_flits = setup.buffer_flits;
            p.hop_cycles = hop_cycles_of(setup);
            p.injection_cycles = setup.injection_cycles;
            p.ejection_cycles = setup.ejection_cycles;
            p.credit_cycles = setup.credit_cycles;
            p.multicast = setup.multicast;
            auto mesh = std::make_unique<noc::flat_mesh>(p);
            for (const auto& s : setup.slow) mesh->slow_sink(s.cluster, s.cycles);
            return mesh;
        }
        const noc::shared_parameters p{nodes, hop_cycles_of(setup), setup.injection_cycles};
        if (setup.topology == load_topology::bus) return std::make_unique<noc::packet_bus>(p);
        return std::make_unique<noc::packet_crossbar>(p);
    } catch (const std::invalid_argument& error) {
        throw user_error(fmt::format("noc: {}", error.what()));
    }
}

std::optional<double> zero_load_of(const noc_setup& setup, const destination_rule& rule,
                                   std::uint32_t packet_words) {
    const bool on_mesh = setup.topology == load_topology::mesh;
    const bool copied =
        on_mesh && setup.multicast == noc::mesh_multicast::copies && goes_to_many(setup.traffic.pattern);
    if (copied || !setup.traffic.groups.empty() || !setup.slow.empty()) return std::nullopt;
    const double routers = on_mesh ? rule.mean_links_per_delivery() + 1 : 1;
    return setup.injection_cycles + hop_cycles_of(setup) * routers + (on_mesh ? setup.ejection_cycles : 0U) +
           packet_words - 1;
}

void check_packets(const noc_setup& setup, std::uint32_t packet_words) {
    if (setup.topology == load_topology::mesh && setup.multicast == noc::mesh_multicast::tree &&
        goes_to_many(setup.traffic.pattern) && packet_words > setup.buffer_flits) {
        throw user_error(
            fmt::format("--packet-flits: a multicast of {} flits expects --buffers of at least as many; "
                        "there are {}",
                        packet_words, setup.buffer_flits));
    }
}

noc_energy noc_energy_of(const noc_setup& setup, const energy::cost_table& table,
                         const arch::machine& machine) {
    // A flit buffer is a register file as the PE's psum SPad is one: the same rule at another size.
    arch::machine sized = machine;
    sized.noc.iact_port_bits = setup.width_bits;
    sized.pe.psum_bits = setup.width_bits;
    sized.pe.psum_entries = setup.vcs * setup.buffer_flits;
    const auto costs = energy::resolve(table, sized).picojoules;
    return {costs[energy::action::iact_mesh_link], costs[energy::action::iact_local_link],
            costs[energy::action::psum_spad_read] + costs[energy::action::psum_spad_write]};
}

double picojoules_per_word(const noc_setup& setup, const noc_energy& energy, const destination_rule& rule,
                           const load_point& point) {
    double on_mesh = 0, into_nodes = 0, from_nodes = 0;
    for (const auto& link : point.links) {
        const auto words = static_cast<double>(link.busy);
        if (link.kind == noc::link_kind::mesh) on_mesh += words;
        if (link.kind == noc::link_kind::ejection) into_nodes += words;
        if (link.kind == noc::link_kind::injection) from_nodes += words;
        if (link.kind == noc::link_kind::bus) on_mesh += words;
    }
    const double delivered = point.delivered * static_cast<double>(point.cycles);
    if (delivered == 0) return 0;
    if (setup.topology == load_topology::mesh) {
        return (on_mesh * energy.mesh_link + into_nodes * energy.local_link +
                (on_mesh + from_nodes) * energy.buffer) /
               delivered;
    }
    if (setup.topology == load_topology::bus)
        return on_mesh * energy.mesh_link / delivered + energy.local_link;
    return rule.mean_links_per_delivery() * energy.mesh_link + energy.local_link;
}

}  // namespace eyeriss::sims
