#pragma once

#include <random>
#include <vector>

#include "models/arch/timing/array_timing.h"
#include "models/pe/operands.h"

namespace eyeriss::test {

/// A small array at work: chains of PEs side by side, each chain position with a row of iacts that all
/// columns share, several passes that add to what banks keep. Everything is drawn at random: zeros, columns,
/// windows, who loads weights, who has work, who takes iacts without any; remainders of input channels at
/// some positions and of output channels in some columns; whether the same PEs work in all passes.
class random_array {
public:
    explicit random_array(std::mt19937_64& random);

    /// The machine's mesh is one cluster of chain x columns PEs.
    [[nodiscard]] const arch::machine& machine() const { return machine_; }
    /// The mapping's M0, of which a tile may have less.
    [[nodiscard]] unsigned layer_rows() const { return layer_rows_; }
    [[nodiscard]] std::size_t passes() const { return passes_.size(); }
    /// A pass; it points into this object.
    [[nodiscard]] arch::timing::pass pass(std::size_t i) const;

private:
    struct operands {
        std::vector<pe::iact_operands> rows;       ///< by chain position
        std::vector<pe::weight_operands> weights;  ///< by PE
        std::vector<unsigned> words;               ///< of each weight tile
        std::vector<bool> works;                   ///< PEs with work
        std::vector<bool> takes;                   ///< PEs that take iacts; all that have work do
        std::vector<unsigned> latency;             ///< of psums into each PE
    };
    [[nodiscard]] std::uint32_t pe_at(unsigned position, unsigned column) const {
        return position * machine_.noc.pe_cols + column;
    }
    operands draw_operands(std::mt19937_64& random) const;
    [[nodiscard]] unsigned rows_of(unsigned column) const { return column < whole_columns_ ? rows_ : rest_; }

    arch::machine machine_;
    unsigned rows_ = 1, rest_ = 1, whole_columns_ = 0, layer_rows_ = 1, windows_ = 1, window_segments_ = 1;
    std::vector<unsigned> segment_values_;  ///< by chain position
    unsigned idle_percent_ = 0;
    bool raw_ = false;
    std::vector<operands> passes_;
    std::vector<std::vector<noc::cycle_t>> filled_;
    std::vector<noc::cycle_t> blocked_;
};

}  // namespace eyeriss::test
