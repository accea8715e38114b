#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace eyeriss::sims {

/// The latest text of each kind of event, numbered; whoever was slow reads the latest and has missed the
/// rest.
class board {
public:
    /// In the order in which they are told where both are new, so that the last state comes last.
    enum kind : std::uint8_t { data, state };
    static constexpr std::array<std::string_view, 2> names{"data", "state"};

    using text = std::shared_ptr<const std::string>;
    struct entry {
        text json;
        std::uint64_t number = 0;  ///< 0: none yet
    };

    void put(kind which, std::string json) {
        const std::lock_guard lock(mutex_);
        entry& e = entries_.at(which);
        e.json = std::make_shared<const std::string>(std::move(json));
        ++e.number;
    }
    [[nodiscard]] entry get(kind which) const {
        const std::lock_guard lock(mutex_);
        return entries_.at(which);
    }

private:
    mutable std::mutex mutex_;
    std::array<entry, 2> entries_;
};

}  // namespace eyeriss::sims
