#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "tests/reference/ledger.h"

namespace eyeriss::reference {

/// 40 bits: two psums.
using psum_word = std::pair<std::int64_t, std::int64_t>;

/// The way of psums into a PE: a FIFO, with the registers of the mesh links before it. What is written in a
/// cycle can be read in the next one at the earliest; a place that is freed can be used in the next one.
class psum_link {
public:
    explicit psum_link(std::size_t capacity_words, cycle hops = 0) : capacity_(capacity_words), hops_(hops) {}

    /// Takes the state that everybody sees in this cycle.
    void begin_cycle(cycle now) {
        readable_ = !words_.empty() && words_.front().visible <= now;
        writable_ = words_.size() < capacity_;
    }

    [[nodiscard]] bool empty() const { return words_.empty(); }
    [[nodiscard]] bool readable() const { return readable_; }
    [[nodiscard]] bool writable() const { return writable_; }
    void write(psum_word value, cycle now) { words_.push_back({value, now + 1 + hops_}); }
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
    bool readable_ = false, writable_ = true;
};

}  // namespace eyeriss::reference
