#include "sims/noc/load_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <charconv>
#include <numeric>

#include "sims/support/error.h"

namespace eyeriss::sims {

const std::map<std::string, load_pattern>& load_patterns() {
    static const std::map<std::string, load_pattern> names{
        {"uniform", load_pattern::uniform},       {"transpose", load_pattern::transpose},
        {"bitrev", load_pattern::bitrev},         {"shuffle", load_pattern::shuffle},
        {"tornado", load_pattern::tornado},       {"neighbor", load_pattern::neighbor},
        {"hotspot", load_pattern::hotspot},       {"multicast", load_pattern::multicast},
        {"broadcast", load_pattern::broadcast},   {"unicast", load_pattern::unicast},
        {"horizontal", load_pattern::horizontal}, {"vertical", load_pattern::vertical}};
    return names;
}

std::string name_of(load_pattern pattern) {
    const auto& names = load_patterns();
    return std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.second == pattern; })
        ->first;
}

namespace {

unsigned read_node(std::string_view text, const std::string& group, unsigned rows, unsigned cols) {
    unsigned node = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), node);
    if (error != std::errc() || end != text.data() + text.size()) {
        throw user_error(
            fmt::format("--groups: '{}' in '{}' expects a node's number, as in 0:0-3,7;8:8-15", text, group));
    }
    if (node >= rows * cols) {
        throw user_error(
            fmt::format("--groups: cluster {} in '{}' is outside the array of {} x {}, whose last is {}",
                        node, group, rows, cols, rows * cols - 1));
    }
    return node;
}

std::vector<std::string> parts_of(const std::string& text, const char* separator) {
    std::vector<std::string> parts;
    boost::split(parts, text, boost::is_any_of(separator));
    return parts;
}

multicast_group read_group(const std::string& text, unsigned rows, unsigned cols) {
    const auto halves = parts_of(text, ":");
    if (halves.size() != 2) {
        throw user_error(fmt::format("--groups: '{}' expects a source, a colon and destinations", text));
    }
    multicast_group group;
    group.source = read_node(halves[0], text, rows, cols);
    for (const auto& range : parts_of(halves[1], ",")) {
        const auto ends = parts_of(range, "-");
        const unsigned first = read_node(ends.front(), text, rows, cols);
        const unsigned last = read_node(ends.back(), text, rows, cols);
        for (unsigned node = first; node <= last; ++node) group.destinations.push_back(node);
    }
    auto& to = group.destinations;
    std::sort(to.begin(), to.end());
    to.erase(std::unique(to.begin(), to.end()), to.end());
    if (to.empty()) throw user_error(fmt::format("--groups: '{}' has no destination", text));
    return group;
}

unsigned rotate(unsigned value, unsigned by, unsigned bits) {
    return bits == 0 ? value : ((value << by) | (value >> (bits - by))) & ((1U << bits) - 1);
}

}  // namespace

std::vector<multicast_group> read_groups(const std::string& text, unsigned rows, unsigned cols) {
    std::vector<multicast_group> groups;
    for (const auto& part : parts_of(text, ";")) {
        groups.push_back(read_group(part, rows, cols));
        const auto same = [&](const multicast_group& g) { return g.source == groups.back().source; };
        if (std::count_if(groups.begin(), groups.end(), same) > 1) {
            throw user_error(
                fmt::format("--groups: cluster {} is the source of two groups", groups.back().source));
        }
    }
    return groups;
}

destination_rule::destination_rule(const pattern_options& options)
    : options_(options), nodes_(options.rows * options.cols) {
    const auto refuse = [&](const std::string& what) {
        throw user_error(fmt::format("--pattern: {} {}", name_of(options_.pattern), what));
    };
    const bool by_bits = options_.pattern == load_pattern::bitrev ||
                         options_.pattern == load_pattern::shuffle ||
                         (options_.pattern == load_pattern::transpose && options_.rows != options_.cols);
    if (by_bits && !std::has_single_bit(nodes_)) {
        refuse(fmt::format("expects a power of two of nodes; {} x {} has {}", options_.rows, options_.cols,
                           nodes_));
    }
    if (options_.pattern == load_pattern::hotspot) {
        if (options_.hotspot >= nodes_) {
            throw user_error(fmt::format("--hotspot: cluster {} is outside the array of {} nodes",
                                         options_.hotspot, nodes_));
        }
        if (!(options_.hotspot_share >= 0 && options_.hotspot_share <= 1)) {
            throw user_error(fmt::format("--hotspot-share: {} expects 0 to 1", options_.hotspot_share));
        }
    }
    if (options_.pattern == load_pattern::multicast && options_.groups.empty() &&
        (options_.fanout == 0 || options_.fanout > nodes_)) {
        throw user_error(fmt::format("--fanout: {} expects 1 to the {} nodes", options_.fanout, nodes_));
    }
    set_fixed();
}

unsigned destination_rule::partner(unsigned source) const {
    const unsigned rows = options_.rows, cols = options_.cols;
    const unsigned row = source / cols, col = source % cols;
    const auto bits = static_cast<unsigned>(std::bit_width(nodes_) - 1);
    switch (options_.pattern) {
        case load_pattern::transpose:
            return rows == cols ? col * cols + row : rotate(source, bits / 2, bits);
        case load_pattern::bitrev: {
            unsigned to = 0;
            for (unsigned b = 0; b < bits; ++b) to |= (source >> b & 1U) << (bits - 1 - b);
            return to;
        }
        case load_pattern::shuffle:
            return rotate(source, 1, bits);
        case load_pattern::tornado:
            return (row + (rows + 1) / 2 - 1) % rows * cols + (col + (cols + 1) / 2 - 1) % cols;
        case load_pattern::neighbor:
            return (row + 1) % rows * cols + (col + 1) % cols;
        default:
            return source;
    }
}

void destination_rule::set_fixed() {
    senders_.resize(nodes_);
    std::iota(senders_.begin(), senders_.end(), 0U);
    const bool random = options_.pattern == load_pattern::uniform ||
                        options_.pattern == load_pattern::hotspot ||
                        (options_.pattern == load_pattern::multicast && options_.groups.empty());
    if (random) return;
    fixed_.resize(nodes_);
    std::vector<multicast_group> groups;
    if (options_.pattern == load_pattern::multicast) {
        groups = read_groups(options_.groups, options_.rows, options_.cols);
    } else {
        for (unsigned n = 0; n < nodes_; ++n) {
            const unsigned row = n / options_.cols, col = n % options_.cols;
            if (options_.pattern == load_pattern::broadcast || options_.pattern == load_pattern::horizontal ||
                options_.pattern == load_pattern::vertical) {
                const unsigned source = options_.pattern == load_pattern::broadcast    ? 0
                                        : options_.pattern == load_pattern::horizontal ? row * options_.cols
                                                                                       : col;
                fixed_[source].push_back(n);
            } else {
                fixed_[n] = {partner(n)};
            }
        }
    }
    for (const auto& group : groups) fixed_[group.source] = group.destinations;
    std::erase_if(senders_, [this](unsigned n) { return fixed_[n].empty(); });
}

void destination_rule::choose(unsigned source, std::mt19937_64& random, std::vector<unsigned>& to) const {
    if (fixed()) {
        to = fixed_[source];
        return;
    }
    const auto any = [&] { return std::uniform_int_distribution<unsigned>(0, nodes_ - 1)(random); };
    to.clear();
    if (options_.pattern == load_pattern::hotspot) {
        const double drawn = std::uniform_real_distribution<double>()(random);
        to.push_back(drawn < options_.hotspot_share ? options_.hotspot : any());
        return;
    }
    const unsigned wanted = options_.pattern == load_pattern::multicast ? options_.fanout : 1;
    if (wanted * 2 <= nodes_) {
        while (to.size() < wanted) {
            const unsigned node = any();
            if (std::find(to.begin(), to.end(), node) == to.end()) to.push_back(node);
        }
        return;
    }
    to.resize(nodes_);
    std::iota(to.begin(), to.end(), 0U);
    std::shuffle(to.begin(), to.end(), random);
    to.resize(wanted);
}

std::vector<double> destination_rule::link_loads(noc::mesh_multicast multicast) const {
    constexpr unsigned ports = noc::flat_mesh::port_count;
    const unsigned cols = options_.cols;
    std::vector<double> loads(std::size_t{nodes_} * ports);
    std::vector<unsigned> seen(loads.size(), ~0U);
    const auto walk = [&](unsigned source, unsigned to, double share) {
        const auto cross = [&](unsigned node, unsigned port) {
            const std::size_t link = std::size_t{node} * ports + port;
            if (multicast == noc::mesh_multicast::tree && std::exchange(seen[link], source) == source &&
                fixed()) {
                return;
            }
            loads[link] += share;
        };
        unsigned at = source;
        while (at % cols != to % cols) {
            const bool east = at % cols < to % cols;
            cross(at, east ? noc::flat_mesh::east : noc::flat_mesh::west);
            at = east ? at + 1 : at - 1;
        }
        while (at != to) {
            cross(at, at < to ? noc::flat_mesh::south : noc::flat_mesh::north);
            at = at < to ? at + cols : at - cols;
        }
        cross(to, noc::flat_mesh::local);
    };
    for (const unsigned source : senders_) {
        if (fixed()) {
            for (const unsigned to : fixed_[source]) walk(source, to, 1.0);
            continue;
        }
        const double hot = options_.pattern == load_pattern::hotspot ? options_.hotspot_share : 0.0;
        for (unsigned to = 0; to < nodes_; ++to) {
            walk(source, to, (1.0 - hot) / nodes_ + (to == options_.hotspot ? hot : 0.0));
        }
    }
    return loads;
}

double destination_rule::mean_links_per_delivery() const {
    const auto loads = link_loads(noc::mesh_multicast::copies);
    double links = 0, deliveries = 0;
    for (std::size_t i = 0; i < loads.size(); ++i) {
        (i % noc::flat_mesh::port_count == noc::flat_mesh::local ? deliveries : links) += loads[i];
    }
    return links / deliveries;
}

double destination_rule::ceiling(noc::mesh_multicast multicast) const {
    double most = 1.0;  // a source sends a word a cycle
    if (!fixed() && options_.pattern == load_pattern::multicast) return 1.0 / options_.fanout;
    for (const double load : link_loads(multicast)) most = std::max(most, load);
    if (fixed() && multicast == noc::mesh_multicast::copies) {
        for (const auto& to : fixed_) most = std::max(most, static_cast<double>(to.size()));
    }
    return 1.0 / most;
}

}  // namespace eyeriss::sims
