#pragma once

#include <array>
#include <span>

#include "models/arch/layer.h"

/// Analytical throughput of large arrays, as in the scaling study of Eyeriss v2 over v1: Eyexam's bounds 1 to
/// 6 of dense layers on PEs of one MAC, without off-chip limit. Nothing is simulated.
namespace eyeriss::arch {

/// What lies on the axes of an array. The study says "row-stationary" of v1 and no more; what v2's
/// row-stationary plus adds to it is published (JETCAS 9(2), 2019, section III): g and n in space, several
/// dimensions on an axis, one dimension on both.
enum class study_dataflow : unsigned char {
    plus,  ///< v2: every dimension but the reductions fits either axis
    rows,  ///< v1 by what v2 adds: one dimension an axis; filter rows on rows, and output rows or filters on
           ///< columns
    any_one,  ///< the same, but rows may hold channels or filters in the place of filter rows
    sets      ///< v1 as the chip does it: filter rows by output rows make a set, sets spread g, m and c
};

/// An array and how many values of 8 bits (psums: psums each way) its networks bring in a cycle.
struct study_array {
    unsigned rows = 16, columns = 16;
    double iacts_per_cycle = 0, weights_per_cycle = 0, psums_per_cycle = 0;
    study_dataflow dataflow = study_dataflow::plus;  ///< plus: hierarchical mesh; else broadcast buses
    [[nodiscard]] double pes() const { return double(rows) * columns; }
};

/// Eyeriss v2 with so many rows and columns of clusters of 4 x 4 PEs. A cluster has four iact and four weight
/// ports of three values a cycle and four psum ports of two.
[[nodiscard]] study_array mesh_array(unsigned cluster_rows, unsigned cluster_columns);

/// Eyeriss v1: a bus each for iacts, weights, psums in and psums out serves the whole array, each of
/// `values_per_cycle`, whatever the array's size.
[[nodiscard]] study_array bus_array(unsigned rows, unsigned columns, double values_per_cycle,
                                    study_dataflow dataflow = study_dataflow::rows);

/// Bounds 1 to 6 of a dense layer in MAC/cycle, in the order of eyexam_bound.
///
/// Mesh: data that is needed in several places is multicast and crosses once. Buses: filters that leave the
/// array are read again for the next output rows, iacts once for each group of filters, psums return where a
/// reduction takes several passes. The best mapping that the dataflow allows counts; PEs hold 12 iacts, 224
/// weights, 16 psums (JSSC 52(1), 2017).
[[nodiscard]] std::array<double, 6> study_bounds(const layer_shape& layer, const study_array& array);

/// Cycles of a network at bound 6.
[[nodiscard]] double study_cycles(std::span<const layer_shape> layers, const study_array& array);

/// Bus width at which the mesh is `ratio` times as fast as buses of the same PEs on these layers: the one
/// figure that the study is fitted on. \throws std::invalid_argument when no width between 1/16 and 64 is.
[[nodiscard]] double fit_bus_width(std::span<const layer_shape> layers, const study_array& mesh, double ratio,
                                   study_dataflow dataflow = study_dataflow::rows);

}  // namespace eyeriss::arch
