#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace eyeriss::arch::timing {

/// Chains that are evaluated side by side.
inline constexpr std::size_t lane_count = 16;

/// A number for each of them. Cycles are counted from the layer's begin.
struct alignas(lane_count * sizeof(std::uint32_t)) lanes {
    std::array<std::uint32_t, lane_count> of{};
};

/// What a port does through a pass: how far it is charged, and cycles as in port_ledger.
struct port_lanes {
    lanes until, busy, stalled, idle;
};

/// The PEs at one place of their chains: members as in pe_pipeline and timed_pe, charges since the pass
/// began.
struct pe_lanes {
    lanes live;  ///< all bits set where the chain has a PE here
    lanes read, looked_up, taken_before, taken, word_read, accumulated, before, first, held, charged;
    lanes read_before;       ///< `read` of the pass's last window but one
    lanes moved;             ///< the last psum has moved
    lanes latency;           ///< of psums from the PE before
    lanes columns;           ///< a bit for each weight column
    lanes stream, travel;    ///< that brings its iacts, and their latency
    lanes exit_used;         ///< the last psum came into the FIFO above, or crossed the psum port
    port_lanes port;         ///< of the chains that end here
    bool ends = false;       ///< some do
    bool adds = false;       ///< psums come from below
    std::uint32_t step = 1;  ///< iacts between windows
    lanes wait_iact, wait_dram, bubble, wait_psum_in, wait_psum_out;
    std::span<lanes> column_cycles;  ///< by column; 0 for one without words
    std::span<lanes> row;            ///< non-zero bits of its iacts, 32 at a time
    std::span<lanes> places;         ///< of the FIFO above: when each was freed; cyclic
};

/// Chains side by side, from the bank to the port that they end at.
struct chain_lanes {
    bool from_bank = false;
    port_lanes in_port;
    lanes in_used;           ///< the last word came out of the bank
    lanes entry_used;        ///< the last word came into the first PE's FIFO
    std::span<lanes> entry;  ///< its places
    std::span<lanes> psums;  ///< of the pass, word by word: in, the cycle in which a bank has written it;
                             ///< out, the one in which it has left the chain
    std::span<pe_lanes> pes;
    std::size_t words = 0;        ///< of a window's psums
    std::size_t place = 0;        ///< of FIFOs that the next window's first word takes
    std::size_t entry_place = 0;  ///< and of `entry`, through which nothing goes where chains start from zero
};

/// A window of a pass, the same in all chains.
struct lane_window {
    std::size_t number = 0;
    bool all_iacts = false;  ///< raw: every one takes its turn
    /// By stream: the window's last segment has been sent, the bank behind it was filled, and, a number for
    /// each lane, PEs have read the window's last iact. There is one more, for lanes without a PE.
    std::span<const std::uint32_t> sent, filled;
    std::span<lanes> read;
};

/// Kernels (lane_kernel).
void run_lanes_plain(chain_lanes& chains, const lane_window& window);
void run_lanes_avx2(chain_lanes& chains, const lane_window& window);
void run_lanes_avx512(chain_lanes& chains, const lane_window& window);

}  // namespace eyeriss::arch::timing
