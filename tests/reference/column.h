#pragma once

#include <span>
#include <vector>

#include "tests/reference/array.h"

namespace eyeriss::reference {

/// A PE's work in dense operands.
struct pe_work {
    int rows = 1;              ///< M0
    std::vector<int> weights;  ///< rows x columns, row by row; columns = C0 x S0, ordered s*C0 + c
    std::vector<int> iacts;    ///< segments back to back, each segment_values long
    int segment_values = 1;    ///< C0 x U
    int window_segments = 1;   ///< ceil(S0 / U)
    bool raw_weights = false, raw_iacts = false;

    [[nodiscard]] int columns() const { return static_cast<int>(weights.size()) / rows; }
    [[nodiscard]] int segments() const { return static_cast<int>(iacts.size()) / segment_values; }
    [[nodiscard]] int windows() const { return segments() - window_segments + 1; }
};

/// One pass of PEs without an array around them: a chain from the first (bottom) to the last, each with an
/// iact and a weight port of its own; no configuration, iacts and weights are there from cycle 1 on.
program chain_of(std::span<const pe_work> works, const pe_parameters& = {});
/// PEs side by side, each with a weight port of its own, that share the iacts of the first.
program multicast_to(std::span<const pe_work> works, const pe_parameters& = {});
/// The psums of all windows of a chain, window after window, in plain loops on the dense operands.
std::vector<std::int64_t> plain_psums(std::span<const pe_work> chain);

}  // namespace eyeriss::reference
