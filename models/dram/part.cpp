#include "models/dram/part.h"

#include <fmt/format.h>

#include <bit>

namespace eyeriss::dram {
namespace {

constexpr unsigned all = standard_bit(dram_standard::ddr3) | standard_bit(dram_standard::ddr4) |
                         standard_bit(dram_standard::lpddr4);
constexpr unsigned ddr4 = standard_bit(dram_standard::ddr4);
constexpr unsigned lpddr4 = standard_bit(dram_standard::lpddr4);
constexpr auto clocks = timing_key::unit::clocks;
constexpr auto up = timing_key::unit::ns_rounded_up;
constexpr auto down = timing_key::unit::ns_rounded_down;
using t = part_timings;

// A fallback stands before the key that takes its value.
constexpr std::array keys{
    timing_key{"CL", &t::cl, clocks, all, "", "read command to first data (LPDDR4: RL)"},
    timing_key{"CWL", &t::cwl, clocks, all, "", "write command to first data (LPDDR4: WL)"},
    timing_key{"tDQSCK", &t::dqsck, clocks, lpddr4, "", "data strobe's delay after CL"},
    timing_key{"tDQSS", &t::dqss, clocks, lpddr4, "", "data strobe's delay after CWL"},
    timing_key{"tRCD", &t::rcd, clocks, all, "", "activate to column command"},
    timing_key{"tRP", &t::rp, clocks, all, "", "precharge of one bank to activate"},
    timing_key{"tRPab", &t::rp_ab, clocks, lpddr4, "tRP", "precharge of all banks to activate or refresh"},
    timing_key{"tRAS", &t::ras, clocks, all, "", "activate to precharge"},
    timing_key{"tRC", &t::rc, clocks, all, "", "activate to activate, one bank"},
    timing_key{"tRCab", &t::rc_ab, clocks, lpddr4, "tRC", "activate to refresh of all banks"},
    timing_key{"tRRD_S", &t::rrd_s, clocks, all, "", "activate to activate, other bank group"},
    timing_key{"tRRD_L", &t::rrd_l, clocks, ddr4, "tRRD_S", "activate to activate, same bank group"},
    timing_key{"tFAW", &t::faw, clocks, all, "", "window that holds at most four activates of a rank"},
    timing_key{"tCCD_S", &t::ccd_s, clocks, all, "", "column to column command, other bank group"},
    timing_key{"tCCD_L", &t::ccd_l, clocks, ddr4, "tCCD_S", "column to column command, same bank group"},
    timing_key{"tCCDMW", &t::ccd_masked, clocks, lpddr4, "tCCD_L", "write to masked write, same bank"},
    timing_key{"tWR", &t::wr, clocks, all, "", "last written data to precharge"},
    timing_key{"tWTR_S", &t::wtr_s, clocks, all, "", "last written data to read, other bank group"},
    timing_key{"tWTR_L", &t::wtr_l, clocks, ddr4, "tWTR_S", "last written data to read, same bank group"},
    timing_key{"tRTP", &t::rtp, clocks, all, "", "read to precharge"},
    timing_key{"tRTRS", &t::rtrs, clocks, all, "", "gap on the data bus when the rank changes"},
    timing_key{"tRTW", &t::turnaround, clocks, all, "",
               "gap on the data bus from a read to a write, same rank"},
    timing_key{"tRFC_ns", &t::rfc, up, all, "", "refresh of all banks to activate"},
    timing_key{"tREFI_ns", &t::refi, down, all, "", "interval of refreshes of all banks"},
    timing_key{"tRFCpb_ns", &t::rfc_pb, up, lpddr4, "", "refresh of one bank to activate"},
    timing_key{"tREFIpb_ns", &t::refi_pb, down, lpddr4, "", "interval of refreshes of one bank"},
    timing_key{"activate_clocks", &t::cmd_activate, clocks, all, "",
               "clocks of an activate on the command bus"},
    timing_key{"read_clocks", &t::cmd_read, clocks, all, "", "clocks of a read on the command bus"},
    timing_key{"write_clocks", &t::cmd_write, clocks, all, "", "clocks of a write on the command bus"},
    timing_key{"precharge_clocks", &t::cmd_precharge, clocks, all, "",
               "clocks of a precharge on the command bus"},
    timing_key{"refresh_clocks", &t::cmd_refresh, clocks, all, "", "clocks of a refresh on the command bus"},
};

/// Collects faults; each check is one line below.
class checker {
public:
    explicit checker(const part& p) : p_(p) {}

    std::vector<part_fault> run() {
        geometry();
        times();
        currents();
        return std::move(faults_);
    }

private:
    void fault(std::string_view key, std::string sentence) {
        faults_.push_back({std::string(key), std::move(sentence)});
    }

    void at_least(std::string_view key, clock_count value, clock_count bound, std::string_view bound_name) {
        if (value < bound) {
            fault(key,
                  fmt::format("{} is {} clocks; expects at least {} = {}", key, value, bound_name, bound));
        }
    }

    void power_of_two(std::string_view key, unsigned value) {
        if (!std::has_single_bit(value)) {
            fault(key, fmt::format("{} is {}; expects a power of two", key, value));
        }
    }

    void geometry() {
        const auto& g = p_.geometry;
        power_of_two("channel_bits", g.channel_bits);
        power_of_two("device_bits", g.device_bits);
        power_of_two("bank_groups", g.bank_groups);
        power_of_two("banks_per_group", g.banks_per_group);
        power_of_two("rows", g.rows);
        power_of_two("columns", g.columns);
        power_of_two("burst_length", g.burst_length);
        if (g.device_bits > g.channel_bits || g.channel_bits < 8 || g.channel_bits > 1024) {
            fault("channel_bits",
                  fmt::format("channel_bits is {}; expects 8 to 1024 and at least device_bits = {}",
                              g.channel_bits, g.device_bits));
        }
        if (g.burst_length < 2 || g.burst_length > g.columns) {
            fault("burst_length",
                  fmt::format("burst_length is {}; expects 2 to columns = {}", g.burst_length, g.columns));
        }
        if (g.banks() > 64) {
            fault("banks_per_group",
                  fmt::format("bank_groups x banks_per_group is {}; expects at most 64", g.banks()));
        }
    }

    void times() {
        const auto& v = p_.timings;
        if (p_.tck_ps == 0) {
            fault("tCK_ps", "tCK_ps is 0; expects at least 1");
        }
        for (const auto& key : timing_keys()) {
            const bool needed = (key.standards & standard_bit(p_.standard)) != 0;
            const bool positive = needed && key.name != "tDQSCK" && key.name != "tDQSS" &&
                                  key.name != "tRTW" && key.name != "tRTRS";
            at_least(key.name, v.*key.value, positive ? 1 : 0, "the smallest possible");
        }
        at_least("tRC", v.rc, v.ras + v.rp, "tRAS + tRP");
        at_least("tRCab", v.rc_ab, v.ras + v.rp_ab, "tRAS + tRPab");
        at_least("tRAS", v.ras, v.rcd, "tRCD");
        at_least("tRPab", v.rp_ab, v.rp, "tRP");
        at_least("tRRD_L", v.rrd_l, v.rrd_s, "tRRD_S");
        at_least("tFAW", v.faw, v.rrd_s, "tRRD_S");
        at_least("tCCD_S", v.ccd_s, p_.burst_clocks(), "burst_length / 2");
        at_least("tCCD_L", v.ccd_l, v.ccd_s, "tCCD_S");
        at_least("tCCDMW", v.ccd_masked, v.ccd_s, "tCCD_S");
        at_least("tWTR_L", v.wtr_l, v.wtr_s, "tWTR_S");
        at_least("tREFI_ns", v.refi, v.rfc + v.rc_ab + 1, "tRFC + tRC");
        if (p_.standard == dram_standard::lpddr4) {
            at_least("tREFIpb_ns", v.refi_pb, v.rfc_pb, "tRFCpb");
            at_least("tRFC_ns", v.rfc, v.rfc_pb, "tRFCpb");
        }
    }

    void current(const part_supply& s, std::string_view key, double value, double bound,
                 std::string_view bound_name) {
        if (value < bound) {
            fault(s.name, fmt::format("{} of supply {} is {} mA; expects at least {} = {}", key, s.name,
                                      value, bound_name, bound));
        }
    }

    void currents() {
        for (const auto& s : p_.supplies) {
            if (s.volts <= 0) {
                fault(s.name, fmt::format("volts of supply {} is {}; expects more than 0", s.name, s.volts));
            }
            current(s, "IDD2N", s.idd2n, 0, "nothing");
            current(s, "IDD3N", s.idd3n, s.idd2n, "IDD2N");
        }
    }

    const part& p_;
    std::vector<part_fault> faults_;
};

}  // namespace

double part::peak_bytes_per_second() const {
    return geometry.channel_bits / 8.0 * 2e12 / static_cast<double>(tck_ps);
}

std::span<const timing_key> timing_keys() {
    return keys;
}

std::vector<part_fault> check(const part& p) {
    return checker(p).run();
}

std::string_view to_string(dram_standard s) {
    constexpr std::array<std::string_view, 3> names{"ddr3", "ddr4", "lpddr4"};
    return names.at(static_cast<std::size_t>(s));
}

}  // namespace eyeriss::dram
