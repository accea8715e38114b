#include "models/dram/statistics.h"

namespace eyeriss::dram {

bank_statistics& bank_statistics::operator+=(const bank_statistics& other) {
    hits += other.hits;
    misses += other.misses;
    conflicts += other.conflicts;
    open += other.open;
    for (std::size_t c = 0; c < command_count; ++c) {
        commands[c] += other.commands[c];
    }
    return *this;
}

bank_statistics channel_statistics::rank_total(unsigned rank) const {
    bank_statistics out;
    const std::size_t count = banks.size() / ranks.size();
    for (std::size_t b = rank * count; b < (rank + 1) * count; ++b) {
        out += banks[b];
    }
    return out;
}

bank_statistics channel_statistics::total() const {
    bank_statistics out;
    for (const auto& bank : banks) {
        out += bank;
    }
    return out;
}

}  // namespace eyeriss::dram
