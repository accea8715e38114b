#pragma once

#include <string>

#include "tests/models/accelerator/layer_bench.h"
#include "tests/reference/layer_case.h"

namespace eyeriss::reference {

/// What the accelerator said of a case, in the reference's terms; PEs and ports in the accelerator's order
/// (PE rows from the top).
struct model_layer {
    std::string error;  ///< empty when the layer ran
    cycle total = 0;
    std::size_t configuration_bits = 0;
    std::vector<ledger> pes;
    std::vector<port_counts> banks, iacts, weights, psums_in, psums_out;
    std::vector<std::int64_t> outputs;
};
[[nodiscard]] model_layer run_on_model(test::layer_bench&, const layer_case&, const arch::machine&);

/// Entries that the reference counts by rows from the bottom of each cluster, `width` a row, in the
/// accelerator's order, from the top.
template <class Entry>
[[nodiscard]] std::vector<Entry> from_the_top(const std::vector<Entry>& entries, std::size_t rows,
                                              std::size_t width) {
    std::vector<Entry> turned;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::size_t row = i / width % rows, first = i / (width * rows) * width * rows;
        turned.push_back(entries[first + (rows - 1 - row) * width + i % width]);
    }
    return turned;
}

/// The kinds in which model and reference can differ, the gravest first.
enum class difference : std::uint8_t { none, failure, values, total, ledgers, ports };

struct comparison {
    difference kind = difference::none;
    std::string text;  ///< one line for each thing that differs
};
/// Runs a case on both. Cycles, counts and values must be equal; nothing is tolerated.
[[nodiscard]] comparison compare(test::layer_bench&, const layer_case&, const arch::machine&);

/// The smallest case of the same kind of difference that cutting leads to.
[[nodiscard]] layer_case shrink(test::layer_bench&, layer_case, difference kind, const arch::machine&);

}  // namespace eyeriss::reference
