#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "models/accelerator/report.h"
#include "models/arch/eyexam.h"
#include "models/energy/table.h"
#include "platform/access_watch.h"
#include "platform/machine_file.h"
#include "sims/results/results_eyexam.h"

/// What a run leaves behind, as data; doc/results.md documents each key of its files.
namespace eyeriss::sims {

/// Names of the modes of the three networks in one layer.
struct noc_modes {
    std::string iact, weight, psum;
};

/// Simulated times of a layer; absent in functional timing.
struct layer_times {
    arch::cycle_t cycles = 0;  ///< of the array's clock; for a host layer, the core's time in these cycles
    double start_seconds = 0, end_seconds = 0;
    accelerator::ledger pe_cycles{};  ///< all 0 for a host layer
};

/// One layer of the network, on the accelerator or on the core.
struct layer_result {
    std::string name;
    std::string type;   ///< CONV, DW, FC, or the host operation: max_pool, add, ...
    std::string shape;  ///< "G1 N1 M64 C3 H227 ...", or the output's NCHW for host layers
    std::string mapping;
    noc_modes modes;
    bool on_accelerator = false;
    bool done = false;
    std::optional<bool> bit_exact;  ///< absent when not compared
    /// Shares of values of the layer's input that are not zero, in this run and on the input that the mapping
    /// was chosen on; absent where it is not known.
    std::optional<double> iact_density, calibration_iact_density;
    std::uint64_t passes = 0;
    double active_pes = 0;  ///< share of the PEs that the mapping uses
    std::uint64_t macs_nominal = 0, macs_effectual = 0;
    std::uint64_t psum_overflows = 0;
    std::uint64_t dram_read_bytes = 0, dram_write_bytes = 0;
    std::uint64_t glb_read_bytes = 0, glb_write_bytes = 0;
    std::uint64_t noc_iact_bytes = 0, noc_weight_bytes = 0, noc_psum_bytes = 0;
    std::uint64_t spad_read_bytes = 0, spad_write_bytes = 0;
    std::uint64_t config_bits = 0;
    accelerator::link_summary iact_links, weight_links, psum_links;  ///< when timed
    energy::action_counts actions;
    std::optional<layer_times> times;
    std::optional<arch::eyexam_bounds> eyexam;  ///< of accelerator layers in timed runs
};

/// Copies what the accelerator told of a layer.
void fill(layer_result&, const accelerator::layer_report&, const arch::machine&,
          const std::optional<memory_peak>& peak = std::nullopt);

/// What differs between hosts and runs.
struct host_figures {
    double wall_seconds = 0;     ///< of the simulation
    double cpu_seconds = 0;      ///< of the simulation
    double prepare_seconds = 0;  ///< import, compile, elaborate, load
    double check_seconds = 0;    ///< reference and comparison
};

/// A whole run.
struct run_result {
    std::string network;
    std::string timing;  ///< "timed" or "functional"
    bool complete = false;
    std::string stopped_by;  ///< "firmware", "interrupt", "max-time", "max-instructions", "idle" or "error"
    std::string error;       ///< empty, or why the guest gave up
    std::uint32_t guest_exit_code = 0;
    std::uint64_t instructions = 0;
    double simulated_seconds = 0;
    std::string mapping_cost = "cycles";  ///< image_notes::cost
    std::vector<layer_result> layers;
    std::shared_ptr<const nlohmann::ordered_json> memory;   ///< what memory_json tells; may be null
    std::shared_ptr<const nlohmann::ordered_json> what_if;  ///< what what_if::compare tells; may be null
    std::vector<std::string> notes;                         ///< remarks of importer and compiler
    std::vector<platform::refused_access> refused;          ///< register accesses that were not taken
    host_figures host;
    /// What actions take on this machine. Energies are given where it is known and the run is timed: without
    /// cycles there is no clock energy.
    std::optional<energy::energy_table> energy_table;

    /// True when the run is whole and every compared tensor was equal; false when one was not; nothing for an
    /// incomplete run without a difference.
    [[nodiscard]] std::optional<bool> bit_exact() const;
    /// Sum over accelerator layers.
    [[nodiscard]] arch::cycle_t cycles_accelerator() const;
    /// Sum over accelerator layers.
    [[nodiscard]] energy::action_counts actions() const;
    /// Energy of a sum of actions, or nothing for an untimed run or one without a table.
    [[nodiscard]] std::optional<energy::layer_energy> energy_of(const energy::action_counts&) const;
};

/// A file that went into a run.
struct input_file {
    /// "network", "image", "input", "machine", "firmware", "mapping", "iact", "weight" or "bias"
    std::string role;
    std::string name;    ///< path as given, or "generated:NAME"
    std::string sha256;  ///< of its bytes
};

/// How a run was asked for.
struct provenance {
    std::vector<std::string> command_line;
    std::vector<input_file> inputs;
    std::optional<std::uint64_t> seed;  ///< of a generated network
};

/// The three files' contents. A cycle figure appears only in timed runs.
[[nodiscard]] nlohmann::ordered_json summary_json(const run_result&, const arch::machine&);
[[nodiscard]] std::string layers_csv(const run_result&, const arch::machine&);
[[nodiscard]] nlohmann::ordered_json manifest_json(const run_result&, const platform::configuration&,
                                                   const provenance&);

}  // namespace eyeriss::sims
