#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/reference/array.h"
#include "tests/reference/circuits.h"

namespace eyeriss::reference {

/// A layer: channels per group.
struct layer {
    int groups = 1, batch = 1, m = 1, c = 1, h = 1, w = 1, r = 1, s = 1;
    int stride_h = 1, stride_w = 1;
    int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
    int pad_value = 0;  ///< the input's zero point

    [[nodiscard]] int e() const { return (h + pad_top + pad_bottom - r) / stride_h + 1; }
    [[nodiscard]] int f() const { return (w + pad_left + pad_right - s) / stride_w + 1; }
};

struct spatial {
    int g = 1, n = 1, m = 1, e = 1;
    [[nodiscard]] int product() const { return g * n * m * e; }
};

/// How a layer is cut and spread. A chain of c1 x r1 PEs climbs chain_clusters clusters; groups of that many
/// cluster rows take `vertical`, PE columns of the whole array `horizontal`, both in the order g n e m with m
/// innermost; position q of a chain works on c tile q / r1 and filter row q % r1.
struct mapping {
    int m0 = 1, c0 = 1, s0 = 1, c1 = 1, r1 = 1, chain_clusters = 1;
    spatial vertical, horizontal;
    std::string order = "gnemcrs";  ///< loops over passes, outermost first
    bool raw_weights = false, raw_iacts = false;
    bool whole_banks = false;       ///< an iact load fills both halves
    bool multicast_iacts = true;    ///< clusters that need the same streams get them from one of them
    bool multicast_weights = true;  ///< likewise for the clusters of a row and their weights
};

struct machine {
    std::size_t rows = 8, cols = 2, pe_rows = 3, pe_cols = 4;
    cycle hop = 1;
    cycle configuration = 0;
    std::size_t psum_fifo_windows = 1;  ///< that fit between two PEs of a chain
    std::size_t output_passes = 2;      ///< whose finished outputs may wait for DRAM
    pe_parameters pe;
    [[nodiscard]] std::size_t pes() const { return rows * cols * pe_rows * pe_cols; }
};

/// Dense operands: iacts [batch][groups*c][h][w], weights [groups*m][c][r][s].
struct operands {
    std::vector<int> iacts, weights;
};

/// An output tile of the array: M0 channels of an output row.
struct output_tile {
    int g = 0, n = 0, first_m = 0, rows = 0, e = 0;
};

struct planned {
    program what;
    std::vector<output_tile> tiles;
};

/// The circuits of a layer: clusters that need the same streams, and clusters of a row that need the same
/// tiles, get them from the first of them. Throws std::invalid_argument where circuits meet.
mesh_setup routes(const layer&, const mapping&, const machine&);

/// What mapping and circuits make every part of the array do. Throws std::invalid_argument for a chain that
/// cannot add to a bank.
planned plan(const layer&, const mapping&, const machine&, const operands&, const mesh_setup&);
/// The same on routes().
planned plan(const layer&, const mapping&, const machine&, const operands&);

/// Output psums [batch][groups*m][e][f] from a run's finished tiles.
std::vector<std::int64_t> outputs(const layer&, const planned&, const run_result&);

}  // namespace eyeriss::reference
