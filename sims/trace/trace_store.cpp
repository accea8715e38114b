#include "sims/trace/trace_store.h"

#include <fnmatch.h>

#include <algorithm>

namespace eyeriss::sims {

void trace_store::opened(observe::stream_id id, const observe::stream& s) {
    const auto matches = [&](const std::string& glob) {
        return fnmatch(glob.c_str(), s.name.c_str(), 0) == 0;
    };
    open_.resize(std::max<std::size_t>(open_.size(), id));
    open_[id - 1] =
        filter_.modules.empty() || std::any_of(filter_.modules.begin(), filter_.modules.end(), matches);
    if (open_[id - 1]) streams_.emplace(id, s);
}

bool trace_store::passes(const observe::transaction& t) const {
    return open_[t.stream - 1] && t.end >= filter_.from && t.begin <= filter_.to &&
           (!filter_.layers || filter_.layers->contains(t.layer));
}

std::uint32_t trace_store::intern(std::string_view text) {
    if (const auto known = names_.find(text); known != names_.end()) return known->second;
    const auto number = static_cast<std::uint32_t>(texts_.size());
    texts_.emplace_back(text);
    names_.emplace(text, number);
    return number;
}

void trace_store::recorded(const observe::transaction& t) {
    if (!passes(t)) return;
    const std::uint64_t bytes = sizeof(transaction) + t.attributes.size() * sizeof(attribute);
    if (bytes_ + bytes > filter_.limit_bytes) {
        ++left_out_;
        return;
    }
    bytes_ += bytes;
    transaction kept{t.id,
                     t.parent,
                     t.begin,
                     t.end,
                     t.stream,
                     intern(t.name),
                     t.layer,
                     static_cast<std::uint32_t>(t.attributes.size()),
                     attributes_.size()};
    for (const auto& a : t.attributes) attributes_.push_back({intern(a.name), a.value});
    transactions_.push_back(kept);
}

}  // namespace eyeriss::sims
