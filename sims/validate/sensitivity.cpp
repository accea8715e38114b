#include "sims/validate/sensitivity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sims/validate/topic.h"

namespace eyeriss::sims::validate {
namespace {

run_key key_of(const study& where, const std::string& network, const std::vector<std::string>& settings) {
    run_key key{network, where.machine, where.base, where.pinned};
    key.settings.insert(key.settings.end(), settings.begin(), settings.end());
    return key;
}

std::vector<run_key> all_runs(const study& where) {
    std::vector<run_key> out;
    for (const auto& network : where.networks) {
        out.push_back(key_of(where, network, {}));
        for (const auto& other : where.alternatives) {
            out.push_back(key_of(where, network, other.settings));
        }
    }
    return out;
}

std::vector<std::string> row(run_set& runs, const study& where, const alternative& other) {
    std::vector<std::string> out{other.assumption, other.settings.empty()
                                                       ? "defaults"
                                                       : fmt::format("`{}`", fmt::join(other.settings, " "))};
    for (const auto& network : where.networks) {
        const auto& run = runs.get(key_of(where, network, other.settings));
        const auto cycles = static_cast<double>(run.cycles);
        const auto before = static_cast<double>(runs.get(key_of(where, network, {})).cycles);
        out.push_back(number_text(cycles));
        out.push_back(other.settings.empty() ? "" : percent_text(cycles / before));
        out.push_back(number_text(static_cast<double>(run.dram_bytes) / 1e6));
    }
    return out;
}

checked_table sensitivity_table(run_set& runs, const study& where) {
    checked_table out;
    out.table.caption = where.caption;
    out.table.header = {"assumption", "setting"};
    for (const auto& network : where.networks) {
        out.table.header.insert(out.table.header.end(), {network, "against default", "MB off chip"});
    }
    out.table.rows.push_back(row(runs, where, {}));
    for (const auto& other : where.alternatives) {
        out.table.rows.push_back(row(runs, where, other));
    }
    return out;
}

std::string left_out_text() {
    std::string out;
    for (const auto& [key, reason] : parameters_left_out()) {
        out += fmt::format("{}`{}` {}", out.empty() ? "" : "; ", key, reason);
    }
    return out;
}

study array_study() {
    return {"Cycles and off-chip traffic on eyeriss_v2 with one parameter changed",
            "eyeriss_v2",
            {"sparse-mobilenet", "sparse-alexnet"},
            {},
            false,
            {
                {"A-PSUM-BITS", {"pe.overflow=saturate"}},
                {"A-HOP", {"noc.hop_cycles=0"}},
                {"A-HOP", {"noc.hop_cycles=2"}},
                {"A-LOOKAHEAD", {"pe.iact_entries=32"}},
                {"A-LOOKAHEAD", {"pe.iact_address_entries=18"}},
                {"A-DROP-QUEUE", {"pe.drop_queue_columns=1"}},
                {"A-DROP-QUEUE", {"pe.drop_queue_columns=4"}},
                {"A-PIPELINE", {"pe.pipeline_stages=5"}},
                {"A-PSUM-PORTS", {"pe.psum_transfer_takes_ports=false"}},
                {"A-PSUM-FIFO", {"pe.psum_fifo_windows=2"}},
                {"A-PSUM-FIFO", {"pe.psum_fifo_windows=4"}},
                {"A-WEIGHT-LOAD", {"pe.weight_double_buffer=true"}},
                {"A-WEIGHT-FANOUT", {"control.shared_weight_reads=false"}},
                {"A-DENSE-PE", {"pe.macs=1"}},
                {"A-DENSE-PE", {"pe.sparse=false"}},
                {"A-GLB-ROWS", {"glb.iact_bank_words=1024"}},
                {"A-PSUM-BANK", {"glb.psum_bank_words=768"}},
                {"A-REQUANT-PLACE", {"control.requant_psums_per_cycle=1"}},
                {"A-REQUANT-PLACE", {"control.requant_psums_per_cycle=4"}},
                {"A-OUTPUT-QUEUE", {"control.output_tiles=1"}},
                {"A-OUTPUT-QUEUE", {"control.output_tiles=4"}},
                {"A-CONFIG", {"control.config_bits_per_cycle=8"}},
                {"A-CONFIG", {"control.config_bits_per_cycle=128"}},
                {"A-DRAM", {"dram.latency_ns=100"}},
                {"A-CORE", {"core.clock_mhz=400"}},
            }};
}

/// Parameters that decide only where requests wait for each other.
study memory_study() {
    return {"The same on the way to memory, behind two channels of DDR4-2400, mappings pinned",
            "eyeriss_v2",
            {"sparse-mobilenet", "sparse-alexnet"},
            {"dram.model=ddr4-2400r-x8", "dram.channels=2"},
            true,
            {{"A-DMA-BURSTS", {"dma.burst_bytes=256"}},
             {"A-DMA-BURSTS", {"dma.outstanding=8"}},
             {"A-DMA-BURSTS", {"dma.outstanding=128"}},
             {"A-DMA-PORTS", {"dram.ports=split"}},
             {"A-BUS", {"bus.arbitration=priority"}}}};
}

study scaled_v1_study() {
    return {"The same of eyeriss_v1_scaled, whose iact bus has a table of its own above",
            "eyeriss_v1_scaled",
            {"mobilenet"},
            {},
            false,
            {{"A-BUS-WIDTH", {"noc.weight_port_bits=8"}},
             {"A-BUS-WIDTH", {"noc.psum_port_bits=20"}},
             {"A-BUS-WIDTH", {"noc.psum_port_bits=160"}},
             {"A-V1-SCALED-ARRAY", {"noc.cluster_rows=16", "noc.pe_cols=12"}}}};
}

}  // namespace

const std::vector<study>& studies() {
    static const std::vector<study> all{array_study(), memory_study(), scaled_v1_study()};
    return all;
}

const std::vector<left_out>& parameters_left_out() {
    static const std::vector<left_out> all{
        {"pe.psum_bits", "changes values, not cycles"},
        {"clock_mhz", "scales the time of a cycle and leaves their count with ideal memory"},
        {"dram.model", "has tables of its own above"},
        {"dram.limit_mbps", "has a table of its own above"},
        {"dram.dmi_latency_ns", "is time of the core, for which the accelerator does not wait in a layer"},
        {"noc.topology", "makes v1 out of v1.5, a figure of its own; other networks are in noc_study.md"},
        {"noc.multicast", "is a choice of the packet-switched mesh, see noc_study.md"},
        {"noc.mesh_planes", "likewise"},
        {"noc.mesh_packet_words", "likewise"},
        {"noc.iact_port_bits", "is fitted, see the scaled v1"},
        {"pe.operand_bits", "is 16 on the 168-PE chip alone, whose figures need it"}};
    return all;
}

topic sensitivity_topic() {
    topic out{
        "sensitivity",
        "Sensitivity",
        "Each parameter by which an assumption can be changed, at its other setting or on either side of its "
        "number, all else at the defaults; mappings are searched anew where not pinned, since a compiler "
        "knows the machine. Assumptions without a parameter are rules of the hardware or choices of the "
        "mapping, and have no other setting. Left out: " +
            left_out_text() + ".",
        {},
        {}};
    for (std::size_t i = 0; i < studies().size(); ++i) {
        const auto& where = studies()[i];
        out.tables.push_back({fmt::format("sensitivity.{}", i + 1), all_runs(where),
                              [&where](run_set& runs) { return sensitivity_table(runs, where); }});
    }
    return out;
}

}  // namespace eyeriss::sims::validate
