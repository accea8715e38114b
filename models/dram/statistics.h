#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/dram/constraints.h"

/// What a controller counts. Sums are made upward from banks, so that levels cannot disagree.
namespace eyeriss::dram {

struct bank_statistics {
    std::uint64_t hits = 0;       ///< bursts that found their row open
    std::uint64_t misses = 0;     ///< bursts whose bank was closed
    std::uint64_t conflicts = 0;  ///< bursts whose bank had another row open
    std::array<std::uint64_t, command_count>
        commands{};        ///< whole-rank commands count at the rank's first bank
    clock_count open = 0;  ///< clocks with a row open

    bank_statistics& operator+=(const bank_statistics& other);
    [[nodiscard]] std::uint64_t bursts() const { return hits + misses + conflicts; }
    [[nodiscard]] std::uint64_t count(command c) const { return commands[index(c)]; }
};

/// Background of a rank; the three add up to the clocks observed.
struct rank_statistics {
    clock_count active = 0;           ///< some bank open
    clock_count precharged = 0;       ///< all banks closed, no refresh of all banks
    clock_count refreshing = 0;       ///< in a refresh of all banks
    std::uint64_t bank_closings = 0;  ///< precharges of a bank: by command, with all banks, or by itself
};

/// A channel's clocks, each in exactly one cause: data on the bus (counted from the column command); none,
/// but a rank in refresh of all banks; none, but requests wait; nothing to do.
struct channel_statistics {
    clock_count clocks = 0;
    clock_count data = 0, refresh = 0, waiting = 0, idle = 0;
    std::uint64_t read_bursts = 0, write_bursts = 0;  ///< on the data bus
    std::uint64_t forwarded_reads = 0;                ///< answered from the write queue
    std::uint64_t read_groups = 0, write_groups = 0;  ///< turns of the data bus
    unsigned deepest_read_queue = 0, deepest_write_queue = 0;
    std::vector<bank_statistics> banks;
    std::vector<rank_statistics> ranks;

    /// All banks of a rank.
    [[nodiscard]] bank_statistics rank_total(unsigned rank) const;
    [[nodiscard]] bank_statistics total() const;
};

}  // namespace eyeriss::dram
