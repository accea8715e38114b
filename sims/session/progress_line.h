#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sims/session/run_watcher.h"
#include "sims/support/stopwatch.h"
#include "sims/support/terminal.h"

namespace eyeriss::sims {

/// How far a run is.
struct progress {
    std::size_t layer = 0, layers = 0;  ///< the present one, from 0
    std::string name;                   ///< of the present layer
    double share = 0;                   ///< of the network's MACs whose layers are done
    double simulated_seconds = 0;
    double cycles_per_second = 0;          ///< simulated cycles of the array a wall second
    std::optional<double> seconds_left{};  ///< wall time, once it can be told
};

/// One line without its end, of at most `columns`: a bar, layer, simulated time, speed, time left.
[[nodiscard]] std::string progress_text(const progress& p, unsigned columns, const text_styles& styles = {});

/// Keeps that line on standard error up to date while a network runs, ten times a second at most. The time
/// left supposes that every MAC takes the same.
class progress_line : public run_watcher {
public:
    explicit progress_line(unsigned clock_mhz) : clock_mhz_(clock_mhz) {}

    void layer_begins(std::size_t layer, double simulated_seconds, const layer_log& log) override;
    void passed(double simulated_seconds) override;
    void ended() override;

private:
    void show();

    unsigned clock_mhz_;
    stopwatch watch_;
    progress progress_;
    double shown_at_ = -1;
};

}  // namespace eyeriss::sims
