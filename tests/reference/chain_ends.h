#pragma once

#include <vector>

#include "tests/reference/array.h"

namespace eyeriss::reference {

/// Both ends of a chain and its psum bank, which gives a word and takes a word in the same cycle.
class chain_ends {
public:
    explicit chain_ends(const chain_program& p, std::size_t tiles) : program_(p), kept_(tiles) {}

    void step(cycle now, std::vector<psum_link>& links, std::vector<std::vector<std::int64_t>>& finished) {
        fed_now_ = feed(now, links);
        if (taken_pass_ == program_.passes.size() || !links[program_.sink].readable()) return;
        const chain_pass& pass = program_.passes[taken_pass_];
        const psum_word value = links[program_.sink].read();
        if (pass.finishes) {
            finished[pass.tile].insert(finished[pass.tile].end(), {value.first, value.second});
        } else {
            kept_[pass.tile].resize(pass.words);
            kept_[pass.tile][taken_] = {value, pass.round + 1};
        }
        advance(taken_pass_, taken_);
    }

    /// Counts what its ports did in a cycle, once everybody has been stepped.
    void count(const std::vector<psum_link>& links) {
        in_.add(fed_now_);
        out_.add(links[program_.sink].port());
    }
    [[nodiscard]] const port_counts& in() const { return in_; }
    [[nodiscard]] const port_counts& out() const { return out_; }

private:
    struct kept_word {
        psum_word value;
        std::size_t rounds = 0;
    };

    activity feed(cycle now, std::vector<psum_link>& links) {
        while (fed_pass_ < program_.passes.size() && program_.passes[fed_pass_].round == 0) ++fed_pass_;
        if (fed_pass_ == program_.passes.size()) return activity::idle;
        const chain_pass& pass = program_.passes[fed_pass_];
        if (fed_ >= kept_[pass.tile].size() || kept_[pass.tile][fed_].rounds != pass.round)
            return activity::idle;
        if (!links[program_.feed].writable(pass.pass)) return activity::stalled;
        links[program_.feed].write(kept_[pass.tile][fed_].value, now);
        advance(fed_pass_, fed_);
        return activity::busy;
    }
    void advance(std::size_t& pass, std::size_t& word) const {
        if (++word < program_.passes[pass].words) return;
        word = 0;
        ++pass;
    }

    const chain_program& program_;
    std::vector<std::vector<kept_word>> kept_;  ///< by tile
    std::size_t fed_pass_ = 0, fed_ = 0;
    std::size_t taken_pass_ = 0, taken_ = 0;
    activity fed_now_ = activity::idle;
    port_counts in_, out_;
};

}  // namespace eyeriss::reference
