#pragma once

namespace eyeriss::arch {

/// Limits of a machine that are taken away, one or more, to see what they cost: `run --ideal`
/// (assumption A-WHAT-IF). No parameters of a machine, since no machine can be built so; outputs stay the
/// same.
struct ideal_limits {
    /// Any number of words crosses a port in one cycle, no stream waits for another at a port, and ways on
    /// the networks take no time beyond that cycle.
    bool noc = false;
    /// Iact banks take a load in the cycle after it has arrived, however much it is and whatever they hold.
    bool glb = false;
    /// In each window of a pass every PE with work has the average of their work.
    bool sparsity_balance = false;
};

}  // namespace eyeriss::arch
