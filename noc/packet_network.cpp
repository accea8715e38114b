#include "noc/packet_network.h"

namespace eyeriss::noc {

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
    if (request.words == 0) refuse("has no words");
    if (request.at < earliest) {
        refuse("at cycle " + std::to_string(request.at) + " comes after cycle " + std::to_string(earliest) +
               " has begun");
    }
}

}  // namespace eyeriss::noc
