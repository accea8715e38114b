#pragma once

#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
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

/// Where finished outputs wait for DRAM: those of so many passes beside the one that leaves the array. A pass
/// leaves the queue, in order, when its last word has entered; its place is free one cycle later.
class output_queue {
public:
    /// `words`: how many words each pass finishes that finishes any.
    output_queue(std::map<std::size_t, std::size_t> words, std::size_t waiting)
        : left_(std::move(words)), waiting_(waiting) {}

    void begin_cycle() {
        while (!left_.empty() && left_.begin()->second == 0) left_.erase(left_.begin());
    }
    [[nodiscard]] bool open(std::size_t pass) const {
        const auto it = left_.find(pass);
        return it == left_.end() || static_cast<std::size_t>(std::distance(left_.begin(), it)) <= waiting_;
    }
    void take(std::size_t pass) {
        if (const auto it = left_.find(pass); it != left_.end()) --it->second;
    }

private:
    std::map<std::size_t, std::size_t> left_;
    std::size_t waiting_;
};

/// The way of psums into a PE: a FIFO, with the registers of the mesh links before it. What is written in a
/// cycle can be read in the next one at the earliest; a place that is freed can be used in the next one.
/// Passes whose chains end at different PEs take turns; without a list of turns anybody may write.
class psum_link {
public:
    explicit psum_link(std::size_t capacity_words, cycle hops = 0, std::vector<link_turn> turns = {},
                       output_queue* outputs = nullptr)
        : capacity_(capacity_words), hops_(hops), turns_(std::move(turns)), outputs_(outputs) {}

    /// Takes the state that everybody sees in this cycle.
    void begin_cycle(cycle now) {
        readable_ = !words_.empty() && words_.front().visible <= now;
        writable_ = words_.size() < capacity_;
        seen_turn_ = turn_;
        port_ = activity::idle;
    }
    /// What its writer did in this cycle.
    [[nodiscard]] activity port() const { return port_; }
    /// A writer of this pass has a word and may not write. The port sees only the one whose turn it is.
    void refuse(std::size_t pass) {
        if (has_turn(pass)) port_ = activity::stalled;
    }

    [[nodiscard]] bool empty() const { return words_.empty(); }
    [[nodiscard]] bool readable() const { return readable_; }
    [[nodiscard]] bool writable(std::size_t pass) const {
        return writable_ && (outputs_ == nullptr || outputs_->open(pass)) && has_turn(pass);
    }
    void write(psum_word value, cycle now) {
        words_.push_back({value, now + 1 + hops_});
        port_ = activity::busy;
        if (outputs_ != nullptr) outputs_->take(turns_[turn_].pass);
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
    [[nodiscard]] bool has_turn(std::size_t pass) const {
        return turns_.empty() || (seen_turn_ < turns_.size() && turns_[seen_turn_].pass == pass);
    }

    struct entry {
        psum_word value;
        cycle visible;
    };
    std::deque<entry> words_;
    std::size_t capacity_;
    cycle hops_;
    std::vector<link_turn> turns_;
    output_queue* outputs_;
    std::size_t turn_ = 0, seen_turn_ = 0, written_ = 0;
    bool readable_ = false, writable_ = true;
    activity port_ = activity::idle;
};

}  // namespace eyeriss::reference
