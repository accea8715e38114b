#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "noc/parameters.h"

namespace eyeriss::noc {

/// The ways of a packet over a flat mesh in dimension order: along its source's row to the column of each
/// destination, then along that column. Ways to several destinations share their links as far as they agree,
/// and so make a tree.
class mesh_tree {
public:
    /// A link of the tree; the ones before it on the way come earlier in links().
    struct link {
        std::uint32_t number = 0;  ///< of the directed link: cluster that it leaves, times 4, plus direction
        std::int32_t before = -1;  ///< the link before it, or -1 at the source
        std::uint32_t to = 0;      ///< cluster at its end
    };

    /// `to`: clusters, each once; the source itself takes no link.
    mesh_tree(const noc_parameters& p, unsigned from, std::span<const unsigned> to) {
        for (const unsigned cluster : to) ends_.push_back(reach(p, from, cluster));
    }

    [[nodiscard]] std::span<const link> links() const { return links_; }
    /// For each destination the last link to it, or -1 for the source itself.
    [[nodiscard]] std::span<const std::int32_t> ends() const { return ends_; }

private:
    std::int32_t reach(const noc_parameters& p, unsigned from, unsigned to) {
        const unsigned cols = p.cluster_cols;
        std::int32_t last = -1;
        unsigned at = from;
        while (at != to) {
            const bool along_row = at % cols != to % cols;
            const bool forward = along_row ? at % cols < to % cols : at < to;
            const unsigned step = along_row ? 1 : cols;
            const unsigned number = at * 4 + (along_row ? 0 : 2) + (forward ? 0 : 1);
            at = forward ? at + step : at - step;
            const auto known =
                std::find_if(links_.begin(), links_.end(), [&](const link& l) { return l.number == number; });
            if (known == links_.end()) {
                links_.push_back({number, last, at});
                last = static_cast<std::int32_t>(links_.size()) - 1;
            } else {
                last = static_cast<std::int32_t>(known - links_.begin());
            }
        }
        return last;
    }

    std::vector<link> links_;
    std::vector<std::int32_t> ends_;
};

/// How often a word on its way from a cluster to others crosses a link between clusters, or on a crossbar a
/// wire of that length, and how often it goes through a router's buffer.
struct word_moves {
    std::uint64_t links = 0, buffers = 0;
};
[[nodiscard]] inline word_moves moves_of(const noc_parameters& p, unsigned from,
                                         std::span<const unsigned> to) {
    word_moves n;
    if (to.empty()) return n;
    if (p.kind == topology::mesh && p.packets == multicast::tree) {
        n.links = mesh_tree(p, from, to).links().size();
        n.buffers = n.links + 1;
        return n;
    }
    for (const unsigned cluster : to) n.links += p.distance(from, cluster);
    if (p.kind == topology::mesh) n.buffers = n.links + to.size();
    return n;
}

}  // namespace eyeriss::noc
