#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "noc/packet_network.h"

namespace eyeriss::noc {

/// Nodes joined by a bus or a crossbar. Defaults: A-HOP, and a cycle from a node to its port as on the mesh.
struct shared_parameters {
    unsigned nodes = 16;
    unsigned hop_cycles = 1;        ///< across the bus or the crossbar
    unsigned injection_cycles = 1;  ///< from a node to its port

    /// Cycles in which a packet crosses an empty network.
    [[nodiscard]] cycle_t zero_load(std::uint32_t words) const {
        return cycle_t{injection_cycles} + hop_cycles + words - 1;
    }
};

/// What bus and crossbar have in common: a queue at each node, and cycles that go by.
class queued_network : public packet_network {
public:
    /// \throws std::invalid_argument when there are no nodes, or more than 4096.
    explicit queued_network(const shared_parameters& p);
    void inject(const packet_request& request) override;
    void advance(cycle_t until) override;
    [[nodiscard]] cycle_t now() const override { return now_; }
    [[nodiscard]] bool idle() const override { return queued_ == 0 && now_ >= all_there_; }

protected:
    struct waiting {
        std::uint64_t tag = 0;
        cycle_t at = 0;
        std::uint32_t words = 0;
        std::vector<unsigned> destinations;
    };
    /// Starts what may start in the present cycle.
    virtual void serve() = 0;
    [[nodiscard]] bool waits(unsigned node) const {
        return !queues_[node].empty() && queues_[node].front().at <= now_;
    }
    void deliver(const waiting& w, unsigned source, unsigned destination, cycle_t start);

    shared_parameters p_;
    cycle_t now_ = 0;
    std::vector<std::deque<waiting>> queues_;
    std::vector<cycle_t> last_at_;
    std::uint64_t queued_ = 0;  ///< packets that something has still to be started for
    cycle_t all_there_ = 0;     ///< when everything that was started is there
};

/// One bus for all: a packet at a time, to any set of nodes at once, in order of age, then of nodes. The
/// broadcast bus of the first Eyeriss under traffic of any kind.
class packet_bus : public queued_network {
public:
    explicit packet_bus(const shared_parameters& p) : queued_network(p) {}
    [[nodiscard]] std::vector<link_use> links() const override;
    void clear_counts() override { busy_ = stalled_ = 0; }
    [[nodiscard]] network_area area() const override { return {p_.nodes, p_.nodes, 0}; }

private:
    void serve() override;
    cycle_t free_at_ = 0;
    std::uint64_t busy_ = 0, stalled_ = 0;
};

/// The ideal: every node reaches every other at once; a word a cycle leaves each node and a word a cycle
/// enters each, copies cost nothing, and queues before the nodes' entries have no end.
class packet_crossbar : public queued_network {
public:
    explicit packet_crossbar(const shared_parameters& p);
    [[nodiscard]] std::vector<link_use> links() const override;
    void clear_counts() override;
    [[nodiscard]] network_area area() const override {
        return {std::uint64_t{2} * p_.nodes, std::uint64_t{p_.nodes} * p_.nodes, 0};
    }

private:
    struct arriving {
        waiting what;
        unsigned source = 0;
        cycle_t at = 0;
    };
    struct port_use {
        cycle_t free_at = 0;
        std::uint64_t busy = 0, stalled = 0;
    };
    void serve() override;
    std::vector<std::deque<arriving>> entries_;  ///< by destination
    std::vector<port_use> leave_, enter_;
};

}  // namespace eyeriss::noc
