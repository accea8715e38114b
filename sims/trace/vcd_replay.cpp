#include "sims/trace/vcd_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <systemc>

#include "sims/support/error.h"

namespace eyeriss::sims {

namespace {

namespace fs = std::filesystem;

class replay : public sc_core::sc_module {
public:
    replay(sc_core::sc_module_name name, std::span<const stream_changes> streams) : sc_module(name) {
        for (std::size_t s = 0; s < streams.size(); ++s) {
            first_.push_back(signals_.size());
            for (std::size_t i = 0; i <= streams[s].attributes.size(); ++i)
                signals_.emplace_back(sc_core::sc_gen_unique_name("s"));
            for (const auto& change : streams[s].changes) steps_.push_back({change.at, s, &change});
        }
        std::stable_sort(steps_.begin(), steps_.end(),
                         [](const step& a, const step& b) { return a.at < b.at; });
        SC_THREAD(drive);
    }

    void trace_signals(sc_core::sc_trace_file* file, std::span<const stream_changes> streams) {
        for (std::size_t s = 0; s < streams.size(); ++s) {
            sc_core::sc_trace(file, signals_[first_[s]], streams[s].name + ".open");
            for (std::size_t i = 0; i < streams[s].attributes.size(); ++i) {
                sc_core::sc_trace(file, signals_[first_[s] + 1 + i],
                                  streams[s].name + "." + streams[s].attributes[i]);
            }
        }
    }

    SC_HAS_PROCESS(replay);

private:
    struct step {
        observe::picoseconds at = 0;
        std::size_t stream = 0;
        const stream_change* change = nullptr;
    };

    void drive() {
        for (const step& s : steps_) {
            const auto at = sc_core::sc_time::from_value(s.at);
            if (at > sc_core::sc_time_stamp()) wait(at - sc_core::sc_time_stamp());
            const std::size_t first = first_[s.stream];
            signals_[first].write(s.change->open);
            for (std::size_t i = 0; i < s.change->attribute_sums.size(); ++i)
                signals_[first + 1 + i].write(s.change->attribute_sums[i]);
        }
        // A trace file takes a time's changes when the next time begins.
        wait(1, sc_core::SC_PS);
    }

    std::deque<sc_core::sc_signal<sc_dt::int64>> signals_;
    std::vector<std::size_t> first_;  ///< signal, by stream
    std::vector<step> steps_;
};

/// SystemC tells of no error: a file is whole when it has the last time's changes.
bool ends_with_time(const fs::path& file, observe::picoseconds last) {
    constexpr std::streamoff tail = 1 << 20;
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    const auto size = static_cast<std::streamoff>(in.tellg());
    in.seekg(std::max<std::streamoff>(0, size - tail));
    const std::string text(std::istreambuf_iterator<char>(in), {});
    const auto at = text.rfind(fmt::format("\n#{}\n", last));
    return (last == 0 || at != std::string::npos) && text.ends_with('\n');
}

}  // namespace

void write_vcd(std::span<const stream_changes> streams, const fs::path& file) {
    const fs::path partial = file.string() + ".partial";  // SystemC adds .vcd
    const fs::path written = partial.string() + ".vcd";
    const auto refuse = [&](const std::string& why) {
        std::error_code ignored;
        fs::remove(written, ignored);
        throw user_error(fmt::format("VCD file {}: cannot be written: {}", file.string(), why));
    };
    if (!std::ofstream(written)) refuse("expects a file in a folder that exists");
    replay module("replay", streams);
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    auto* trace = sc_core::sc_create_vcd_trace_file(partial.c_str());
    trace->set_time_unit(1, sc_core::SC_PS);
    module.trace_signals(trace, streams);
    sc_core::sc_start();
    sc_core::sc_close_vcd_trace_file(trace);
    observe::picoseconds last = 0;
    for (const auto& s : streams) {
        if (!s.changes.empty()) last = std::max(last, s.changes.back().at);
    }
    if (!ends_with_time(written, last)) refuse("it is not whole; is the disk full?");
    std::error_code error;
    fs::rename(written, file, error);
    if (error) refuse(error.message());
}

}  // namespace eyeriss::sims
