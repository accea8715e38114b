#pragma once

#include <cstdint>
#include <vector>

#include "noc/packet_network.h"
#include "sims/noc/load_pattern.h"

namespace eyeriss::sims {

/// How long a network is driven. Packets begin in each cycle with the probability rate / words, at rate 1
/// back to back; those that begin after the warm-up and in the measurement are measured. Then the load goes
/// on for as long as the warm-up, stops, and all that was sent arrives.
struct load_plan {
    double rate = 0.1;  ///< words a sender and cycle, 0 to 1
    std::uint32_t packet_words = 1;
    noc::cycle_t warm_up = 2000, measure = 10000;
    std::uint64_t seed = 1;
};

/// Of deliveries, from the creation of a packet to its last word, in cycles.
struct latency_summary {
    std::uint64_t deliveries = 0;
    double mean = 0;  ///< of a load: of the senders' means, each counting the same
    noc::cycle_t least = 0, p50 = 0, p95 = 0, p99 = 0, most = 0;
};

/// What one sender got of the network.
struct sender_point {
    unsigned source = 0;
    double offered = 0, accepted = 0;  ///< as load_point's
    double mean_latency = 0;
};

/// What a network did at one load.
struct load_point {
    double rate = 0;     ///< load_plan::rate
    double offered = 0;  ///< words a sender and cycle that began in the measurement
    /// Words a sender and cycle that arrived in the measurement, a multicast counted once when all its copies
    /// arrived. What arrived beyond the words offered stems from the warm-up and is left out.
    double accepted = 0;
    double accepted_least = 0;  ///< the same of the sender that got least
    double delivered = 0;       ///< words a cycle, over all destinations
    std::vector<sender_point> senders;
    latency_summary latency;
    std::vector<noc::link_use> links;                       ///< in the measurement
    noc::cycle_t cycles = 0;                                ///< of the measurement
    std::uint64_t packets = 0;                              ///< all that were sent
    std::uint64_t words_expected = 0, words_delivered = 0;  ///< over the whole run; they are equal
};

/// Drives a network that is empty. \throws std::runtime_error when words were lost, doubled or out of order,
/// noc::network_stuck
[[nodiscard]] load_point run_load(noc::packet_network& network, const traffic_rule& rule,
                                  const load_plan& plan);

/// Latencies by value; exact.
class latency_counts {
public:
    void add(noc::cycle_t latency);
    [[nodiscard]] latency_summary summary() const;

private:
    std::vector<std::uint64_t> count_;  ///< by latency
};

}  // namespace eyeriss::sims
