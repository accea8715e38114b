#pragma once

#include <cstdint>

namespace eyeriss::platform {

/// A 64-bit counter that follows a count kept elsewhere, can be set, and can be stopped (mcountinhibit).
class counter {
public:
    [[nodiscard]] std::uint64_t value(std::uint64_t count) const {
        return stopped_ ? held_ : count + offset_;
    }
    /// Makes the counter read `value` when the count is `count`.
    void set(std::uint64_t count, std::uint64_t value) {
        held_ = value;
        offset_ = value - count;
    }
    void stop(std::uint64_t count, bool stopped) {
        set(count, value(count));
        stopped_ = stopped;
    }
    [[nodiscard]] bool stopped() const { return stopped_; }

private:
    std::uint64_t offset_ = 0, held_ = 0;
    bool stopped_ = false;
};

}  // namespace eyeriss::platform
