#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/compiler/reference.h"
#include "models/arch/machine.h"
#include "sims/inputs/prepare.h"
#include "sims/results/results.h"
#include "sims/session/simulate.h"

/// What a run would take without one of its limits: how much each of them costs at most (A-WHAT-IF). All runs
/// have the same image, so the same mappings, and the same outputs.
namespace eyeriss::sims {

/// What `--ideal` takes away.
enum class limit : std::uint8_t {
    dram,             ///< memory that answers at once, whoever asks
    noc,              ///< arch::ideal_limits::noc
    glb,              ///< arch::ideal_limits::glb
    firmware,         ///< the core takes no time: the accelerator's layers, back to back
    sparsity_balance  ///< arch::ideal_limits::sparsity_balance
};

/// As `--ideal` and results spell it.
[[nodiscard]] std::string_view to_string(limit which);

/// The limits that `--ideal` names, each once, in their own order; "all-in-turn" is all of them.
/// \throws user_error for any other word.
[[nodiscard]] std::vector<limit> read_limits(std::span<const std::string> words);

/// The machine without a limit; the same machine for `firmware`, which no parameter holds.
[[nodiscard]] arch::machine without(limit which, arch::machine machine);

/// The runs without limits, each in a process of its own, since SystemC elaborates once a process.
class what_if {
public:
    /// Runs them, as many at a time as the host has processors. `request` is the plain run's; nobody watches,
    /// records or breaks these. To be called before anything of SystemC is elaborated.
    what_if(std::span<const limit> limits, const simulation_request& request, const prepared_image& image,
            std::span<const std::uint8_t> input, const compiler::reference_result& reference);

    /// Ctrl-C ended one of them.
    [[nodiscard]] bool interrupted() const;
    /// What summary.json says (doc/results.md) beside the whole plain run.
    [[nodiscard]] nlohmann::ordered_json compare(const run_result& plain, const arch::machine& machine) const;
    /// Empty, or the first run that is not whole and bit-exact.
    [[nodiscard]] std::string error() const;

private:
    struct ideal_run {
        limit without = limit::dram;
        std::uint64_t cycles = 0;           ///< in all
        std::vector<std::uint64_t> layers;  ///< cycles of each
        std::string stopped_by, error;
    };
    std::vector<ideal_run> runs_;
    bool firmware_ = false;
};

/// The same as a table of at most table_columns columns.
[[nodiscard]] std::string what_if_table(const nlohmann::ordered_json& compared);

}  // namespace eyeriss::sims
