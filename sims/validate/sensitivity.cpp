#include "sims/validate/sensitivity.h"

#include <fmt/format.h>

#include "sims/validate/topic.h"

namespace eyeriss::sims::validate {
namespace {

const std::vector<std::string>& studied_networks() {
    static const std::vector<std::string> names{"sparse-mobilenet", "sparse-alexnet"};
    return names;
}

run_key key_of(const std::string& network, const std::string& setting) {
    run_key key{network, "eyeriss_v2", {}, false};
    if (!setting.empty()) {
        key.settings.push_back(setting);
    }
    return key;
}

std::vector<run_key> all_runs() {
    std::vector<run_key> out;
    for (const auto& network : studied_networks()) {
        out.push_back(key_of(network, ""));
        for (const auto& other : alternatives()) {
            out.push_back(key_of(network, other.setting));
        }
    }
    return out;
}

std::vector<std::string> row(run_set& runs, const std::string& assumption, const std::string& setting) {
    std::vector<std::string> out{assumption, setting.empty() ? "defaults" : "`" + setting + "`"};
    for (const auto& network : studied_networks()) {
        const auto cycles = static_cast<double>(runs.get(key_of(network, setting)).cycles);
        const auto before = static_cast<double>(runs.get(key_of(network, "")).cycles);
        out.push_back(number_text(cycles));
        out.push_back(setting.empty() ? "" : percent_text(cycles / before));
        out.push_back(number_text(static_cast<double>(runs.get(key_of(network, setting)).dram_bytes) / 1e6));
    }
    return out;
}

checked_table sensitivity_table(run_set& runs) {
    checked_table out;
    out.table.caption = "Cycles and off-chip traffic on eyeriss_v2 with one parameter changed";
    out.table.header = {"assumption",  "setting",        "sparse MobileNet", "against default",
                        "MB off chip", "sparse AlexNet", "against default",  "MB off chip"};
    out.table.rows.push_back(row(runs, "", ""));
    for (const auto& other : alternatives()) {
        out.table.rows.push_back(row(runs, other.assumption, other.setting));
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

}  // namespace

const std::vector<alternative>& alternatives() {
    static const std::vector<alternative> all{
        {"A-PSUM-BITS", "pe.overflow=saturate"},
        {"A-HOP", "noc.hop_cycles=0"},
        {"A-HOP", "noc.hop_cycles=2"},
        {"A-LOOKAHEAD", "pe.iact_entries=32"},
        {"A-LOOKAHEAD", "pe.iact_address_entries=18"},
        {"A-DROP-QUEUE", "pe.drop_queue_columns=1"},
        {"A-DROP-QUEUE", "pe.drop_queue_columns=4"},
        {"A-PIPELINE", "pe.pipeline_stages=5"},
        {"A-PSUM-PORTS", "pe.psum_transfer_takes_ports=false"},
        {"A-PSUM-FIFO", "pe.psum_fifo_windows=2"},
        {"A-PSUM-FIFO", "pe.psum_fifo_windows=4"},
        {"A-WEIGHT-LOAD", "pe.weight_double_buffer=true"},
        {"A-WEIGHT-FANOUT", "control.shared_weight_reads=false"},
        {"A-DENSE-PE", "pe.macs=1"},
        {"A-DENSE-PE", "pe.sparse=false"},
        {"A-GLB-ROWS", "glb.iact_bank_words=1024"},
        {"A-PSUM-BANK", "glb.psum_bank_words=768"},
        {"A-REQUANT-PLACE", "control.requant_psums_per_cycle=1"},
        {"A-REQUANT-PLACE", "control.requant_psums_per_cycle=4"},
        {"A-OUTPUT-QUEUE", "control.output_tiles=1"},
        {"A-OUTPUT-QUEUE", "control.output_tiles=4"},
        {"A-CONFIG", "control.config_bits_per_cycle=8"},
        {"A-CONFIG", "control.config_bits_per_cycle=128"},
        {"A-DRAM", "dram.latency_ns=100"},
        {"A-CORE", "core.clock_mhz=400"},
    };
    return all;
}

const std::vector<left_out>& parameters_left_out() {
    static const std::vector<left_out> all{
        {"pe.psum_bits", "changes values, not cycles"},
        {"clock_mhz", "scales the time of a cycle and leaves their count with ideal memory"},
        {"dram.model", "has a table of its own below"},
        {"dram.limit_mbps", "has a table of its own below"}};
    return all;
}

topic sensitivity_topic() {
    return {
        "sensitivity",
        "Sensitivity",
        "Each parameter by which an assumption can be changed, at its other setting or on either side of its "
        "number, all else at the defaults; mappings are searched anew, since a compiler knows the machine. "
        "Left "
        "out: " +
            left_out_text() + ".",
        {},
        {{"sensitivity", all_runs(), sensitivity_table}}};
}

}  // namespace eyeriss::sims::validate
