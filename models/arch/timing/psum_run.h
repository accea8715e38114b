#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/arch/timing/ledger.h"

namespace eyeriss::arch::timing {

/// Words of two psums that cross a port in cycles that follow one another.
struct psum_run {
    cycle_t first = 0;
    std::uint32_t words = 0;
    [[nodiscard]] cycle_t last() const { return first + words - 1; }
};

/// Appends a run, joined to the last one where it follows without a gap.
inline void append(std::vector<psum_run>& runs, const psum_run& r) {
    if (!runs.empty() && runs.back().last() + 1 == r.first) {
        runs.back().words += r.words;
    } else {
        runs.push_back(r);
    }
}

/// Reads runs word by word or in pieces, in order.
class psum_reader {
public:
    psum_reader() = default;
    explicit psum_reader(const std::vector<psum_run>& runs) : runs_(&runs) {}

    /// The words that come next without a gap; none of them when all are read.
    [[nodiscard]] psum_run front() const {
        if (runs_ == nullptr || run_ == runs_->size()) return {};
        const psum_run& r = (*runs_)[run_];
        return {r.first + taken_, r.words - taken_};
    }
    /// The next word's cycle; 0 when all are read.
    [[nodiscard]] cycle_t next() {
        const psum_run run = front();
        if (run.words != 0) take(1);
        return run.first;
    }
    void take(std::uint32_t words) {
        taken_ += words;
        if (taken_ < (*runs_)[run_].words) return;
        taken_ = 0;
        ++run_;
    }

private:
    const std::vector<psum_run>* runs_ = nullptr;
    std::size_t run_ = 0;
    std::uint32_t taken_ = 0;
};

/// The FIFO of psums into a PE, seen by who writes it: a place that is freed in a cycle can be written in the
/// next one. It keeps when places are freed, as runs.
class psum_fifo {
public:
    /// Empty from `cycle` on, with so many places.
    void reset(std::uint32_t places, cycle_t cycle) {
        freed_.assign(1, {cycle, places});
        head_ = taken_ = 0;
        last_written_ = cycle;
    }
    /// The next places and the cycles in which they were freed.
    [[nodiscard]] psum_run front() const {
        return {freed_[head_].first + taken_, freed_[head_].words - taken_};
    }
    void write(std::uint32_t words, cycle_t last) {
        last_written_ = last;
        taken_ += words;
        if (taken_ < freed_[head_].words) return;
        taken_ = 0;
        if (++head_ < compact_from) return;
        freed_.erase(freed_.begin(), freed_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
    /// The reader took words.
    void free(const psum_run& r) {
        if (head_ < freed_.size() && freed_.back().last() + 1 == r.first) {
            freed_.back().words += r.words;
        } else {
            freed_.push_back(r);
        }
    }
    /// The cycles in which its places were freed, those of the next words first.
    void list_places(std::vector<cycle_t>& places) const {
        places.clear();
        for (std::size_t i = head_; i < freed_.size(); ++i) {
            for (std::uint32_t word = i == head_ ? taken_ : 0; word < freed_[i].words; ++word)
                places.push_back(freed_[i].first + word);
        }
    }
    /// As if words had been written and read until these places were free.
    void set_places(const std::vector<cycle_t>& places, cycle_t last_written) {
        freed_.clear();
        for (const cycle_t freed : places) append(freed_, {freed, 1});
        head_ = taken_ = 0;
        last_written_ = last_written;
    }
    [[nodiscard]] cycle_t last_written() const { return last_written_; }
    [[nodiscard]] bool full() const { return head_ == freed_.size(); }

private:
    static constexpr std::size_t compact_from = 64;
    std::vector<psum_run> freed_;  ///< from head_ on
    std::size_t head_ = 0;
    std::uint32_t taken_ = 0;  ///< of the run at head_
    cycle_t last_written_ = 0;
};

}  // namespace eyeriss::arch::timing
