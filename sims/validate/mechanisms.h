#pragma once

#include <string>

#include "sims/validate/run_set.h"

/// Where the time of a run went, in words; every number is the run's own.
namespace eyeriss::sims::validate {

/// A cause of the ledger in words, e.g. "psums moving through the SPad's ports".
[[nodiscard]] std::string cause_text(const std::string& cause);

/// Share of the PE-cycles in which a lane works (on two products, one, or a stored zero).
[[nodiscard]] double working_share(const run_facts&);

/// "lanes work in 57 % of the PE-cycles; lost to psums moving ... 14 %, ... and ... 5 %": the `count` largest
/// causes of loss.
[[nodiscard]] std::string losses_text(const run_facts&, std::size_t count = 4);

/// The `count` largest causes of loss in cycles of the whole array (PE-cycles over `pes`): "psums moving ...
/// 136,000, ...".
[[nodiscard]] std::string loss_cycles_text(const run_facts&, unsigned pes, std::size_t count = 4);

/// The largest cause of loss of a layer with its share, "psums moving ... 14 %".
[[nodiscard]] std::string largest_loss(const layer_facts&);

}  // namespace eyeriss::sims::validate
