#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "tests/reference/ledger.h"

namespace eyeriss::reference {

/// 40 bits: two psums.
using psum_word = std::pair<std::int64_t, std::int64_t>;

/// Words that a pass sends over a link.
struct link_turn {
    std::size_t pass = 0, words = 0;
};

/// The way of psums into a PE: a FIFO, with the registers of the mesh links before it. What is written in a
/// cycle can be read in the next one at the earliest; a place that is freed can be used in the next one.
/// Passes whose chains end at different PEs take turns; without a list of turns anybody may write.
class psum_link {
public:
    explicit psum_link(std::size_t capacity_words, cycle hops = 0, std::vector<link_turn> turns = {})
        : capacity_(capacity_words), hops_(hops), turns_(std::move(turns)) {}

    /// Takes the state that everybody sees in this cycle.
    void begin_cycle(cycle now) {
        readable_ = !words_.empty() && words_.front().visible <= now;
        writable_ = words_.size() < capacity_;
        seen_turn_ = turn_;
    }

    [[nodiscard]] bool empty() const { return words_.empty(); }
    [[nodiscard]] bool readable() const { return readable_; }
    [[nodiscard]] bool writable(std::size_t pass) const {
        return writable_ &&
               (turns_.empty() || (seen_turn_ < turns_.size() && turns_[seen_turn_].pass == pass));
    }
    void write(psum_word value, cycle now) {
        words_.push_back({value, now + 1 + hops_});
        if (turns_.empty() || ++written_ < turns_[turn_].words) return;
        written_ = 0;
        ++turn_;
    }
    psum_word read() {
        const psum_word value = words_.front().value;
        words_.pop_front();
        return value;
    }

private:
    struct entry {
        psum_word value;
        cycle visible;
    };
    std::deque<entry> words_;
    std::size_t capacity_;
    cycle hops_;
    std::vector<link_turn> turns_;
    std::size_t turn_ = 0, seen_turn_ = 0, written_ = 0;
    bool readable_ = false, writable_ = true;
};

}  // namespace eyeriss::reference
