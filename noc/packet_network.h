#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "noc/parameters.h"

/// Networks that carry packets from node to node, each at a time of its own: what one compares the
/// circuit-switched mesh with. Plain C++, stepped or evaluated without the kernel; doc/noc.md is their page.
namespace eyeriss::noc {

/// A message of some words from one node to one or several others.
struct packet_request {
    unsigned source = 0;
    std::span<const unsigned> destinations;  ///< at least one, none twice; the source itself may be one
    std::uint32_t words = 1;                 ///< of the links' width; a flit each
    cycle_t at = 0;                          ///< when it waits at its source
    std::uint64_t tag = 0;                   ///< given back with each delivery
};

/// A packet that arrived at one of its destinations.
struct delivery {
    std::uint64_t tag = 0;
    std::uint32_t source = 0, destination = 0, words = 0;
    cycle_t created = 0;          ///< packet_request::at
    cycle_t first = 0, last = 0;  ///< cycles in which its first and last word are there
};

/// What a link joins: a node and the network, two routers, or all nodes (a bus).
enum class link_kind : std::uint8_t { injection, mesh, ejection, bus };
inline constexpr std::string_view link_kind_names[]{"injection", "mesh", "ejection", "bus"};

/// A link since the last clear. It is busy in a cycle in which a word begins to cross it, stalled in one in
/// which words wait for it and none does, and idle in all others.
struct link_use {
    link_kind kind = link_kind::mesh;
    std::uint32_t from = 0, to = 0;  ///< nodes
    std::uint64_t busy = 0, stalled = 0;
};

/// What a network is built of, for comparisons of area: multiplexer inputs times links' words (crosspoints),
/// ports of routers or buses, and words of buffer.
struct network_area {
    std::uint64_t ports = 0, crosspoints = 0, buffer_words = 0;
};

/// Words wait for each other in a circle; the message names the circle.
class network_stuck : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A network of nodes, numbered row by row.
class packet_network {
public:
    packet_network() = default;
    packet_network(const packet_network&) = delete;
    packet_network& operator=(const packet_network&) = delete;
    virtual ~packet_network() = default;

    /// Queues a packet at its source. Times must not fall at a source, nor lie before now().
    /// \throws std::invalid_argument naming what is wrong with the request.
    virtual void inject(const packet_request& request) = 0;
    /// Goes on until cycle `until` begins. \throws network_stuck
    virtual void advance(cycle_t until) = 0;
    [[nodiscard]] virtual cycle_t now() const = 0;
    /// True when nothing is queued or on its way.
    [[nodiscard]] virtual bool idle() const = 0;
    /// Packets that arrived, in an order that depends on nothing but the requests; the caller takes them
    /// away.
    [[nodiscard]] std::vector<delivery>& deliveries() { return deliveries_; }

    [[nodiscard]] virtual std::vector<link_use> links() const = 0;
    virtual void clear_counts() = 0;
    [[nodiscard]] virtual network_area area() const = 0;

protected:
    /// Refuses what no network can do. \throws std::invalid_argument
    static void check(const packet_request& request, unsigned nodes, cycle_t earliest);

    std::vector<delivery> deliveries_;
};

}  // namespace eyeriss::noc
