#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "models/arch/timing/ledger.h"

namespace eyeriss::arch::timing {

/// Filling of the iact banks. Each bank takes a word a cycle by itself, one load after the other; with halves
/// a load may begin once the load before the last has left the bank, with whole banks once the last one has
/// (assumptions A-GLB-HALF, A-GLB-ROWS). A load that has nothing for a bank takes it no time.
class bank_fill {
public:
    /// `ideal`: arch::ideal_limits::glb.
    explicit bank_fill(std::size_t banks, bool ideal = false)
        : filled_(banks), accounts_(banks), ideal_(ideal) {}

    /// Banks are empty; the first word can come in the cycle after `cycle`. `halves`: loads that a bank
    /// holds.
    void begin_layer(cycle_t start, cycle_t cycle, unsigned halves) {
        empty_ = cycle;
        std::fill(filled_.begin(), filled_.end(), cycle);
        for (auto& emptied : emptied_) emptied.assign(filled_.size(), cycle);
        for (auto& a : accounts_) {
            a.begin_layer(start);
            a.idle(cycle);
        }
        halves_ = halves;
        loads_ = released_ = 0;
    }

    /// Last cycle before the first of these banks can take words of the next load: when to ask the memory.
    [[nodiscard]] cycle_t room(std::span<const unsigned> banks) const {
        cycle_t earliest = ~cycle_t{0};
        for (const unsigned b : banks) earliest = std::min(earliest, free(b));
        return banks.empty() ? 0 : earliest;
    }

    /// The next load, of `words` for each bank, whose last byte arrives off-chip at the end of cycle
    /// `arrival`. Returns for each bank the last cycle in which a word of it is written.
    [[nodiscard]] const std::vector<cycle_t>& fill(std::span<const cycle_t> words, cycle_t arrival) {
        for (std::size_t b = 0; b < filled_.size(); ++b) {
            if (words[b] == 0) continue;
            const cycle_t begin = free(b);
            const cycle_t cycles = ideal_ ? 1 : words[b];
            const cycle_t end = std::max(begin + cycles, arrival == 0 ? 0 : arrival + 1);
            accounts_[b].stalled(std::min(begin, end - cycles));
            accounts_[b].idle(end - cycles);
            accounts_[b].busy(end);
            filled_[b] = end;
        }
        ++loads_;
        return filled_;
    }

    /// The oldest load has left the banks, each with its last word in cycle `read`.
    void release(std::span<const cycle_t> read) {
        auto& emptied = emptied_[released_++ % halves_];
        std::copy(read.begin(), read.end(), emptied.begin());
    }

    /// What each bank's write port did; to be asked once, at the end.
    [[nodiscard]] std::vector<port_ledger> end_layer(cycle_t end) {
        std::vector<port_ledger> ledgers;
        ledgers.reserve(accounts_.size());
        for (auto& a : accounts_) ledgers.push_back(a.end_layer(end));
        return ledgers;
    }

private:
    [[nodiscard]] cycle_t free(std::size_t bank) const {
        return ideal_ ? empty_ : std::max(filled_[bank], emptied_[loads_ % halves_][bank]);
    }

    std::vector<cycle_t> filled_;
    std::array<std::vector<cycle_t>, 2> emptied_;  ///< by half
    std::vector<port_account> accounts_;
    unsigned halves_ = 2;
    std::uint64_t loads_ = 0, released_ = 0;
    bool ideal_ = false;
    cycle_t empty_ = 0;  ///< all banks, before the layer's first load
};

}  // namespace eyeriss::arch::timing
