#include "models/dram/constraints.h"

#include <algorithm>
#include <span>

namespace eyeriss::dram {
namespace {

/// Sets of commands, so that a row of the table reads like the data sheet's.
using commands = unsigned;
constexpr commands only(command c) {
    return 1U << index(c);
}
constexpr commands act = only(command::activate);
constexpr commands rd = only(command::read) | only(command::read_auto);
constexpr commands rd_auto = only(command::read_auto);
constexpr commands full_wr = only(command::write) | only(command::write_auto);
constexpr commands mask_wr = only(command::masked_write) | only(command::masked_write_auto);
constexpr commands wr = full_wr | mask_wr;
constexpr commands wr_auto = only(command::write_auto) | only(command::masked_write_auto);
constexpr commands column = rd | wr;
constexpr commands pre = only(command::precharge);
constexpr commands prea = only(command::precharge_all);
constexpr commands ref = only(command::refresh_all);
constexpr commands refb = only(command::refresh_bank);

struct row {
    level where;
    commands before;
    commands after;
    clock_count (*clocks)(const part&);
    std::string_view rule;
    unsigned window = 1;
};

// Ends of a burst on the bus, from its command.
clock_count read_end(const part& p) {
    return p.timings.cl + p.timings.dqsck + p.burst_clocks();
}
clock_count write_end(const part& p) {
    return p.timings.cwl + p.timings.dqss + p.burst_clocks();
}
clock_count write_to_precharge(const part& p) {
    return write_end(p) + p.timings.wr;
}
clock_count not_negative(clock_count c) {
    return std::max<clock_count>(c, 0);
}

#define CLOCKS(expression) [](const part& p) -> clock_count { return (expression); }

// What all standards share. DDR3 has one bank group, so that its _L rules equal the plain ones.
constexpr row shared_rows[] = {
    {level::bank, act, column, CLOCKS(p.timings.rcd), "tRCD"},
    {level::bank, act, pre, CLOCKS(p.timings.ras), "tRAS"},
    {level::bank, act, act, CLOCKS(p.timings.rc), "tRC"},
    {level::bank, pre, act, CLOCKS(p.timings.rp), "tRP"},
    {level::bank, rd, pre, CLOCKS(p.timings.rtp), "tRTP"},
    {level::bank, rd_auto, act, CLOCKS(p.timings.rtp + p.timings.rp), "tRTP + tRP"},
    {level::bank, wr, pre, write_to_precharge, "CWL + BL/2 + tWR"},
    {level::bank, wr_auto, act, CLOCKS(write_to_precharge(p) + p.timings.rp), "CWL + BL/2 + tWR + tRP"},

    {level::bank_group, act, act, CLOCKS(p.timings.rrd_l), "tRRD_L"},
    {level::bank_group, rd, rd, CLOCKS(p.timings.ccd_l), "tCCD_L"},
    {level::bank_group, wr, wr, CLOCKS(p.timings.ccd_l), "tCCD_L"},
    {level::bank_group, wr, rd, CLOCKS(write_end(p) + p.timings.wtr_l), "CWL + BL/2 + tWTR_L"},

    {level::rank, act, act, CLOCKS(p.timings.rrd_s), "tRRD_S"},
    {level::rank, act, act, CLOCKS(p.timings.faw), "tFAW", 4},
    {level::rank, rd, rd, CLOCKS(p.timings.ccd_s), "tCCD_S"},
    {level::rank, wr, wr, CLOCKS(p.timings.ccd_s), "tCCD_S"},
    {level::rank, rd, wr, CLOCKS(not_negative(read_end(p) + p.timings.turnaround - p.timings.cwl)),
     "CL + BL/2 + tRTW - CWL"},
    {level::rank, wr, rd, CLOCKS(write_end(p) + p.timings.wtr_s), "CWL + BL/2 + tWTR_S"},

    {level::rank, act, prea, CLOCKS(p.timings.ras), "tRAS"},
    {level::rank, rd, prea, CLOCKS(p.timings.rtp), "tRTP"},
    {level::rank, wr, prea, write_to_precharge, "CWL + BL/2 + tWR"},
    {level::rank, prea, act, CLOCKS(p.timings.rp_ab), "tRPab"},
    {level::rank, act, ref, CLOCKS(p.timings.rc_ab), "tRCab"},
    {level::rank, pre, ref, CLOCKS(p.timings.rp), "tRP"},
    {level::rank, prea, ref, CLOCKS(p.timings.rp_ab), "tRPab"},
    {level::rank, rd_auto, ref, CLOCKS(p.timings.rtp + p.timings.rp), "tRTP + tRP"},
    {level::rank, wr_auto, ref, CLOCKS(write_to_precharge(p) + p.timings.rp), "CWL + BL/2 + tWR + tRP"},
    {level::rank, ref, act | ref | prea, CLOCKS(p.timings.rfc), "tRFC"},

    {level::other_ranks, rd, rd, CLOCKS(p.burst_clocks() + p.timings.rtrs), "BL/2 + tRTRS"},
    {level::other_ranks, wr, wr, CLOCKS(p.burst_clocks() + p.timings.rtrs), "BL/2 + tRTRS"},
    {level::other_ranks, rd, wr, CLOCKS(not_negative(read_end(p) + p.timings.rtrs - p.timings.cwl)),
     "CL + BL/2 + tRTRS - CWL"},
    {level::other_ranks, wr, rd,
     CLOCKS(not_negative(write_end(p) + p.timings.rtrs - p.timings.cl - p.timings.dqsck)),
     "CWL + BL/2 + tRTRS - CL"},
};

// Per-bank refresh counts as an activate of its bank; masked writes read before they write.
constexpr row lpddr4_rows[] = {
    {level::bank, wr, mask_wr, CLOCKS(p.timings.ccd_masked), "tCCDMW"},
    {level::bank, act, refb, CLOCKS(p.timings.rc), "tRC"},
    {level::bank, pre, refb, CLOCKS(p.timings.rp), "tRP"},
    {level::bank, rd_auto, refb, CLOCKS(p.timings.rtp + p.timings.rp), "tRTP + tRP"},
    {level::bank, wr_auto, refb, CLOCKS(write_to_precharge(p) + p.timings.rp), "CWL + BL/2 + tWR + tRP"},
    {level::bank, refb, act, CLOCKS(p.timings.rfc_pb), "tRFCpb"},
    {level::rank, act, refb, CLOCKS(p.timings.rrd_s), "tRRD_S"},
    {level::rank, refb, act, CLOCKS(p.timings.rrd_s), "tRRD_S"},
    {level::rank, prea, refb, CLOCKS(p.timings.rp_ab), "tRPab"},
    {level::rank, refb, refb | ref | prea, CLOCKS(p.timings.rfc_pb), "tRFCpb"},
    {level::rank, ref, refb, CLOCKS(p.timings.rfc), "tRFC"},
};
#undef CLOCKS

void expand(std::vector<constraint>& out, const part& p, std::span<const row> rows) {
    for (const auto& r : rows) {
        for (std::size_t b = 0; b < command_count; ++b) {
            for (std::size_t a = 0; a < command_count; ++a) {
                if ((r.before >> b & 1U) != 0 && (r.after >> a & 1U) != 0) {
                    out.push_back({r.where, static_cast<command>(b), static_cast<command>(a), r.clocks(p),
                                   r.window, r.rule});
                }
            }
        }
    }
}

void add_command_bus(std::vector<constraint>& out, const part& p, bool refreshes_banks) {
    const auto exists = [=](std::size_t c) { return refreshes_banks || c != index(command::refresh_bank); };
    for (std::size_t b = 0; b < command_count; ++b) {
        for (std::size_t a = 0; a < command_count; ++a) {
            if (exists(a) && exists(b)) {
                const auto before = static_cast<command>(b);
                out.push_back({level::channel, before, static_cast<command>(a), command_clocks(p, before), 1,
                               "command length"});
            }
        }
    }
}

}  // namespace

std::vector<constraint> constraint_table(const part& p) {
    const bool lpddr4 = p.standard == dram_standard::lpddr4;
    std::vector<constraint> out;
    expand(out, p, shared_rows);
    if (lpddr4) {
        expand(out, p, lpddr4_rows);
    }
    add_command_bus(out, p, lpddr4);
    return out;
}

clock_count command_clocks(const part& p, command c) {
    if (c == command::activate) {
        return p.timings.cmd_activate;
    }
    if (is_column(c)) {
        return is_read(c) ? p.timings.cmd_read : p.timings.cmd_write;
    }
    return c == command::precharge || c == command::precharge_all ? p.timings.cmd_precharge
                                                                  : p.timings.cmd_refresh;
}

std::string_view to_string(command c) {
    constexpr std::array<std::string_view, command_count> names{"ACT",  "RD",  "RDA",  "WR",  "WRA", "MWR",
                                                                "MWRA", "PRE", "PREA", "REF", "REFB"};
    return names.at(index(c));
}

std::string_view to_string(level l) {
    constexpr std::array<std::string_view, level_count> names{"bank", "bank_group", "rank", "other_ranks",
                                                              "channel"};
    return names.at(static_cast<std::size_t>(l));
}

}  // namespace eyeriss::dram
