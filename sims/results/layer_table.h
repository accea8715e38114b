#pragma once

#include <string>

#include "sims/results/results.h"

namespace eyeriss::sims {

/// The widest line that the program prints.
inline constexpr unsigned table_columns = 100;

/// A table with a line a layer and the totals, no line wider than table_columns. Cycles, utilisation and
/// times appear in timed runs only.
[[nodiscard]] std::string layer_table(const run_result&, const arch::machine&);

}  // namespace eyeriss::sims
