#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "noc/packet_network.h"

namespace eyeriss::noc {

/// How a packet for several nodes travels: once, copied by routers where the ways part, or as one packet
/// each.
enum class mesh_multicast : std::uint8_t { tree, copies };

/// A flat packet-switched mesh. Defaults: doc/assumptions.md, A-MESH-PIPELINE and A-MESH-BUFFER.
struct flat_mesh_parameters {
    unsigned rows = 8, cols = 2;
    unsigned vcs = 1;               ///< virtual channels a port, 1 to 8
    unsigned buffer_flits = 8;      ///< of a virtual channel of an input port
    unsigned hop_cycles = 3;        ///< from a router's buffer to the next router's, allocation included
    unsigned injection_cycles = 1;  ///< from a node into its router's buffer
    unsigned ejection_cycles = 0;   ///< from a router's local port to the node, on top of the router's
    unsigned credit_cycles = 1;     ///< from a freed place to the router that may fill it
    mesh_multicast multicast = mesh_multicast::tree;

    [[nodiscard]] unsigned nodes() const { return rows * cols; }
    /// Cycles in which a packet crosses an empty network over `hops` links.
    [[nodiscard]] cycle_t zero_load(unsigned hops, std::uint32_t words) const {
        return injection_cycles + cycle_t{hop_cycles} * (hops + 1) + ejection_cycles + words - 1;
    }
};

/// A mesh of input-buffered wormhole routers, stepped cycle by cycle: dimension order (along the row first),
/// credits, virtual channels, one flit a cycle through each input and each output port, separable allocation
/// with round robin. A packet keeps the virtual channel of its source, (row + column) mod vcs, so packets of
/// a source arrive everywhere in order.
///
/// A tree multicast is copied where branches part. Branches go on independently of each other; a flit leaves
/// its buffer when all have taken it. Since a buffer holds a whole multicast packet and ways follow dimension
/// order, no circle of waits can arise (doc/noc.md); inject() refuses longer ones.
class flat_mesh : public packet_network {
public:
    enum port : std::uint8_t { north, south, east, west, local, port_count };

    /// \throws std::invalid_argument naming the parameter that is wrong.
    explicit flat_mesh(const flat_mesh_parameters& p);

    void inject(const packet_request& request) override;
    void advance(cycle_t until) override;
    [[nodiscard]] cycle_t now() const override { return now_; }
    [[nodiscard]] bool idle() const override { return packets_on_way_ == 0; }
    [[nodiscard]] std::vector<link_use> links() const override;
    void clear_counts() override;
    [[nodiscard]] network_area area() const override;

    /// A node that takes a word every `cycles` cycles only.
    void slow_sink(unsigned node, unsigned cycles);
    /// Replaces dimension order for packets with one destination: port of each router for each destination.
    /// For tests of the watch on progress, since almost any other order can get stuck.
    void route_by(const std::function<port(unsigned here, unsigned destination)>& rule);
    /// Flits that have crossed links between routers since the beginning.
    [[nodiscard]] std::uint64_t flit_hops() const { return flit_hops_; }
    [[nodiscard]] const flat_mesh_parameters& parameters() const { return p_; }

private:
    static constexpr std::uint8_t no_owner = 0xff;
    static constexpr std::uint32_t nowhere = ~std::uint32_t{0};
    using port_mask = std::uint8_t;
    using node_set = std::vector<std::uint64_t>;

    struct packet {
        std::uint64_t tag = 0;
        cycle_t created = 0;
        std::uint32_t source = 0, words = 0;
        std::uint32_t target = 0;  ///< destination, or place of its tree
        std::uint32_t to_deliver = 0;
        bool is_tree = false;
    };
    struct flit {
        std::uint32_t packet = 0;
        std::uint32_t ready = 0;  ///< cycle from which it may go on, modulo 2^32
    };
    /// A virtual channel of an input port: a ring of flits, and how far its first packet has come.
    struct input_lane {
        std::uint16_t head = 0, count = 0;
        port_mask branches = 0;  ///< of the first packet, unfinished; 0: not routed yet
        port_mask granted = 0;   ///< branches that own the lane they leave by
        std::uint32_t words = 0, freed = 0;
        std::array<std::uint32_t, port_count> sent{};  ///< flits of the first packet, by branch
    };
    /// What an input port offers to its router's outputs in a cycle.
    struct offer {
        std::uint32_t lane = 0, vc = 0;
        std::uint32_t place = 0;  ///< of the flit, counted from the lane's first
        port_mask outputs = 0;
        port_mask taken = 0;
    };
    struct source_queue {
        std::deque<std::uint32_t> packets;
        std::uint32_t sent = 0;  ///< flits of the first packet
        cycle_t last_at = 0;
        std::uint64_t busy = 0, stalled = 0;
    };

    void step();
    void return_credits();
    void feed(unsigned node);
    void route(unsigned node, unsigned lane);
    [[nodiscard]] offer offer_of(unsigned node, unsigned in_port, port_mask& wanted);
    void look(unsigned node, unsigned in_port, unsigned vc, offer& best, port_mask& wanted);
    [[nodiscard]] bool may_leave(unsigned node, unsigned out_port, unsigned vc, bool granted) const;
    void switch_flits(unsigned node);
    void send(unsigned node, unsigned in_port, offer& o, unsigned out_port);
    void retire(unsigned node, unsigned in_port, const offer& o);
    void push(unsigned node, unsigned in_port, unsigned vc, std::uint32_t number, cycle_t ready,
              node_set& wake);
    void eject(unsigned node, unsigned vc, std::uint32_t packet, bool first, bool last);
    [[nodiscard]] port_mask ways(unsigned node, const packet& p) const;
    std::uint32_t new_packet(const packet_request& r, std::uint32_t target, std::uint32_t deliveries,
                             bool tree);
    std::uint32_t new_tree(unsigned source, std::span<const unsigned> destinations);
    void queue(unsigned source, std::uint32_t number, cycle_t at);
    [[nodiscard]] bool quiet() const;
    [[nodiscard]] std::uint32_t vc_of(unsigned source) const {
        return (source / p_.cols + source % p_.cols) % p_.vcs;
    }
    [[nodiscard]] std::uint32_t first_lane(unsigned node, unsigned in_port) const {
        return (node * port_count + in_port) * p_.vcs;
    }
    [[nodiscard]] flit& at_place(std::uint32_t lane, std::uint32_t place) {
        std::uint32_t i = lanes_[lane].head + place;
        if (i >= p_.buffer_flits) i -= p_.buffer_flits;
        return flits_[std::size_t{lane} * p_.buffer_flits + i];
    }
    [[nodiscard]] static constexpr port opposite(unsigned way) {
        constexpr std::array<port, 4> other{south, north, west, east};
        return other[way];
    }
    [[nodiscard]] bool is_ready(const flit& f) const {
        return static_cast<std::int32_t>(static_cast<std::uint32_t>(now_) - f.ready) >= 0;
    }
    /// Lanes that must do something before the first packet of `lane` can go on.
    [[nodiscard]] std::vector<std::uint32_t> waits_for(std::uint32_t lane) const;
    [[nodiscard]] std::vector<std::uint32_t> circle_from(std::uint32_t lane) const;
    [[nodiscard]] std::string lane_name(std::uint32_t lane) const;
    [[noreturn]] void report_stuck() const;

    flat_mesh_parameters p_;
    cycle_t now_ = 0;
    std::vector<input_lane> lanes_;
    std::vector<flit> flits_;
    std::vector<std::uint64_t> occupied_;        ///< by node: a bit a lane that holds flits
    std::vector<std::uint16_t> credits_;         ///< by output lane; behind them those of the nodes
    std::vector<std::uint8_t> owners_;           ///< by output lane: input lane of its router that holds it
    std::vector<std::uint32_t> neighbour_;       ///< by output port: node that it leads to
    std::vector<std::uint32_t> upstream_;        ///< by input port: first output lane that feeds it
    std::vector<std::uint8_t> next_input_;       ///< by output port: who is first in the round robin
    std::vector<std::uint8_t> next_vc_;          ///< by input port
    std::vector<std::uint64_t> busy_, stalled_;  ///< by output port
    std::vector<cycle_t> sink_ready_;
    std::vector<std::uint32_t> sink_interval_;
    std::vector<cycle_t> head_at_;    ///< by node and virtual channel: when the packet being ejected began
    std::vector<std::uint8_t> rule_;  ///< port by node and destination, when not dimension order

    struct position {
        std::uint16_t row = 0, col = 0;
    };
    std::vector<position> positions_;  ///< by node

    node_set active_, feeding_;
    std::vector<node_set> wake_;                         ///< by cycle, modulo its size
    node_set* wake_after_hop_ = nullptr;                 ///< those of the cycle in which a hop of now ends
    std::vector<std::vector<std::uint32_t>> returning_;  ///< credits, by cycle
    std::vector<std::uint32_t>* freed_now_ = nullptr;    ///< credits of what is freed now
    std::size_t credits_returning_ = 0;
    std::vector<source_queue> sources_;
    using later_source = std::pair<cycle_t, unsigned>;
    std::priority_queue<later_source, std::vector<later_source>, std::greater<>> later_;

    std::vector<packet> packets_;
    std::vector<std::uint32_t> free_packets_;
    std::vector<port_mask> trees_;  ///< by tree and node: the branches there
    std::vector<std::uint32_t> free_trees_;
    std::uint64_t packets_on_way_ = 0, flit_hops_ = 0;
    cycle_t last_wake_ = 0;  ///< latest cycle for which a router is to be woken
    cycle_t still_for_ = 0;  ///< cycles in which nothing moved although something waits
    cycle_t patience_ = 0;   ///< after so many still cycles nothing can move any more
    bool moved_ = false;
};

}  // namespace eyeriss::noc
