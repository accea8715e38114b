#include "platform/outside.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace eyeriss::platform {
namespace {

std::uint64_t units_per_ps() {
    return sc_core::sc_time(1, sc_core::SC_PS).value();
}

std::uint64_t ps_of(const sc_core::sc_time& time) {
    return time.value() / units_per_ps();
}

sc_core::sc_time time_of(std::uint64_t ps) {
    return sc_core::sc_time::from_value(ps * units_per_ps());
}

}  // namespace

outside::outside(sc_core::sc_module_name name, const sc_core::sc_time& lookahead)
    : sc_module(name), lookahead_(lookahead), due_("due") {
    SC_HAS_PROCESS(outside);
    SC_METHOD(deliver);
    sensitive << due_;
    dont_initialize();
}

void outside::attach(std::string source, taker take) {
    takers_.insert_or_assign(std::move(source), std::move(take));
}

const outside::taker& outside::taker_of(std::string_view source) const {
    const auto found = takers_.find(source);
    if (found == takers_.end()) {
        throw std::invalid_argument(fmt::format("input for '{}': nobody takes it here", source));
    }
    return found->second;
}

void outside::submit(std::string_view source, std::string_view data) {
    static_cast<void>(taker_of(source));
    if (replaying_ || data.empty()) {
        return;
    }
    pending_.push_back(
        {ps_of(sc_core::sc_time_stamp() + lookahead_), std::string(source), std::string(data)});
    arm();
}

void outside::note(std::string_view source, std::string_view data) const {
    const outside_event event{ps_of(sc_core::sc_time_stamp()), std::string(source), std::string(data)};
    for (const auto& seen : observers_) {
        seen(event);
    }
}

void outside::replay(const std::vector<outside_event>& events) {
    std::uint64_t last = 0;
    for (const auto& event : events) {
        static_cast<void>(taker_of(event.source));
        if (event.at_ps < last) {
            throw std::invalid_argument(fmt::format("input for '{}' at {} ps: expects a time from {} ps on",
                                                    event.source, event.at_ps, last));
        }
        last = event.at_ps;
    }
    replaying_ = true;
    pending_.assign(events.begin(), events.end());
    arm();
}

void outside::arm() {
    if (!pending_.empty()) {
        due_.notify(time_of(pending_.front().at_ps) - sc_core::sc_time_stamp());
    }
}

void outside::deliver() {
    const std::uint64_t now = ps_of(sc_core::sc_time_stamp());
    while (!pending_.empty() && pending_.front().at_ps <= now) {
        const auto event = std::move(pending_.front());
        pending_.pop_front();
        taker_of(event.source)(event.data);
        for (const auto& seen : observers_) {
            seen(event);
        }
    }
    arm();
}

}  // namespace eyeriss::platform
