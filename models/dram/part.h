#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// DRAM parts as plain data: what a standard's data sheet says, without any behaviour. Part files (YAML) fill
/// it, see platform/part_file.h.
namespace eyeriss::dram {

/// Clocks of the DRAM's command clock (tCK), from 0.
using clock_count = std::int64_t;

enum class dram_standard : std::uint8_t { ddr3, ddr4, lpddr4 };

/// One rank of one channel as the controller sees it: devices side by side share commands and rows.
struct part_geometry {
    unsigned channel_bits = 64;  ///< width of the data bus
    unsigned device_bits = 8;    ///< data pins of a device
    unsigned bank_groups = 1;
    unsigned banks_per_group = 8;
    unsigned rows = 0;     ///< a bank
    unsigned columns = 0;  ///< a row, each channel_bits wide
    unsigned burst_length = 8;

    [[nodiscard]] unsigned devices() const { return channel_bits / device_bits; }
    [[nodiscard]] unsigned banks() const { return bank_groups * banks_per_group; }
    [[nodiscard]] unsigned burst_bytes() const { return channel_bits / 8 * burst_length; }
    [[nodiscard]] unsigned bursts_per_row() const { return columns / burst_length; }
    [[nodiscard]] std::uint64_t rank_bytes() const {
        return std::uint64_t{channel_bits} / 8 * columns * rows * banks();
    }
};

/// Timings in clocks under the standards' names, lower case; those that a standard lacks equal their plain
/// brother (ccd_l = ccd_s, rp_ab = rp, ...).
struct part_timings {
    clock_count cl = 0, cwl = 0;  ///< read and write latency, command to first data
    clock_count dqsck = 0;        ///< LPDDR4: strobe delay after CL
    clock_count dqss = 0;         ///< LPDDR4: strobe delay after CWL
    clock_count rcd = 0, rp = 0, rp_ab = 0, ras = 0, rc = 0, rc_ab = 0;
    clock_count rrd_s = 0, rrd_l = 0, faw = 0;
    clock_count ccd_s = 0, ccd_l = 0, ccd_masked = 0;
    clock_count wr = 0, wtr_s = 0, wtr_l = 0, rtp = 0;
    clock_count rtrs = 0;        ///< between bursts of different ranks
    clock_count turnaround = 0;  ///< between a read's last data and a write's first, same rank
    clock_count rfc = 0, refi = 0;
    clock_count rfc_pb = 0, refi_pb = 0;  ///< per-bank refresh; 0 where the standard has none
    clock_count cmd_activate = 1, cmd_read = 1, cmd_write = 1, cmd_precharge = 1, cmd_refresh = 1;
};

/// Currents of one supply of one device, in mA.
struct part_supply {
    std::string name;
    double volts = 0;
    double idd0 = 0, idd2n = 0, idd3n = 0, idd4r = 0, idd4w = 0, idd5 = 0;
};

struct part {
    std::string name;
    dram_standard standard = dram_standard::ddr3;
    std::uint64_t tck_ps = 0;
    part_geometry geometry;
    part_timings timings;
    std::vector<part_supply> supplies;

    /// Clocks that a burst holds the data bus: two transfers a clock.
    [[nodiscard]] clock_count burst_clocks() const { return geometry.burst_length / 2; }
    /// Read command to last data, in clocks.
    [[nodiscard]] clock_count read_clocks() const { return timings.cl + timings.dqsck + burst_clocks(); }
    /// Bytes a second that the data pins of one channel carry.
    [[nodiscard]] double peak_bytes_per_second() const;
};

/// A key of a part file that holds clocks (or a time that is rounded up to clocks).
struct timing_key {
    enum class unit : std::uint8_t { clocks, ns_rounded_up, ns_rounded_down };
    std::string_view name;  ///< as data sheets spell it, with _ns where it is a time
    clock_count part_timings::*value;
    unit kind = unit::clocks;
    unsigned standards = 0;     ///< bit set of the standards that need it, see standard_bit
    std::string_view fallback;  ///< key whose value it takes in standards that do not need it, or none
    std::string_view meaning;
};

constexpr unsigned standard_bit(dram_standard s) {
    return 1U << static_cast<unsigned>(s);
}

/// Every timing key, in the order of the reference page.
std::span<const timing_key> timing_keys();

/// A contradiction within a part: the key that is to blame and a sentence that says what would be right.
struct part_fault {
    std::string key;
    std::string sentence;
};

/// All contradictions of a part: times that cannot hold together (tRC < tRAS + tRP), a geometry that is no
/// power of two, currents that would give negative energy. Empty: the part is sound.
std::vector<part_fault> check(const part& p);

std::string_view to_string(dram_standard s);

}  // namespace eyeriss::dram
