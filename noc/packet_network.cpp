#include "noc/packet_network.h"

#include <algorithm>

namespace eyeriss::noc {

namespace {

/// A node that is named twice, or none. Lists mostly rise, and then one look at each is enough.
const unsigned* named_twice(std::span<const unsigned> nodes) {
    if (std::is_sorted(nodes.begin(), nodes.end())) {
        const auto same = std::adjacent_find(nodes.begin(), nodes.end());
        return same == nodes.end() ? nullptr : &*same;
    }
    std::vector<bool> seen(*std::max_element(nodes.begin(), nodes.end()) + std::size_t{1});
    for (const unsigned& node : nodes) {
        if (seen[node]) return &node;
        seen[node] = true;
    }
    return nullptr;
}

}  // namespace

void packet_network::check(const packet_request& request, unsigned nodes, cycle_t earliest) {
    const auto refuse = [](const std::string& what) { throw std::invalid_argument("packet: " + what); };
    const auto outside = [&](const char* end, unsigned node) {
        refuse(std::string(end) + " " + std::to_string(node) + " is outside the network of " +
               std::to_string(nodes) + " nodes");
    };
    if (request.source >= nodes) outside("source", request.source);
    if (request.destinations.empty()) refuse("has no destination");
    for (const unsigned d : request.destinations) {
        if (d >= nodes) outside("destination", d);
    }
    if (const unsigned* twice = named_twice(request.destinations)) {
        refuse("destination " + std::to_string(*twice) + " is named twice");
    }
    if (request.words == 0) refuse("has no words");
    if (request.at < earliest) {
        refuse("at cycle " + std::to_string(request.at) + " comes after cycle " + std::to_string(earliest) +
               " has begun");
    }
}

}  // namespace eyeriss::noc
