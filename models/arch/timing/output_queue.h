#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "models/arch/timing/ledger.h"

namespace eyeriss::arch::timing {

/// Finished outputs on their way to DRAM: those of `waiting` passes may wait beside the pass that is leaving
/// the array; further ones cannot leave their chains (assumption A-OUTPUT-QUEUE). Passes leave in order.
class output_queue {
public:
    explicit output_queue(unsigned waiting) : waiting_(waiting) {}

    void begin_layer() { gone_.clear(); }
    /// Up to this cycle the outputs of the layer's finishing pass number `pass` (from 0) cannot leave; 0 when
    /// they always could. Passes up to pass - 1 - waiting must have left.
    [[nodiscard]] cycle_t blocked(std::size_t pass) const {
        return pass > waiting_ ? gone_[pass - 1 - waiting_] : 0;
    }
    /// The next pass's outputs have gone in this cycle, or later if those before it have.
    void leave(cycle_t cycle) { gone_.push_back(gone_.empty() ? cycle : std::max(cycle, gone_.back())); }
    [[nodiscard]] std::size_t left() const { return gone_.size(); }

private:
    unsigned waiting_;
    std::vector<cycle_t> gone_;  ///< by finishing pass
};

}  // namespace eyeriss::arch::timing
