#include "models/arch/memory_parameters.h"

#include <bit>

#include "models/arch/parameter_kinds.h"

namespace eyeriss::arch {
namespace {

using list = std::vector<parameter>;

constexpr const char* models = "ideal|bandwidth|a DRAM part or part file";

/// ideal and bandwidth are models of their own; any other value names a part, which is looked up when a
/// simulation begins.
parameter model_parameter() {
    auto set = [](machine& m, std::string_view text) {
        if (text.empty()) {
            throw std::invalid_argument("expects ideal, bandwidth, or a DRAM part or part file");
        }
        m.dram.model = text == "ideal"       ? dram_model::ideal
                       : text == "bandwidth" ? dram_model::bandwidth
                                             : dram_model::part;
        m.dram.part = m.dram.model == dram_model::part ? text : std::string_view{};
    };
    auto get = [](const machine& m) -> std::string {
        return m.dram.model == dram_model::part        ? m.dram.part
               : m.dram.model == dram_model::bandwidth ? "bandwidth"
                                                       : "ideal";
    };
    return {"dram.model",
            "",
            models,
            "ideal: no limit but the chip's ports; bandwidth: dram.limit_mbps is kept; a part, e.g. "
            "ddr4-2400r-x8: a JEDEC-timed controller (doc/dram.md).",
            get,
            set};
}

void add_simple(list& out) {
    out.push_back(model_parameter());
    out.push_back(number<std::uint64_t>("dram.capacity_mib", "MiB", 1, 2048,
                                        "Size of DRAM, which begins at 0x80000000.",
                                        [](machine& m) -> std::uint64_t& { return m.dram.capacity_mib; }));
    out.push_back(number<unsigned>("dram.limit_mbps", "MB/s", 1, 100000000,
                                   "Bandwidth of reads and writes together; used by dram.model=bandwidth "
                                   "(JETCAS 2019: 25600).",
                                   [](machine& m) -> unsigned& { return m.dram.limit_mbps; }));
    out.push_back(number<unsigned>("dram.latency_ns", "ns", 0, 1000000,
                                   "Added to each access of DRAM; not used with a part.",
                                   [](machine& m) -> unsigned& { return m.dram.latency_ns; }));
    out.push_back(number<unsigned>(
        "dram.dmi_latency_ns", "ns", 0, 1000000,
        "Added to each load and store of a core, which reaches DRAM by DMI (assumption: none, a cache).",
        [](machine& m) -> unsigned& { return m.dram.dmi_latency_ns; }));
    out.push_back(flag("dram.ecc",
                       "Each 64 bits of DRAM carry 8 check bits: one wrong bit is corrected, two are "
                       "signalled (assumption: none).",
                       [](machine& m) -> bool& { return m.dram.ecc; }));
    out.push_back(choice<memory_ports>(
        "dram.ports",
        "shared: the DMA is one initiator that reads and one that writes; split: every GLB cluster owns an "
        "off-chip port (JETCAS 2019), which has its share of dram.limit_mbps with dram.model=bandwidth.",
        {{memory_ports::shared, "shared"}, {memory_ports::split, "split"}},
        [](machine& m) -> memory_ports& { return m.dram.ports; }));
}

void add_organisation(list& out) {
    out.push_back(number<unsigned>("dram.channels", "channels", 1, 64,
                                   "Channels of a DRAM part, a power of two.",
                                   [](machine& m) -> unsigned& { return m.dram.controller.channels; }));
    out.push_back(number<unsigned>("dram.ranks", "ranks", 1, 8,
                                   "Ranks of a channel of a DRAM part, a power of two.",
                                   [](machine& m) -> unsigned& { return m.dram.controller.ranks; }));
    out.push_back(text(
        "dram.mapping", "roba|roco|list of address bits",
        "How addresses become channel, rank, bank, row and column of a DRAM part (doc/dram.md).",
        [](machine& m) -> std::string& { return m.dram.controller.mapping; },
        [](std::string_view value) -> std::string {
            return value.empty() ? "expects roba, roco or a list of address bits" : "";
        }));
    out.push_back(choice<dram::scheduler>(
        "dram.policy", "Order of a DRAM part's requests: row hits first, or strictly as they come.",
        {{dram::scheduler::frfcfs, "frfcfs"}, {dram::scheduler::fcfs, "fcfs"}},
        [](machine& m) -> dram::scheduler& { return m.dram.controller.order; }));
    out.push_back(
        choice<dram::page_policy>("dram.page", "When a row of a DRAM part is closed (doc/dram.md).",
                                  {{dram::page_policy::open, "open"},
                                   {dram::page_policy::closed, "closed"},
                                   {dram::page_policy::adaptive, "adaptive"}},
                                  [](machine& m) -> dram::page_policy& { return m.dram.controller.page; }));
    out.push_back(choice<dram::refresh_mode>(
        "dram.refresh", "Refresh of a DRAM part; per-bank with LPDDR4 only.",
        {{dram::refresh_mode::all_bank, "all-bank"},
         {dram::refresh_mode::per_bank, "per-bank"},
         {dram::refresh_mode::off, "off"}},
        [](machine& m) -> dram::refresh_mode& { return m.dram.controller.refresh; }));
}

void add_queues(list& out) {
    out.push_back(number<unsigned>("dram.window", "bursts", 1, 1024,
                                   "Bursts of a direction that frfcfs chooses from.",
                                   [](machine& m) -> unsigned& { return m.dram.controller.window; }));
    out.push_back(number<dram::clock_count>(
        "dram.starvation", "clocks", 1, 1000000000, "Age from which the oldest burst goes first.",
        [](machine& m) -> dram::clock_count& { return m.dram.controller.starvation; }));
    out.push_back(number<unsigned>("dram.read_queue", "bursts", 1, 1024, "Read queue of a channel.",
                                   [](machine& m) -> unsigned& { return m.dram.controller.read_queue; }));
    out.push_back(number<unsigned>("dram.write_queue", "bursts", 1, 1024, "Write queue of a channel.",
                                   [](machine& m) -> unsigned& { return m.dram.controller.write_queue; }));
    out.push_back(number<unsigned>("dram.write_high", "bursts", 1, 1024,
                                   "Waiting writes that start a group of writes while reads wait.",
                                   [](machine& m) -> unsigned& { return m.dram.controller.write_high; }));
    out.push_back(number<unsigned>("dram.write_low", "bursts", 0, 1023,
                                   "Waiting writes at which a group of writes ends while reads wait.",
                                   [](machine& m) -> unsigned& { return m.dram.controller.write_low; }));
    out.push_back(number<unsigned>(
        "dram.postponed_refreshes", "refreshes", 0, 8, "Refreshes that may be owed while requests wait.",
        [](machine& m) -> unsigned& { return m.dram.controller.postponed_refreshes; }));
    out.push_back(number<dram::clock_count>(
        "dram.frontend", "clocks", 0, 100000, "From the controller's socket into its queue.",
        [](machine& m) -> dram::clock_count& { return m.dram.controller.frontend; }));
    out.push_back(
        number<dram::clock_count>("dram.phy", "clocks", 0, 100000, "From the data pins to the socket.",
                                  [](machine& m) -> dram::clock_count& { return m.dram.controller.phy; }));
}

void add_bus_and_dma(list& out) {
    out.push_back(choice<arbitration>("bus.arbitration",
                                      "Which of the initiators that wait goes first (assumption: by turns).",
                                      {{arbitration::round_robin, "round_robin"},
                                       {arbitration::priority, "priority"},
                                       {arbitration::weighted, "weighted"}},
                                      [](machine& m) -> arbitration& { return m.bus.order; }));
    out.push_back(number<unsigned>("bus.outstanding", "requests", 1, 4096,
                                   "Requests of an initiator in flight on the bus.",
                                   [](machine& m) -> unsigned& { return m.bus.outstanding; }));
    out.push_back(flag("bus.reads_first",
                       "With bus.arbitration=priority: the DMA's reads before its writes, or after.",
                       [](machine& m) -> bool& { return m.bus.reads_first; }));
    out.push_back(number<unsigned>("bus.read_weight", "shares", 1, 1000,
                                   "With bus.arbitration=weighted: bytes of the initiator that reads.",
                                   [](machine& m) -> unsigned& { return m.bus.read_weight; }));
    out.push_back(number<unsigned>("bus.write_weight", "shares", 1, 1000,
                                   "With bus.arbitration=weighted: bytes of the initiator that writes.",
                                   [](machine& m) -> unsigned& { return m.bus.write_weight; }));
    out.push_back(number<unsigned>(
        "bus.read_limit_mbps", "MB/s", 0, 100000000,
        "Regulator of the initiator that reads, or of a cluster's port; 0: none. With a DRAM part.",
        [](machine& m) -> unsigned& { return m.bus.read_limit_mbps; }));
    out.push_back(number<unsigned>("bus.write_limit_mbps", "MB/s", 0, 100000000,
                                   "Regulator of the initiator that writes; 0: none. With a DRAM part.",
                                   [](machine& m) -> unsigned& { return m.bus.write_limit_mbps; }));
    out.push_back(number<unsigned>(
        "dma.outstanding", "bursts", 1, 4096,
        "Bursts of a DMA port in flight with a DRAM part (assumption: 32, 2 KiB at 25.6 GB/s and 80 ns).",
        [](machine& m) -> unsigned& { return m.dma.outstanding; }));
    out.push_back(number<unsigned>(
        "dma.burst_bytes", "bytes", 16, 4096,
        "Largest burst of the DMA with a DRAM part, a power of two (assumption: 64, a DDR burst).",
        [](machine& m) -> unsigned& { return m.dma.burst_bytes; }));
}

}  // namespace

void add_memory_parameters(list& out) {
    add_simple(out);
    add_organisation(out);
    add_queues(out);
    add_bus_and_dma(out);
}

std::string check_memory(const machine& m) {
    const auto& c = m.dram.controller;
    if (!std::has_single_bit(c.channels)) {
        return fmt::format("dram.channels is {}: expects a power of two", c.channels);
    }
    if (!std::has_single_bit(c.ranks)) {
        return fmt::format("dram.ranks is {}: expects a power of two", c.ranks);
    }
    if (c.write_high > c.write_queue || c.write_low >= c.write_high) {
        return fmt::format(
            "dram.write_low, dram.write_high and dram.write_queue are {}, {} and {}: expects them to rise",
            c.write_low, c.write_high, c.write_queue);
    }
    if (!std::has_single_bit(m.dma.burst_bytes)) {
        return fmt::format("dma.burst_bytes is {}: expects a power of two", m.dma.burst_bytes);
    }
    return {};
}

}  // namespace eyeriss::arch
