#pragma once

#include "models/energy/actions.h"
#include "models/pe/operands.h"

/// Actions inside a PE, from the positions of the zeros (doc/assumptions.md, A-ENERGY-GATE, A-ENERGY-LOOKUP).
namespace eyeriss::energy {

/// A row of windows as a PE works through it.
struct row_of_windows {
    unsigned windows = 0;  ///< F
    unsigned step = 0;     ///< iacts between windows, C0*U
    unsigned columns = 0;  ///< C0*S0
    unsigned rows = 0;     ///< M0
    bool weights_raw = false;
};

/// Counts a row's work: SPad reads, products and psum accesses, and the fills of the iact SPads.
///
/// A non-zero iact reads its weight column: two column ends where weights are compressed (A-ENERGY-LOOKUP),
/// then the column's words; each weight that is stored is a MAC, a read and a write of the psum SPad. Pads
/// gate their lane. A zero iact in raw form is read, takes its turn and gates everything behind it
/// (A-ENERGY-GATE). A window's psums are read out once and set to zero once. `sums` is the operands' sum_row.
void count_row(const pe::iact_operands& iacts, const pe::weight_operands& weights, const pe::row_sums& sums,
               const row_of_windows& row, action_counts& out);

/// Counts a weight tile that enters a PE's SPads: a word for two stored weights, an end a column when
/// compressed.
void count_weight_fill(const pe::weight_operands& weights, bool raw, action_counts& out);

}  // namespace eyeriss::energy
