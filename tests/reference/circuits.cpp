#include "tests/reference/circuits.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace eyeriss::reference {
namespace {

way opposite(way w) {
    switch (w) {
        case way::north:
            return way::south;
        case way::south:
            return way::north;
        case way::west:
            return way::east;
        case way::east:
            return way::west;
        default:
            return way::none;
    }
}

/// The multiplexer of a destination port.
template <class Router>
auto& port(Router& r, way out) {
    switch (out) {
        case way::north:
            return r.north;
        case way::south:
            return r.south;
        case way::west:
            return r.west;
        case way::east:
            return r.east;
        default:
            return r.pes;
    }
}

}  // namespace

void circuits::set(std::size_t cluster, way out, way from) {
    way& multiplexer = port(routers_[cluster], out);
    if (multiplexer != way::none && multiplexer != from)
        throw std::invalid_argument("reference: router of cluster " + std::to_string(cluster) +
                                    " has a port that two circuits want");
    multiplexer = from;
}

std::size_t circuits::beyond(std::size_t cluster, way out) const {
    switch (out) {
        case way::north:
            return cluster - cols_;
        case way::south:
            return cluster + cols_;
        case way::west:
            return cluster - 1;
        default:
            return cluster + 1;
    }
}

void circuits::connect(std::size_t source, const std::vector<std::size_t>& to) {
    for (const std::size_t target : to) {
        std::size_t here = source;
        way from = way::bank;
        while (here != target) {
            way out = way::none;
            if (here / cols_ != target / cols_) {
                out = here < target ? way::south : way::north;
            } else {
                out = here < target ? way::east : way::west;
            }
            set(here, out, from);
            here = beyond(here, out);
            from = opposite(out);
        }
        set(here, way::pes, from);
    }
}

std::vector<std::size_t> circuits::sources() const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < routers_.size(); ++i) {
        const router& r = routers_[i];
        if (std::ranges::count(std::array{r.north, r.south, r.west, r.east, r.pes}, way::bank) > 0)
            found.push_back(i);
    }
    return found;
}

std::vector<reached> circuits::reach(std::size_t source) const {
    struct arrival {
        std::size_t cluster;
        way from;
        unsigned hops;
    };
    std::vector<reached> found;
    std::vector<arrival> open{{source, way::bank, 0}};
    while (!open.empty()) {
        const arrival a = open.back();
        open.pop_back();
        const router& r = routers_[a.cluster];
        if (r.pes == a.from) found.push_back({a.cluster, a.hops});
        for (const way out : {way::north, way::south, way::west, way::east})
            if (port(r, out) == a.from) open.push_back({beyond(a.cluster, out), opposite(out), a.hops + 1});
    }
    return found;
}

}  // namespace eyeriss::reference
