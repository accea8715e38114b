#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "models/arch/layer.h"
#include "models/arch/machine.h"
#include "sims/support/scratch_folder.h"

/// The simulations behind the figures: each one a run of this very program in a process of its own.
namespace eyeriss::sims::validate {

/// What identifies a run of a network.
struct run_key {
    std::string network;
    std::string machine = "eyeriss_v2";
    std::vector<std::string> settings;  ///< key=value, as --set takes them
    bool pinned = false;  ///< with the mappings that the machine has without the settings; else searched
    auto operator<=>(const run_key&) const = default;
    /// "sparse-alexnet on eyeriss_v2 with dram.model=bandwidth".
    [[nodiscard]] std::string text() const;
};

/// What a run said of one layer on the accelerator.
struct layer_facts {
    std::string name, type;
    arch::layer_shape shape;
    unsigned m0 = 1;        ///< output channels of a PE tile
    double active_pes = 1;  ///< share of the PE-cycles of PEs that the mapping gives work
    std::uint64_t cycles = 0, macs_nominal = 0, macs_effectual = 0;
    std::uint64_t dram_read_bytes = 0, dram_write_bytes = 0;
    std::map<std::string, std::uint64_t> pe_cycles;  ///< by cause
};

/// What a run said.
struct run_facts {
    run_key key;
    bool bit_exact = false;
    std::uint64_t cycles = 0;  ///< cycles_accelerator
    std::uint64_t dram_bytes = 0;
    std::vector<layer_facts> layers;  ///< those on the accelerator
    nlohmann::json summary;           ///< all of it, as summary.json has it

    [[nodiscard]] std::uint64_t effectual() const;
    [[nodiscard]] std::uint64_t nominal() const;
    /// Off-chip bytes of the layers of one type ("CONV", "DW", "FC").
    [[nodiscard]] std::uint64_t dram_bytes_of(const std::string& type) const;
    /// Share of the PE-cycles of PEs that have work in the mapping.
    [[nodiscard]] double active_pes() const;
};

/// A shape as summary.json words it ("G1 N1 M16 C3 ..."). \throws std::runtime_error for other words
[[nodiscard]] arch::layer_shape parse_shape(const std::string& words);

/// A summary as `run --json` prints it.
[[nodiscard]] run_facts read_summary(const run_key&, const nlohmann::json& summary);

/// Runs by key; each is simulated once, several at a time.
class run_set {
public:
    /// `cache` is the folder of generated networks and images, `workers` the number of processes at a time.
    run_set(std::string cache, unsigned workers, bool progress)
        : cache_(std::move(cache)), workers_(workers), progress_(progress) {}

    /// Simulates those of the keys that are not there yet.
    /// \throws std::runtime_error naming the run where one fails or is not bit-exact.
    void fetch(std::span<const run_key> keys);
    /// The run, simulated now where it is not there yet.
    [[nodiscard]] const run_facts& get(const run_key&);
    /// The machine of a key.
    [[nodiscard]] static arch::machine machine_of(const run_key&);
    [[nodiscard]] const std::string& cache_folder() const { return cache_; }
    /// A folder that lives as long as the set.
    [[nodiscard]] const std::filesystem::path& scratch() const { return scratch_.path(); }
    [[nodiscard]] unsigned workers() const { return workers_; }

private:
    void fetch_all(std::span<const run_key> keys);
    [[nodiscard]] std::filesystem::path results_of(const run_key&) const;
    [[nodiscard]] run_facts simulate(const run_key&) const;

    std::string cache_;
    unsigned workers_;
    bool progress_;
    scratch_folder scratch_;
    std::map<run_key, run_facts> done_;
};

}  // namespace eyeriss::sims::validate
