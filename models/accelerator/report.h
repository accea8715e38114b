#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/arch/tiling.h"
#include "models/arch/timing/array_timing.h"
#include "models/energy/actions.h"

namespace eyeriss::accelerator {

using noc::cycle_t;

using arch::timing::cause;
using arch::timing::cause_count;
using arch::timing::ledger;

/// Keys of the causes, in the order of the enumeration, as results name them.
inline constexpr std::array<std::string_view, cause_count> cause_names{
    "both_lanes",  "one_lane",  "stored_zero",    "bubble",       "loading_weights",
    "psum_ports",  "wait_iact", "wait_weight",    "wait_psum_in", "wait_psum_out",
    "wait_config", "wait_dram", "finished_early", "not_mapped"};

/// Words that crossed one kind of link, and the busiest link's share.
struct link_words {
    std::uint64_t mesh = 0;   ///< router to router; a multicast once a link
    std::uint64_t local = 0;  ///< into PEs (iact, weight) or along columns and into banks (psum)
    std::uint64_t bits_per_word = 0;
    std::uint64_t buffered = 0;  ///< through flit buffers, on a packet network
};

/// What the links of a network did in a layer's cycles, all links together: their number times the layer's
/// cycles.
struct link_summary {
    unsigned links = 0, driven = 0;  ///< there are; carry a circuit
    arch::timing::port_ledger all;   ///< a link without a circuit is idle
    cycle_t busiest = 0;             ///< busy cycles of the busiest link
};

/// What the accelerator tells of one layer, when it is done.
struct layer_report {
    std::uint32_t layer_index = 0;
    std::uint32_t error = 0;  ///< eyeriss_error
    std::uint32_t error_info = 0;
    arch::layer_shape shape;
    arch::mapping map;
    std::uint64_t passes = 0;
    bool timed = true;
    double start_seconds = 0,
           end_seconds = 0;          ///< simulated: first descriptor word asked for, last output byte written
    cycle_t cycles = 0;              ///< of the array's clock, from start to end; 0 when untimed
    std::uint64_t macs_nominal = 0;  ///< as the tiles covered the layer, padding included
    std::uint64_t macs_effectual = 0;  ///< two non-zero operands inside the image
    std::uint64_t psum_overflows = 0;  ///< psums leaving a PE that did not fit psum_bits
    std::uint64_t dram_read_bytes = 0, dram_write_bytes = 0;
    std::vector<std::uint64_t> dram_port_bytes;  ///< through each off-chip port, in the order of class dma
    std::uint64_t glb_read_bytes = 0, glb_write_bytes = 0;
    std::uint64_t spad_read_bytes = 0, spad_write_bytes = 0;
    link_words iact, weight, psum;
    std::uint64_t config_bits = 0;  ///< static NoC configuration of the layer
    energy::action_counts actions;  ///< clock and leakage only when timed
    ledger pe_cycles{};             ///< over all PEs; adds up to PEs * cycles when timed
    /// Of each PE and port, when timed; each adds up to cycles.
    arch::timing::array_timing::ledgers ledgers;
    link_summary iact_links, weight_links, psum_links;  ///< when timed
    std::vector<arch::timing::port_ledger> iact_fill;   ///< write port of each iact bank
};

}  // namespace eyeriss::accelerator
