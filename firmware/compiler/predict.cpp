#include "firmware/compiler/predict.h"

#include <algorithm>
#include <array>

#include "firmware/compiler/pass_plan.h"
#include "models/arch/timing/bank_fill.h"
#include "models/arch/timing/output_queue.h"
#include "models/energy/clock.h"

namespace eyeriss::compiler {

namespace {

using arch::loop;
using noc::cycle_t;

bool same_but(arch::pass_index a, arch::pass_index b, std::initializer_list<loop> ignored) {
    for (const loop l : ignored) a[static_cast<std::size_t>(l)] = b[static_cast<std::size_t>(l)] = 0;
    return a == b;
}

/// Times passes one after the other, as the accelerator's sequencer does with an ideal memory.
class sequence {
public:
    sequence(const conv_op& op, const arch::tiling& tiles, const arch::machine& m, const calibration& data)
        : tiles_(tiles),
          planner_(op, tiles, m, data),
          timing_(m),
          banks_(std::size_t{m.noc.clusters()} * m.noc.iact_routers()),
          outputs_(m.control.output_tiles) {
        timing_.begin_layer(0, 0, tiles.map().m0);
        banks_.begin_layer(0, 0, tiles.map().iact_single_buffer ? 1 : 2);
    }

    /// Adds a pass; returns by how many cycles the end moved.
    cycle_t add(std::uint64_t pass) {
        const auto index = tiles_.index(pass);
        const bool first = pass == 0;
        const auto before = first ? index : tiles_.index(pass - 1);
        const bool new_iacts = !started_ || (!first && !same_but(index, before, {loop::m}));
        auto p =
            planner_.plan(index, !started_ || tiles_.weight_segment(index) != tiles_.weight_segment(before));
        if (new_iacts) {
            if (started_) banks_.release(timing_.banks_read());
            filled_ = banks_.fill(planner_.bank_words(), 0);
        }
        started_ = true;
        p.iacts_filled = filled_;
        p.outputs_blocked = outputs_.blocked(outputs_.left());
        const auto times = timing_.run(p);
        if (tiles_.last_reduction(index)) outputs_.leave(times.outputs_ready);
        const cycle_t old = end_;
        end_ = std::max(end_, times.last_end);
        return end_ - old;
    }

    void observe(arch::timing::array_timing::transfer_observer observer) {
        timing_.observe_transfers(std::move(observer));
    }
    [[nodiscard]] cycle_t end() const { return end_; }
    /// PE-cycles so far in which pipelines were clocked; to be asked once, at the end.
    [[nodiscard]] cycle_t clocked() { return energy::clocked_cycles(timing_.end_layer(end_).sum()); }

private:
    const arch::tiling& tiles_;
    pass_planner planner_;
    arch::timing::array_timing timing_;
    arch::timing::bank_fill banks_;
    arch::timing::output_queue outputs_;
    std::vector<cycle_t> filled_;
    cycle_t end_ = 0;
    bool started_ = false;
};

/// Runs of passes under way at once: a run is long enough for the buffers' credits to settle.
constexpr std::uint64_t run_length = 3;

}  // namespace

prediction predict(const conv_op& op, const arch::mapping& map, const arch::machine& m,
                   const calibration& data, std::uint64_t most_passes, double most_cycles) {
    const arch::tiling tiles(op.shape, map, m);
    const std::uint64_t passes = tiles.passes();
    sequence timed(op, tiles, m, data);
    if (passes <= most_passes) {
        for (std::uint64_t pass = 0; pass < passes && static_cast<double>(timed.end()) < most_cycles; ++pass)
            timed.add(pass);
        return {static_cast<double>(timed.end()), passes, static_cast<double>(timed.clocked())};
    }
    // Passes that bring weights cost more: the two kinds are timed apart and weighted by how many there are
    // of each.
    std::array<double, 2> cycles{};
    std::array<std::uint64_t, 2> seen{};
    const auto kind = [&](std::uint64_t pass) -> std::size_t {
        return pass == 0 ||
               tiles.weight_segment(tiles.index(pass)) != tiles.weight_segment(tiles.index(pass - 1));
    };
    std::uint64_t loading = 0;
    std::vector<std::uint64_t> loads;
    for (std::uint64_t pass = 0; pass < passes; ++pass) {
        if (kind(pass) == 0) continue;
        ++loading;
        loads.push_back(pass);
    }
    const std::uint64_t runs = std::max<std::uint64_t>(1, most_passes / run_length);
    timed.add(0);
    for (std::uint64_t run = 0; run < runs; ++run) {
        // Runs start at passes that load, spread evenly; each also sees passes that do not, where there are
        // any.
        const std::uint64_t start = loads[(2 * run + 1) * loads.size() / (2 * runs)];
        for (std::uint64_t pass = start; pass < std::min(start + run_length, passes); ++pass) {
            cycles[kind(pass)] += static_cast<double>(timed.add(pass));
            ++seen[kind(pass)];
        }
    }
    const auto mean = [&](std::size_t k) {
        return seen[k] == 0 ? 0.0 : cycles[k] / static_cast<double>(seen[k]);
    };
    const double total =
        mean(1) * static_cast<double>(loading) + mean(0) * static_cast<double>(passes - loading);
    const double scale = timed.end() == 0 ? 0.0 : total / static_cast<double>(timed.end());
    return {total, runs * run_length, static_cast<double>(timed.clocked()) * scale};
}

cycle_t predict_traffic(const conv_op& op, const arch::mapping& map, const arch::machine& m,
                        const calibration& data, arch::timing::array_timing::transfer_observer observer) {
    const arch::tiling tiles(op.shape, map, m);
    sequence timed(op, tiles, m, data);
    timed.observe(std::move(observer));
    for (std::uint64_t pass = 0; pass < tiles.passes(); ++pass) timed.add(pass);
    return timed.end();
}

}  // namespace eyeriss::compiler
