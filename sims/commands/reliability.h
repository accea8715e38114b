#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/faults/fault.h"
#include "sims/commands/command.h"
#include "sims/session/simulate.h"

/// Campaigns of seeded faults over a network's run (doc/reliability.md).
namespace eyeriss::sims {

/// How a run with faults ended. `corrected`: check bits did it; `recovered`: the driver reset and went back;
/// both with the right output. `masked`: the right output, and nobody noticed. `reported`: an error with a
/// code that suits the fault; `wrong_code`: with another. `silent`: a wrong output and no error.
enum class fault_outcome : std::uint8_t {
    corrected,
    recovered,
    masked,
    reported,
    wrong_code,
    silent,
    hang,
    crash
};
inline constexpr std::array<std::string_view, 8> fault_outcome_names{
    "corrected", "recovered", "masked", "reported", "wrong code", "silent", "hang", "crash"};

/// Faults of one run, and what they are counted as.
struct fault_scenario {
    std::string family;       ///< row of the table
    bool check_bits = false;  ///< dram.ecc and glb.ecc
    std::vector<faults::fault> faults;
};

/// What scenarios are drawn from.
struct fault_space {
    std::uint32_t image_bytes = 1;      ///< of the network's image in memory
    std::vector<std::uint32_t> layers;  ///< on the accelerator
    std::uint64_t run_ps = 1;           ///< of the run without faults
};

/// Scenario `index` of a campaign; the same for the same seed.
[[nodiscard]] fault_scenario draw_scenario(const fault_space& space, const arch::machine& m,
                                           std::uint64_t seed, std::uint64_t index);
/// True where check bits, checksums, watchdog or driver claim to keep this from going wrong silently.
[[nodiscard]] bool is_covered(const fault_scenario& s);
/// How a run of the scenario ended.
[[nodiscard]] fault_outcome classify(const fault_scenario& s, const network_run& run);

void add_reliability(CLI::App& app, const common_options& common, action& chosen);

}  // namespace eyeriss::sims
