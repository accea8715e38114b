#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace eyeriss::platform {

/// The reservations of lr.w of all harts that share memory. A store of one hart breaks those of the others on
/// the same word. A hart without others needs no such table.
class reservations {
public:
    explicit reservations(unsigned harts) : held_(harts) {}

    void hold(unsigned hart, std::uint32_t word) { held_.at(hart) = word; }
    void drop(unsigned hart) { held_.at(hart).reset(); }
    [[nodiscard]] bool holds(unsigned hart, std::uint32_t word) const { return held_.at(hart) == word; }
    /// True when a hart other than this one holds one, so that its stores must be told.
    [[nodiscard]] bool others(unsigned hart) const {
        for (unsigned i = 0; i < held_.size(); ++i) {
            if (i != hart && held_[i]) {
                return true;
            }
        }
        return false;
    }
    /// A store of `bytes` bytes by a hart.
    void stored(unsigned hart, std::uint32_t address, std::uint32_t bytes) {
        for (unsigned i = 0; i < held_.size(); ++i) {
            if (i != hart && held_[i] && address < *held_[i] + 4 && *held_[i] < address + bytes) {
                held_[i].reset();
            }
        }
    }

private:
    std::vector<std::optional<std::uint32_t>> held_;
};

}  // namespace eyeriss::platform
