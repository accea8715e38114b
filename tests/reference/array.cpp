#include "tests/reference/array.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "tests/reference/chain_ends.h"
#include "tests/reference/iact_port.h"
#include "tests/reference/weight_port.h"

namespace eyeriss::reference {
namespace {

constexpr cycle longest_run = 50'000'000;

class array {
public:
    array(const program& p, std::span<const std::size_t> order)
        : program_(p),
          order_(order.begin(), order.end()),
          backwards_(!order.empty()),
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
    template <class Part, class Step>
    void visit(std::vector<Part>& parts, Step step_part) {
        for (std::size_t i = 0; i < parts.size(); ++i)
            step_part(parts[backwards_ ? parts.size() - 1 - i : i]);
    }
    void step(cycle now) {
        visit(iact_ports_, [&](iact_port& p) { p.step(now, pes_); });
        visit(weight_ports_, [&](weight_port& p) { p.step(now, pes_); });
        move_psums(now);
        for (const std::size_t i : order_) pes_[i].step(now, filling(i));
        for (chain_ends& c : chains_) c.count(links_);
    }
    void move_psums(cycle now) {
        outputs_.begin_cycle();
        for (psum_link& l : links_) l.begin_cycle(now);
        visit(chains_, [&](chain_ends& c) { c.step(now, links_, finished_); });
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
        run_result r;
        r.total = total;
        r.finished = finished_;
        for (const pe& p : pes_) {
            r.windows.push_back(p.windows());
            r.ledgers.push_back(p.counts());
        }
        const auto add = [&](std::vector<port_counts>& to, port_counts counts) {
            counts.add(activity::idle, program_.configuration);
            to.push_back(counts);
        };
        for (const iact_port& p : iact_ports_) {
            add(r.banks, p.bank());
            add(r.iacts, p.port());
        }
        for (const weight_port& p : weight_ports_) add(r.weights, p.port());
        for (const chain_ends& c : chains_) {
            add(r.psums_in, c.in());
            add(r.psums_out, c.out());
        }
        return r;
    }

    const program& program_;
    std::vector<std::size_t> order_;
    bool backwards_;
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
