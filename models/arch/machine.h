#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "models/arch/ideal.h"
#include "models/dram/controller_parameters.h"
#include "noc/parameters.h"

namespace eyeriss::arch {

using noc::cycle_t;

/// What happens when a psum does not fit psum_bits.
enum class overflow_mode : std::uint8_t { wrap, saturate };

/// How feature maps lie in DRAM and travel.
enum class compression : std::uint8_t { csc, raw };

/// `part`: the JEDEC-timed controller with a part of dram_parameters::part.
enum class dram_model : std::uint8_t { ideal, bandwidth, part };

/// Who the accelerator's DMA is on the bus: one initiator that reads and one that writes, or an off-chip port
/// a GLB cluster as in the paper, for both.
enum class memory_ports : std::uint8_t { shared, split };

/// Which of several initiators goes first at a target.
enum class arbitration : std::uint8_t { round_robin, priority, weighted };

/// A PE: SPad sizes are the paper's (JETCAS 9(2), 2019, table of PE components).
struct pe_parameters {
    unsigned macs = 2;   ///< multipliers; weights of one column handled in a cycle
    bool sparse = true;  ///< works on compressed operands and skips zeros; else raw ones, all of them
    unsigned iact_address_entries = 9;     ///< segment ends
    unsigned iact_entries = 16;            ///< 12-bit pairs
    unsigned weight_address_entries = 16;  ///< column ends
    unsigned weight_words = 96;            ///< 24-bit words, two pairs each
    unsigned psum_entries = 32;
    unsigned psum_bits = 20;
    unsigned operand_bits = 8;  ///< width of a raw operand on networks and in SPads; values stay 8-bit
    overflow_mode overflow = overflow_mode::wrap;
    unsigned pipeline_stages = 7;
    unsigned drop_queue_columns =
        2;  ///< columns between weight-address and weight-data stages; hides empty columns
    bool psum_transfer_takes_ports = true;  ///< moving psums in and out stops the MACs (assumption)
    unsigned psum_fifo_windows = 1;     ///< windows of psums that fit between two PEs of a chain (assumption)
    bool weight_double_buffer = false;  ///< load weights of the next pass while computing (assumption: no)
};

/// A GLB cluster (JETCAS): 3 iact banks of 512 x 24 b, 4 psum banks of 384 x 40 b.
struct glb_parameters {
    unsigned iact_bank_words = 512;  ///< 24-bit words
    unsigned psum_bank_words = 384;  ///< 40-bit words, two psums each
    bool ecc = false;                ///< SECDED on each word of the banks (assumption: none)
};

struct control_parameters {
    unsigned config_bits_per_cycle = 32;   ///< rate at which a layer's static configuration is shifted in
    unsigned requant_psums_per_cycle = 2;  ///< a requantiser a psum column (assumption)
    unsigned output_tiles = 2;  ///< passes of finished outputs that wait for DRAM before the array stalls
    bool shared_weight_reads = true;  ///< one DRAM read feeds several weight ports
    compression feature_maps = compression::csc;
};

struct dram_parameters {
    dram_model model = dram_model::ideal;
    std::uint64_t capacity_mib = 1024;
    unsigned limit_mbps = 25600;  ///< MB/s, reads and writes together; used by `bandwidth`
    unsigned latency_ns = 0;      ///< added to each access; `ideal` and `bandwidth`
    memory_ports ports = memory_ports::shared;
    std::string part{};                        ///< name or file; used by dram_model::part
    dram::controller_parameters controller{};  ///< used by dram_model::part
    unsigned dmi_latency_ns = 0;               ///< charged to a load or store of a core by DMI (assumption)
    bool ecc = false;                          ///< SECDED on each 64 bits (assumption: none)
};

/// The interconnect, where requests of several initiators meet (four phases only; b_transport is not held).
struct bus_parameters {
    arbitration order = arbitration::round_robin;
    unsigned outstanding = 64;                           ///< requests of an initiator in flight
    bool reads_first = true;                             ///< with arbitration::priority
    unsigned read_weight = 1, write_weight = 1;          ///< with arbitration::weighted
    unsigned read_limit_mbps = 0, write_limit_mbps = 0;  ///< of an initiator; 0: no regulator
};

/// The accelerator's DMA on a JEDEC-timed DRAM.
struct dma_parameters {
    unsigned outstanding = 32;  ///< bursts in flight a port
    unsigned burst_bytes = 64;  ///< largest burst, a power of two
};

struct core_parameters {
    unsigned clock_mhz = 200;
    unsigned harts = 1;
    unsigned quantum_ns = 10000;
    std::uint64_t sram_kib = 1024;
};

/// A machine: all parameters of the SoC. Default-constructed: Eyeriss v2 as published.
struct machine {
    std::string name = "eyeriss_v2";
    unsigned clock_mhz = 200;
    noc::noc_parameters noc;
    pe_parameters pe;
    glb_parameters glb;
    control_parameters control;
    dram_parameters dram;
    bus_parameters bus;
    dma_parameters dma;
    core_parameters core;
    ideal_limits ideal;  ///< not among parameters()

    /// The GEOMETRY word of registers and images.
    [[nodiscard]] std::uint32_t geometry() const;
    /// Words of the weight port that a tile of so many 24-bit words takes.
    [[nodiscard]] std::uint64_t weight_port_words(std::uint64_t words) const {
        const std::uint64_t bits = words * 3 * pe.operand_bits;
        return (bits + noc.weight_port_bits - 1) / noc.weight_port_bits;
    }
    /// Bits that a psum takes in the GLB: a 16-bit machine keeps 16 of them (A-V1-16BIT).
    [[nodiscard]] unsigned psum_storage_bits() const {
        return pe.operand_bits > 8 ? pe.operand_bits : pe.psum_bits;
    }
    /// All banks together.
    [[nodiscard]] std::uint64_t glb_bits() const {
        return std::uint64_t{noc.clusters()} *
               (std::uint64_t{noc.iact_routers()} * glb.iact_bank_words * 24 +
                std::uint64_t{noc.pe_cols} * glb.psum_bank_words * 2 * psum_storage_bits());
    }
    /// Words of the iact port that a bank can hold. On a bus the banks are one pool, which a layer divides
    /// between iacts and psums (JSSC 2017, section V-A); check() of a mapping holds it to the pool.
    [[nodiscard]] unsigned iact_bank_port_words() const {
        return noc.is_bus() ? static_cast<unsigned>(glb_bits() / noc.iact_port_bits) : glb.iact_bank_words;
    }
    /// Psums that one bank, or on a bus the pool, can hold.
    [[nodiscard]] std::uint64_t psum_bank_psums() const {
        return noc.is_bus() ? glb_bits() / psum_storage_bits() : std::uint64_t{2} * glb.psum_bank_words;
    }
};

/// One parameter as the command line, the machine file and `--list-params` see it.
struct parameter {
    /// Accessors to the parameter's text form in a machine; set throws std::invalid_argument with a sentence
    /// that says what would be right ("expects a whole number from 1 to 64").
    using getter = std::function<std::string(const machine&)>;
    using setter = std::function<void(machine&, std::string_view)>;

    std::string_view key;       ///< dotted, e.g. "pe.psum_bits"
    std::string_view unit;      ///< "bits", "cycles", "" for choices
    std::string range;          ///< "1..64" or "wrap|saturate"
    std::string_view sentence;  ///< what it means, with the source
    getter get;
    setter set;
};

/// Every parameter there is, in a fixed order. The only place where keys are spelt.
const std::vector<parameter>& parameters();

/// Checks that hold across parameters. Returns an empty string, or one line that names keys and what would be
/// right.
std::string check(const machine&);

}  // namespace eyeriss::arch
