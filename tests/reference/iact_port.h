#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

#include "tests/reference/array.h"

namespace eyeriss::reference {

/// Sends segments in order, each word to all destinations at once. A segment begins when all of them have
/// room for the whole of it (ready = AND). A segment whose bits came with the last word of the one before
/// takes no word of the port.
class iact_port {
public:
    explicit iact_port(const iact_port_program& p)
        : program_(p),
          filled_(p.load_words.empty() ? 1 : 0),
          words_left_(std::accumulate(p.load_words.begin(), p.load_words.end(), cycle{0})) {}

    /// Whether the pass's load was still being filled at the beginning of this cycle.
    [[nodiscard]] bool filling(std::size_t pass) const { return load_of(pass) >= readable_; }

    void step(cycle now, std::vector<pe>& pes) {
        readable_ = filled_;
        bank_.add(fill());
        if (send(now, pes)) return port_.add(activity::busy);
        const bool there = next_ < program_.deliveries.size() && !filling(program_.deliveries[next_].pass);
        port_.add(there ? activity::stalled : activity::idle);
    }
    [[nodiscard]] const port_counts& bank() const { return bank_; }
    [[nodiscard]] const port_counts& port() const { return port_; }

private:
    /// Whether a word has crossed.
    bool send(cycle now, std::vector<pe>& pes) {
        bool word_sent = false;
        while (next_ < program_.deliveries.size()) {
            const segment_delivery& d = program_.deliveries[next_];
            if (word_ == 0 && !begin(d, now, pes, word_sent)) return word_sent;
            if (d.segment.network_words > 0) {
                word_sent = true;
                if (++word_ < d.segment.network_words) return true;
            }
            word_ = 0;
            ++next_;
        }
        return word_sent;
    }
    bool begin(const segment_delivery& d, cycle now, std::vector<pe>& pes, bool word_sent) const {
        const int words = d.segment.network_words;
        if (filling(d.pass) || (word_sent && words > 0)) return false;
        const auto ready = [&](const destination& t) {
            return pes[t.pe].ready_for_segment(d.segment, d.pass);
        };
        if (!std::ranges::all_of(d.to, ready)) return false;
        const cycle last_word = now + static_cast<cycle>(std::max(words, 1)) - 1;
        for (const destination& t : d.to) pes[t.pe].segment_comes(d.segment, last_word + 1 + t.hops);
        return true;
    }
    [[nodiscard]] std::size_t load_of(std::size_t pass) const {
        return program_.load_of_pass.empty() ? 0 : program_.load_of_pass[pass];
    }
    /// The load that is read now, or one past the last.
    [[nodiscard]] std::size_t reading() const {
        if (next_ == program_.deliveries.size()) return program_.load_words.size();
        return load_of(program_.deliveries[next_].pass);
    }
    activity fill() {
        const auto room = [&] {
            return filled_ < program_.load_words.size() && filled_ < reading() + program_.halves;
        };
        while (room() && program_.load_words[filled_] == 0) ++filled_;
        if (words_left_ == 0) return activity::idle;
        if (!room()) return activity::stalled;
        --words_left_;
        if (++filled_words_ == program_.load_words[filled_]) {
            ++filled_;
            filled_words_ = 0;
        }
        return activity::busy;
    }

    const iact_port_program& program_;
    std::size_t next_ = 0;
    int word_ = 0;
    std::size_t filled_ = 0, readable_ = 0;
    cycle filled_words_ = 0, words_left_ = 0;
    port_counts bank_, port_;
};

}  // namespace eyeriss::reference
