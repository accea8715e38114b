#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "models/abi/counters.h"
#include "models/accelerator/report.h"

namespace eyeriss::accelerator {

/// The accelerator's performance counters (models/abi/counters.h) with their thresholds. They are sums over
/// layer reports, and so equal the model's own ledger.
class performance_counters {
public:
    /// Adds what a layer did. Returns the lowest counter that thereby reached its threshold, or nothing.
    std::optional<eyeriss_counter> add(const layer_report& report);
    /// All counters to zero; thresholds stay.
    void clear() { values_ = {}; }
    /// A counter's value; 0 for a number that names none.
    [[nodiscard]] std::uint64_t value(std::uint32_t number) const {
        return number < values_.size() ? values_[number] : 0;
    }
    /// A counter's threshold, 0 for none; setting that of a number that names no counter does nothing.
    [[nodiscard]] std::uint64_t threshold(std::uint32_t number) const {
        return number < thresholds_.size() ? thresholds_[number] : 0;
    }
    void set_threshold(std::uint32_t number, std::uint64_t value) {
        if (number < thresholds_.size()) thresholds_[number] = value;
    }

private:
    using values = std::array<std::uint64_t, EYERISS_COUNTER_COUNT>;
    [[nodiscard]] static values of(const layer_report& report);

    values values_{};
    values thresholds_{};
};

}  // namespace eyeriss::accelerator
