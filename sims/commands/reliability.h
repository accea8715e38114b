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
/// both with the right output. `masked`: the right output, and nobody noticed. `reported`: an error. In the
/// last two of these what was reported must be what the fault's claim allows; else it is `wrong_code`.
/// `silent`: a wrong output and no error.
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

/// What watches over memory: nothing but the checksums of the image; firmware with every check that the
/// driver has (run_network_checked); SECDED in DRAM and GLB (dram.ecc, glb.ecc).
enum class protection : std::uint8_t { none, checksums, check_bits };
inline constexpr std::array<std::string_view, 3> protection_names{"none", "checksums", "check bits"};

/// Whether silent corruption counts as a failure: never, where it strikes before the run or after its start,
/// or always.
enum class coverage : std::uint8_t { no, before_run, from_start, always };
inline constexpr std::array<std::string_view, 4> coverage_names{"no", "struck before the run",
                                                                "struck after its start", "yes"};

/// What a family of faults may end in under a protection: the only reports that count as right ("code 7" of
/// the accelerator, a driver's result by its name, "trap 5" of the core; a last * stands for any end), and
/// when it is covered. No report at all: it must be corrected or masked.
struct fault_claim {
    std::string_view family;
    protection with = protection::none;
    coverage covered = coverage::always;
    std::vector<std::string_view> reports;
};
/// Of every family under every protection, in the table's order.
[[nodiscard]] const std::vector<fault_claim>& fault_claims();
/// The claim's reports as text: numbers of codes joined where they follow each other.
[[nodiscard]] std::string reports_text(const fault_claim& claim);

/// Faults of one run.
struct fault_scenario {
    std::size_t claim = 0;  ///< index into fault_claims()
    bool covered = false;   ///< by its claim, at the time when it strikes
    std::vector<faults::fault> faults;

    [[nodiscard]] const fault_claim& claimed() const { return fault_claims().at(claim); }
};

/// A range of bytes of the image.
struct image_range {
    std::uint32_t begin = 0, end = 0;
};

/// Times of a run without faults.
struct run_moments {
    std::uint64_t opened_ps = 0;  ///< the driver marks its first layer
    std::uint64_t ended_ps = 0;   ///< it marks that there is none any more
    std::uint64_t instructions = 0;
};

/// What scenarios are drawn from.
struct fault_space {
    std::uint32_t payload_begin = 0, payload_end = 0;  ///< weights and requantisers; tables are before them
    std::vector<image_range> maps;
    std::vector<std::uint32_t> layers;  ///< on the accelerator
    run_moments plain, checked;         ///< of run_network, of run_network_checked

    [[nodiscard]] const run_moments& moments(protection p) const {
        return p == protection::checksums ? checked : plain;
    }
};

/// Claim of scenario `index` of a campaign: they take turns.
[[nodiscard]] inline std::size_t claim_of_scenario(std::uint64_t index) {
    return index % fault_claims().size();
}
/// Scenario `index` of a campaign; the same for the same seed.
[[nodiscard]] fault_scenario draw_scenario(const fault_space& space, const arch::machine& m,
                                           std::uint64_t seed, std::uint64_t index);

/// How a scenario ended, and what firmware or the driver said: the last error, else the last recovery.
struct fault_verdict {
    fault_outcome outcome = fault_outcome::crash;
    std::string report;  ///< as in fault_claim::reports; empty: nothing was said
};
[[nodiscard]] fault_verdict classify(const fault_scenario& s, const network_run& run);
/// True for a verdict that fails a campaign.
[[nodiscard]] bool is_failure(const fault_scenario& s, const fault_verdict& v);

/// What firmware said on the UART in the words of fault_claim::reports.
struct firmware_reports {
    std::string error;                   ///< empty: none
    std::vector<std::string> recovered;  ///< what the driver went back for
};
[[nodiscard]] firmware_reports read_reports(std::string_view uart);

/// Counts of a campaign by claim and outcome.
using outcome_counts = std::vector<std::array<std::uint64_t, fault_outcome_names.size()>>;
/// The results as a section of doc/reliability.md: claims, and rows that have scenarios.
[[nodiscard]] std::string campaign_markdown(const std::string& command, const outcome_counts& counts);

void add_reliability(CLI::App& app, const common_options& common, action& chosen);

}  // namespace eyeriss::sims
