#include "tests/reference/array.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace eyeriss::reference {
namespace {

constexpr cycle longest_run = 50'000'000;

/// Sends segments in order, each word to all destinations at once. A segment begins when all of them have
/// room for the whole of it (ready = AND). A segment whose bits came with the last word of the one before
/// takes no word of the port.
class iact_port {
public:
    explicit iact_port(const iact_port_program& p) : program_(p) { filled_ = p.load_words.empty() ? 1 : 0; }

    /// Whether the pass's load was still being filled at the beginning of this cycle.
    [[nodiscard]] bool filling(std::size_t pass) const { return load_of(pass) >= readable_; }

    void step(cycle now, std::vector<pe>& pes) {
        readable_ = filled_;
        fill();
        bool word_sent = false;
        while (next_ < program_.deliveries.size()) {
            const segment_delivery& d = program_.deliveries[next_];
            if (word_ == 0 && !begin(d, now, pes, word_sent)) return;
            if (d.segment.network_words > 0) {
                word_sent = true;
                if (++word_ < d.segment.network_words) return;
            }
            word_ = 0;
            ++next_;
        }
    }

private:
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
    void fill() {
        const auto room = [&] {
            return filled_ < program_.load_words.size() && filled_ < reading() + program_.halves;
        };
        while (room() && program_.load_words[filled_] == 0) ++filled_;
        if (!room() || ++filled_words_ < program_.load_words[filled_]) return;
        ++filled_;
        filled_words_ = 0;
    }

    const iact_port_program& program_;
    std::size_t next_ = 0;
    int word_ = 0;
    std::size_t filled_ = 0, readable_ = 0;
    cycle filled_words_ = 0;
};

/// Sends weight tiles in order. A tile's first word waits until all destinations are idle.
class weight_port {
public:
    explicit weight_port(const std::vector<tile_delivery>& deliveries) : deliveries_(deliveries) {}

    void step(cycle now, std::vector<pe>& pes) {
        if (now < free_ || next_ == deliveries_.size()) return;
        const tile_delivery& d = deliveries_[next_];
        const auto ready = [&](const destination& t) { return pes[t.pe].ready_for_weights(d.pass); };
        if (!std::ranges::all_of(d.to, ready)) return;
        for (const destination& t : d.to) pes[t.pe].weights_come(now + t.hops, d.words);
        free_ = now + d.words;
        ++next_;
    }

private:
    const std::vector<tile_delivery>& deliveries_;
    std::size_t next_ = 0;
    cycle free_ = 0;
};

/// Both ends of a chain and its psum bank, which gives a word and takes a word in the same cycle.
class chain_ends {
public:
    explicit chain_ends(const chain_program& p, std::size_t tiles) : program_(p), kept_(tiles) {}

    void step(cycle now, std::vector<psum_link>& links, std::vector<std::vector<std::int64_t>>& finished) {
        feed(now, links);
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

private:
    struct kept_word {
        psum_word value;
        std::size_t rounds = 0;
    };

    void feed(cycle now, std::vector<psum_link>& links) {
        while (fed_pass_ < program_.passes.size() && program_.passes[fed_pass_].round == 0) ++fed_pass_;
        if (fed_pass_ == program_.passes.size()) return;
        const chain_pass& pass = program_.passes[fed_pass_];
        if (!links[program_.feed].writable(pass.pass)) return;
        if (fed_ >= kept_[pass.tile].size() || kept_[pass.tile][fed_].rounds != pass.round) return;
        links[program_.feed].write(kept_[pass.tile][fed_].value, now);
        advance(fed_pass_, fed_);
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
};

class array {
public:
    array(const program& p, std::span<const std::size_t> order)
        : program_(p),
          order_(order.begin(), order.end()),
          outputs_(finished_words(p), p.output_passes),
          finished_(p.tiles) {
        for (std::size_t i = order_.size(); i < p.jobs.size(); ++i) order_.push_back(i);
        for (const link_program& l : p.links) links_.emplace_back(l.capacity_words, l.hops, l.turns);
        for (const chain_program& c : p.chains) {
            const link_program& l = p.links[c.sink];
            if (!l.turns.empty()) links_[c.sink] = psum_link(l.capacity_words, l.hops, l.turns, &outputs_);
        }
        for (const auto& jobs : p.jobs) pes_.emplace_back(p.pe, linked(jobs));
        for (const auto& port : p.iact_ports) iact_ports_.emplace_back(port);
        for (const auto& deliveries : p.weight_ports) weight_ports_.emplace_back(deliveries);
        for (const chain_program& c : p.chains) chains_.emplace_back(c, p.tiles);
    }

    run_result run() {
        cycle now = 0;
        for (; now < program_.configuration; ++now)
            for (pe& p : pes_) p.counts().add(p.jobs().empty() ? cause::not_mapped : cause::configuration);
        while (!std::ranges::all_of(pes_, &pe::done)) {
            if (++now > longest_run) throw std::runtime_error("reference array: " + first_waiting());
            step(now);
        }
        for (cycle rest = now + 1; !drained(); ++rest) move_psums(rest);
        return result(now);
    }

private:
    static std::map<std::size_t, std::size_t> finished_words(const program& p) {
        std::map<std::size_t, std::size_t> words;
        for (const chain_program& c : p.chains)
            for (const chain_pass& pass : c.passes)
                if (pass.finishes) words[pass.pass] += pass.words;
        return words;
    }
    [[nodiscard]] std::vector<pe_job> linked(const std::vector<job_program>& jobs) {
        std::vector<pe_job> out;
        for (const job_program& j : jobs) {
            out.push_back(j.job);
            if (j.below != no_link) out.back().below = &links_[j.below];
            if (j.above != no_link) out.back().above = &links_[j.above];
        }
        return out;
    }
    void step(cycle now) {
        for (iact_port& p : iact_ports_) p.step(now, pes_);
        for (weight_port& p : weight_ports_) p.step(now, pes_);
        move_psums(now);
        for (const std::size_t i : order_) pes_[i].step(now, filling(i));
    }
    void move_psums(cycle now) {
        outputs_.begin_cycle();
        for (psum_link& l : links_) l.begin_cycle(now);
        for (chain_ends& c : chains_) c.step(now, links_, finished_);
    }
    [[nodiscard]] bool drained() const { return std::ranges::all_of(links_, &psum_link::empty); }
    [[nodiscard]] bool filling(std::size_t index) const {
        if (pes_[index].done()) return false;
        const job_program& j = program_.jobs[index][pes_[index].job()];
        return j.iact_port != no_port && iact_ports_[j.iact_port].filling(j.job.pass);
    }
    [[nodiscard]] std::string first_waiting() const {
        const auto it = std::ranges::find_if_not(pes_, &pe::done);
        return "PE " + std::to_string(it - pes_.begin()) + " waits in pass " +
               std::to_string(it->present().pass);
    }
    [[nodiscard]] run_result result(cycle total) const {
        run_result r{total, {}, {}, finished_};
        for (const pe& p : pes_) {
            r.windows.push_back(p.windows());
            r.ledgers.push_back(p.counts());
        }
        return r;
    }

    const program& program_;
    std::vector<std::size_t> order_;
    output_queue outputs_;
    std::vector<psum_link> links_;
    std::vector<pe> pes_;
    std::vector<iact_port> iact_ports_;
    std::vector<weight_port> weight_ports_;
    std::vector<chain_ends> chains_;
    std::vector<std::vector<std::int64_t>> finished_;
};

}  // namespace

run_result run(const program& p, std::span<const std::size_t> order) {
    return array(p, order).run();
}

}  // namespace eyeriss::reference
