#pragma once

#include <string>

#include "sims/results/results.h"
#include "sims/support/terminal.h"

namespace eyeriss::sims {

/// The widest line that the program prints.
inline constexpr unsigned table_columns = 100;

/// A table with a line a layer and the totals, no line wider than table_columns. Cycles, utilisation and
/// times appear in timed runs only. Styles take no column: the head is bold, a layer or verdict that is wrong
/// bad, one that is right good.
[[nodiscard]] std::string layer_table(const run_result&, const arch::machine&,
                                      const text_styles& styles = {});

}  // namespace eyeriss::sims
