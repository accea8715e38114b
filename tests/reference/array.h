#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tests/reference/pe.h"

namespace eyeriss::reference {

/// A PE that a port's circuit reaches, and the mesh links on the way.
struct destination {
    std::size_t pe = 0;
    cycle hops = 0;
};

/// A segment on its way from a GLB bank.
struct segment_delivery {
    std::size_t pass = 0;
    iact_segment segment;
    std::vector<destination> to;
};

/// An iact bank and its router's port. A load is what one filling of a half of the bank holds.
struct iact_port_program {
    std::vector<segment_delivery> deliveries;
    std::vector<std::size_t> load_of_pass;  ///< rising; several passes may read the same load
    std::vector<cycle> load_words;          ///< filled at a word a cycle; 0: there from the beginning
    std::size_t halves = 2;                 ///< 1: the whole bank is filled at once
};

/// A weight tile on its way from the off-chip port.
struct tile_delivery {
    std::size_t pass = 0;
    cycle words = 0;
    std::vector<destination> to;
};

/// A psum link; the last of a chain has no PE above.
struct link_program {
    std::size_t capacity_words = 1;
    cycle hops = 0;
    std::vector<link_turn> turns = {};  ///< of PEs that write it; empty: it has one writer
};
inline constexpr std::size_t no_link = ~std::size_t{0};
inline constexpr std::size_t no_port = ~std::size_t{0};

struct job_program {
    pe_job job;  ///< without its links
    std::size_t below = no_link, above = no_link;
    std::size_t iact_port = no_port;
};

/// What a chain does in a pass with the psums of an output tile.
struct chain_pass {
    std::size_t pass = 0;
    std::size_t tile = 0;
    std::size_t words = 0;
    std::size_t round = 0;  ///< passes that have added to the tile before; 0: the chain starts from zeros
    bool finishes = false;  ///< the psums leave the array
};

/// A reduction chain between its psum bank (or the requantiser) at both ends.
struct chain_program {
    std::size_t feed = no_link, sink = no_link;
    std::size_t in_port = 0, out_port = 0;  ///< routers at its ends, counted over the array
    std::vector<chain_pass> passes;
};

/// Everything that a layer's configuration, loaders and operands make the array do.
struct program {
    pe_parameters pe;
    cycle configuration = 0;
    std::vector<std::vector<job_program>> jobs;  ///< by PE
    std::vector<link_program> links;
    std::vector<iact_port_program> iact_ports;
    std::vector<std::vector<tile_delivery>> weight_ports;
    std::vector<chain_program> chains;
    std::size_t tiles = 0;
    std::size_t output_passes = 2;  ///< whose finished outputs may wait for DRAM
};

struct run_result {
    cycle total = 0;                                 ///< the last finished psum leaves in this cycle
    std::vector<std::vector<window_times>> windows;  ///< by PE
    std::vector<ledger> ledgers;                     ///< by PE
    std::vector<port_counts> banks, iacts, weights;  ///< by bank (its fill), by bank's router, by weight port
    std::vector<port_counts> psums_in, psums_out;    ///< by chain
    std::vector<std::vector<std::int64_t>> finished;  ///< by tile: its psums, windows padded to whole words
};

/// Steps the array from reset to the last psum. `order`: in which order PEs are stepped within a cycle, ports
/// and chains then from the last to the first; it changes nothing, since they see each other's registers only
/// (empty: all by number). Throws std::runtime_error naming the first PE that is not done when the array does
/// not come to an end.
run_result run(const program&, std::span<const std::size_t> order = {});

}  // namespace eyeriss::reference
