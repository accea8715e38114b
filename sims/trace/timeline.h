#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "models/arch/machine.h"
#include "models/observe/recorder.h"

namespace eyeriss::sims {

/// A layer of the network in simulated time, for the bands of a timeline.
struct timeline_band {
    std::string name;
    bool on_accelerator = false;
    arch::cycle_t begin = 0, end = 0;  ///< of the array's clock
};

/// Sums what a recorder tells into windows: each accelerator layer in up to 32 equal ones of at least 64
/// cycles, each time between layers one.
///
/// Within a pass or a transfer amounts are spread evenly over its time. Every byte and cycle falls into
/// exactly one window, so sums over windows are the layers' totals.
class timeline : public observe::subscriber {
public:
    static constexpr unsigned windows_a_layer = 32;
    static constexpr arch::cycle_t least_window_cycles = 64;
    enum class traffic : std::uint8_t { dram_read, dram_write, iact, weight, psum };
    static constexpr std::size_t traffics = 5;
    /// Busy cycles by cluster. On a bus, whose port all clusters share, links count for the first one.
    enum class activity : std::uint8_t { utilisation, iact_links, weight_links, psum_links, banks };
    static constexpr std::size_t activities = 5;

    explicit timeline(const arch::machine& machine);

    [[nodiscard]] observe::kind_set wanted() const override;
    void opened(observe::stream_id id, const observe::stream& s) override;
    void recorded(const observe::transaction& t) override;

    struct window {
        arch::cycle_t begin = 0, end = 0;
        std::array<std::uint64_t, traffics> bytes{};
        std::vector<std::array<std::uint64_t, activities>> busy;  ///< by cluster; empty: no layer ran
    };
    /// Windows of the finished accelerator layers, in order of time.
    [[nodiscard]] const std::vector<window>& windows() const { return windows_; }
    /// What part of its time the PEs, ports or banks of all clusters were busy in a window in which a layer
    /// ran, 0 to 1.
    [[nodiscard]] double share(const window& w, activity what) const;
    /// The windows and those between them up to cycle `end`, cut at the bands, as doc/results.md documents
    /// timeline.json.
    [[nodiscard]] nlohmann::ordered_json json(const std::vector<timeline_band>& bands,
                                              arch::cycle_t end) const;

private:
    /// Where a stream's amounts go.
    struct series {
        observe::stream_kind kind{};
        unsigned row = 0;  ///< traffic, or cluster * activities + activity
    };
    struct amount {
        unsigned row = 0;
        bool is_busy = false;
        std::uint64_t value = 0;
        observe::picoseconds begin = 0, end = 0;
    };
    void close_layer(observe::picoseconds begin, observe::picoseconds end);
    void spread(const amount& a, std::size_t first, observe::picoseconds begin, observe::picoseconds end);
    void thin_out();
    [[nodiscard]] std::vector<window> with_gaps(const std::vector<timeline_band>& bands,
                                                arch::cycle_t end) const;
    [[nodiscard]] nlohmann::ordered_json shares(activity what, const std::vector<window>& all) const;
    [[nodiscard]] unsigned units(activity what) const;
    [[nodiscard]] unsigned columns(activity what) const;

    arch::machine machine_;
    observe::picoseconds cycle_ps_;
    std::vector<series> series_;  ///< by stream
    std::vector<amount> open_;    ///< of the running layer
    std::vector<window> windows_;
};

}  // namespace eyeriss::sims
