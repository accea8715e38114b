#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "noc/flat_mesh.h"

/// Who sends to whom when a network is driven by a generator; doc/noc.md.
namespace eyeriss::sims {

enum class load_pattern : std::uint8_t {
    uniform,     ///< any node, the source included
    transpose,   ///< row and column change places; on other shapes the halves of the node's number
    bitrev,      ///< the bits of the node's number backwards
    shuffle,     ///< the bits of the node's number rotated by one
    tornado,     ///< almost half way round each dimension
    neighbor,    ///< one on in each dimension, round the rim
    hotspot,     ///< one node more often than the others
    multicast,   ///< `fanout` nodes at random, or what groups say
    broadcast,   ///< from node 0 to all
    unicast,     ///< to the node itself: what a cluster's banks send to its own PEs
    horizontal,  ///< from the first node of a row to the row
    vertical     ///< from the first node of a column to the column
};
[[nodiscard]] const std::map<std::string, load_pattern>& load_patterns();
[[nodiscard]] std::string name_of(load_pattern pattern);

/// A source and the nodes that take what it sends.
struct multicast_group {
    unsigned source = 0;
    std::vector<unsigned> destinations;  ///< each once, rising
};

struct pattern_options {
    unsigned rows = 8, cols = 2;
    load_pattern pattern = load_pattern::uniform;
    unsigned fanout = 4;
    std::string groups;          ///< empty: none; see read_groups()
    unsigned hotspot = 0;        ///< node
    double hotspot_share = 0.2;  ///< of all packets
};

/// Reads groups: `0:0-3,7;8:8-15` lets node 0 send to 0 to 3 and 7, node 8 to 8 to 15.
/// \throws user_error naming the group that cannot be read, or names a node outside the array.
[[nodiscard]] std::vector<multicast_group> read_groups(const std::string& text, unsigned rows, unsigned cols);

/// Who sends, and to whom each packet goes.
class traffic_rule {
public:
    virtual ~traffic_rule() = default;
    /// Sources that send, rising.
    [[nodiscard]] virtual const std::vector<unsigned>& senders() const = 0;
    /// Destinations of the next packet.
    virtual void choose(unsigned source, std::mt19937_64& random, std::vector<unsigned>& to) const = 0;
    /// One more than the highest number of a destination.
    [[nodiscard]] virtual unsigned nodes() const = 0;
};

/// Traffic between nodes by a pattern. A node that the pattern leaves out sends nothing.
class destination_rule : public traffic_rule {
public:
    /// \throws user_error when the pattern does not suit the array.
    explicit destination_rule(const pattern_options& options);

    [[nodiscard]] const std::vector<unsigned>& senders() const override { return senders_; }
    [[nodiscard]] unsigned nodes() const override { return nodes_; }
    /// True when a node always sends to the same nodes.
    [[nodiscard]] bool fixed() const { return !fixed_.empty(); }
    /// What a node always sends to, when fixed.
    [[nodiscard]] const std::vector<unsigned>& fixed(unsigned source) const { return fixed_[source]; }
    void choose(unsigned source, std::mt19937_64& random, std::vector<unsigned>& to) const override;
    /// Links between routers on the way to a destination, along rows and columns, on average.
    [[nodiscard]] double mean_links_per_delivery() const;
    /// The load at which the busiest link of a flat mesh is full, 1 at most, links between node and router
    /// included. Random multicasts are bounded by the nodes' own links.
    [[nodiscard]] double ceiling(noc::mesh_multicast multicast) const;

private:
    [[nodiscard]] unsigned partner(unsigned source) const;
    void set_fixed();
    /// Words on each link (node and port) when every sender sends one.
    [[nodiscard]] std::vector<double> link_loads(noc::mesh_multicast multicast) const;

    pattern_options options_;
    unsigned nodes_;
    std::vector<std::vector<unsigned>> fixed_;  ///< by node
    std::vector<unsigned> senders_;
};

}  // namespace eyeriss::sims
