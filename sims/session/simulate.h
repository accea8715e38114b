#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/compiler/reference.h"
#include "models/arch/machine.h"
#include "platform/soc.h"
#include "sims/inputs/prepare.h"
#include "sims/results/results.h"
#include "sims/session/cpu_watch.h"
#include "sims/session/fault_options.h"
#include "sims/session/outer_world.h"
#include "sims/session/run_watcher.h"
#include "sims/trace/run_trace.h"

/// Running images and firmware on the SoC. A process elaborates one SoC and no second.
namespace eyeriss::sims {

/// When a simulation ends at the latest.
struct run_limits {
    std::optional<std::uint64_t> time_ps;
    std::optional<std::uint64_t> instructions;
};

/// The same for the platform, with Ctrl-C as the interruption (sims/interrupt.h).
[[nodiscard]] platform::run_limits to_platform(const run_limits&);

/// "firmware", "max-time", "max-instructions", "interrupt", "idle" or "error", as results name it.
[[nodiscard]] std::string to_string(platform::stop_reason);

/// What a network's run leaves.
struct network_run {
    run_result result;
    std::string uart;                  ///< what the firmware said
    std::string mappings;              ///< mappings.yaml of the results
    std::vector<std::uint8_t> output;  ///< of the network, NCHW; empty when the run was incomplete
    compiler::dtype output_type = compiler::dtype::u8;
    std::vector<std::size_t> output_shape;
    bool output_exact = false;          ///< the network's output equals the reference
    std::uint64_t corrected_words = 0;  ///< by check bits of DRAM and GLB, since the accelerator's last reset
    std::size_t faults_struck = 0;
    std::uint64_t opened_ps = 0;  ///< when the driver marked its first layer
    std::uint64_t ended_ps = 0;   ///< when it marked that there is none any more
};

/// How a network is run.
struct simulation_request {
    arch::machine machine;
    bool timed = true;
    run_limits limits;
    bool progress = false;  ///< a progress_line on standard error
    std::vector<std::shared_ptr<run_watcher>> watchers = {};
    std::optional<platform::timed_dram> dram = std::nullopt;  ///< in place of the machine's dram.model
    std::string record_dram{};               ///< trace file of the requests to DRAM; empty: none
    std::string record_noc{};                ///< trace file of what the networks carry; empty: none
    std::string uart{};                      ///< as open_host_uart takes it; empty: firmware has no terminal
    std::string log{};                       ///< what --log says
    cpu_watch_options watch = {};            ///< what is to be seen of the core
    outer_world_options world = {};          ///< debugger, semihosting, recording
    std::vector<faults::fault> faults = {};  ///< what is to break
    bool checked = false;                    ///< firmware with every check that the driver has
    /// Name of the firmware that runs the network.
    [[nodiscard]] std::string_view firmware() const {
        return checked ? "run_network_checked" : "run_network";
    }
    run_trace* trace = nullptr;  ///< listens to a timed run; may be null
};

/// Runs a network's image with firmware run_network and compares each layer's output, read from the simulated
/// DRAM, with the reference. Never throws for what the guest does: result.error says it.
/// \throws user_error when image and input do not fit the machine's DRAM or firmware is missing.
[[nodiscard]] network_run simulate_network(const simulation_request&, const prepared_image&,
                                           std::span<const std::uint8_t> input,
                                           const compiler::reference_result&);

}  // namespace eyeriss::sims
