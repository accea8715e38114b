#include "sims/results/memory_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "platform/memory_map.h"
#include "sims/dram/dram_json.h"
#include "sims/dram/dram_traffic.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

using json = nlohmann::ordered_json;

json initiator_json(const std::string& name, const platform::traffic_counts& c, bool timed) {
    json out{{"name", name},
             {"reads", c.reads},
             {"writes", c.writes},
             {"read_bytes", c.read_bytes},
             {"write_bytes", c.write_bytes},
             {"errors", c.errors},
             {"dmi_grants", c.dmi_grants}};
    if (!timed) {
        return out;
    }
    out["most_in_flight"] = c.most_in_flight;
    out["waited"] = c.waited;
    out["read_latency_ns"] = latency_json(c.read_latency);
    out["write_latency_ns"] = latency_json(c.write_latency);
    out["bandwidth_window_ns"] = static_cast<double>(c.bandwidth.width_ps()) / 1000.0;
    out["bandwidth_window_bytes"] = c.bandwidth.bytes();
    return out;
}

/// What a core moved by DMI.
json direct_json(const platform::direct_counts& c) {
    return {{"reads", c.reads},
            {"writes", c.writes},
            {"read_bytes", c.read_bytes},
            {"write_bytes", c.write_bytes}};
}

json controller_json(dram::controller& memory) {
    json channels = json::array();
    dram::bank_statistics all;
    for (unsigned i = 0; i < memory.channels(); ++i) {
        const auto counts = memory.counts(i);
        all += counts.total();
        channels.push_back(channel_json(memory.device(), counts));
    }
    return {{"part", memory.device().name},
            {"mapping", memory.mapping().text()},
            {"peak_gigabytes_per_second", memory.device().peak_bytes_per_second() * memory.channels() * 1e-9},
            {"row", {{"hits", all.hits}, {"misses", all.misses}, {"conflicts", all.conflicts}}},
            {"energy_uj", energy_json(memory.energy())},
            {"channel", channels}};
}

}  // namespace

json memory_json(platform::soc& soc, bool timed) {
    json out;
    out["initiators"] = json::array();
    const auto& bus = soc.bus();
    for (unsigned i = 0; i < bus.initiator_count(); ++i) {
        auto& initiator =
            out["initiators"].emplace_back(initiator_json(bus.initiator_name(i), bus.counts(i), timed));
        if (i < soc.harts()) {
            initiator["direct"] = direct_json(soc.cpu(i).direct(platform::memory_map::dram_base, UINT32_MAX));
        }
    }
    if (timed && soc.dram_controller() != nullptr) {
        out["controller"] = controller_json(*soc.dram_controller());
    }
    return out;
}

dram_recording::dram_recording(const std::string& file, platform::soc& soc)
    : file_(file), out_(file + ".partial") {
    if (!out_) {
        throw user_error(fmt::format("--record-dram: {} cannot be written", file));
    }
    soc.bus().record([this](const platform::bus_record& r) { write(r); });
}

/// Requests come nearly in the order of their times: one that carries a delay may be followed by an earlier
/// one until the kernel's time has passed it.
void dram_recording::write(const platform::bus_record& r) {
    constexpr std::uint32_t longest_line_bytes = 1U << 20U;
    for (std::uint32_t done = 0; done < r.bytes; done += longest_line_bytes) {
        waiting_.push_back(r);
        waiting_.back().address += done;
        waiting_.back().bytes = std::min(longest_line_bytes, r.bytes - done);
    }
    constexpr std::size_t many = 4096;
    if (waiting_.size() < many) {
        return;
    }
    const auto by_time = [](const auto& a, const auto& b) { return a.at_ps < b.at_ps; };
    std::stable_sort(waiting_.begin(), waiting_.end(), by_time);
    const auto now = static_cast<std::uint64_t>(sc_core::sc_time_stamp().to_seconds() * 1e12);
    const auto first =
        std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& w) { return w.at_ps > now; });
    std::for_each(waiting_.begin(), first,
                  [&](const auto& w) { out_ << trace_line(w.at_ps, w.is_write, w.address, w.bytes); });
    waiting_.erase(waiting_.begin(), first);
}

void dram_recording::close() {
    const auto by_time = [](const auto& a, const auto& b) { return a.at_ps < b.at_ps; };
    std::stable_sort(waiting_.begin(), waiting_.end(), by_time);
    for (const auto& w : waiting_) {
        out_ << trace_line(w.at_ps, w.is_write, w.address, w.bytes);
    }
    out_.close();
    std::error_code error;
    std::filesystem::rename(file_ + ".partial", file_, error);
    if (!out_ || error) {
        throw user_error(fmt::format("--record-dram: {} could not be written whole", file_));
    }
}

}  // namespace eyeriss::sims
