#include "models/observe/recorder.h"

#include <array>
#include <utility>

namespace eyeriss::observe {

std::string_view name_of(stream_kind kind) {
    constexpr std::array<std::string_view, stream_kinds> names{"layer",        "pass",    "transfer", "burst",
                                                               "dram_command", "cluster", "network",  "link",
                                                               "bank",         "function"};
    return names[static_cast<std::size_t>(kind)];
}

stream_id recorder::open(std::string name, stream_kind kind, unsigned index) {
    streams_.push_back({std::move(name), kind, index});
    const auto id = static_cast<stream_id>(streams_.size());
    for (const auto& l : listeners_) l.who.get().opened(id, streams_.back());
    return id;
}

transaction_id recorder::reserve(std::uint64_t count) {
    const transaction_id first = last_ + 1;
    last_ += count;
    return first;
}

transaction_id recorder::record(transaction t) {
    if (t.id == 0) t.id = reserve();
    t.layer = layer_;
    const stream_kind kind = streams_[t.stream - 1].kind;
    for (const auto& l : listeners_) {
        if (l.wanted.has(kind)) l.who.get().recorded(t);
    }
    return t.id;
}

void recorder::subscribe(subscriber& s) {
    listeners_.push_back({s, s.wanted()});
    wanted_ |= listeners_.back().wanted;
    for (std::size_t i = 0; i < streams_.size(); ++i) s.opened(static_cast<stream_id>(i + 1), streams_[i]);
}

}  // namespace eyeriss::observe
