#include "firmware/compiler/mapper_contest.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "firmware/compiler/predict_actions.h"

namespace eyeriss::compiler {

search_effort::search_effort(unsigned pes) {
    constexpr unsigned usual_pes = 256;
    const std::uint64_t larger = std::max(1U, pes / usual_pes);
    first_look = std::max<std::uint64_t>(3, 12 / larger);
    second_look = std::max<std::uint64_t>(3, 48 / larger);
    final_look = std::max<std::uint64_t>(6, 400 / larger);
    candidates = std::max<std::size_t>(8, 64 / std::max<std::size_t>(1, larger / 4));
}

contest::contest(const conv_op& op, const arch::machine& m, const calibration& data, const search_goal& goal)
    : op_(op), m_(m), data_(data), goal_(goal), effort_(m.noc.pes()) {}

double contest::limit() const {
    constexpr double margin = 1.1;
    return std::ceil(best_.exact ? best_score_ : best_score_ * margin);
}

bool contest::is_open(const ranked_mapping& candidate) const {
    return candidate.bound < limit() && !(candidate.map == best_.map && best_score_ != unknown);
}

void contest::look(entrant& e, const ranked_mapping& candidate, std::uint64_t passes, double limit) {
    if (e.whole) return;
    ++best_.timings;
    e.whole = candidate.map.passes(op_.shape) <= passes;
    const double most_cycles = goal_.asks_energy() ? unknown : limit;
    e.time = predict(op_, candidate.map, m_, data_, passes, most_cycles);
    // A sample of passes may miss the slow ones, but not by more than the bound says.
    e.time.cycles = std::max(e.time.cycles, static_cast<double>(candidate.bound_cycles));
    if (goal_.asks_energy()) {
        const auto actions = predict_actions(op_, candidate.map, m_, data_, passes, e.time);
        const auto spent = energy::energy_of(actions, goal_.table);
        e.picojoules = spent.on_chip() + spent.dram();
    }
    e.score = std::max(goal_.score(e.time.cycles, e.picojoules), candidate.bound);
}

std::vector<contest::entrant> contest::look_at_all(const std::vector<ranked_mapping>& candidates,
                                                   std::size_t keep) {
    std::vector<entrant> order;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (!is_open(candidates[i])) continue;
        entrant e;
        e.index = i;
        const double last_kept = order.size() < keep ? unknown : order.back().score;
        look(e, candidates[i], effort_.first_look, std::min(last_kept, best_score_));
        if (e.score >= last_kept || (e.whole && e.score >= best_score_)) continue;
        const auto worse = [](double score, const entrant& other) { return score < other.score; };
        order.insert(std::upper_bound(order.begin(), order.end(), e.score, worse), e);
        if (order.size() > keep) order.pop_back();
    }
    return order;
}

void contest::enter(const std::vector<ranked_mapping>& candidates, std::size_t finalists) {
    const auto better = [](const entrant& a, const entrant& b) {
        return std::tie(a.score, a.index) < std::tie(b.score, b.index);
    };
    auto order = look_at_all(candidates, finalists * 3);
    if (effort_.second_look > effort_.first_look) {
        for (auto& e : order) look(e, candidates[e.index], effort_.second_look, unknown);
    }
    std::sort(order.begin(), order.end(), better);
    if (order.size() > finalists) order.resize(finalists);
    // Samples of passes flatter some loop orders; the best by estimate get their chance, too.
    for (std::size_t i = 0; i < std::min(candidates.size(), finalists); ++i) {
        const auto is_same = [&](const entrant& e) { return e.index == i; };
        if (std::any_of(order.begin(), order.end(), is_same) || !is_open(candidates[i])) continue;
        order.emplace_back().index = i;
    }
    for (auto& e : order) {
        look(e, candidates[e.index], effort_.final_look, best_score_);
        if (e.score < best_score_) take(e, candidates[e.index]);
    }
}

void contest::take(const entrant& e, const ranked_mapping& candidate) {
    best_score_ = e.score;
    best_.map = candidate.map;
    best_.cycles = e.time.cycles;
    best_.picojoules = e.picojoules;
    best_.bound = candidate.bound_cycles;
    best_.exact = e.whole;
}

void contest::enter(const mapping_choice& other) {
    ranked_mapping candidate{other.map, 0, 0, other.bound};
    entrant e;
    look(e, candidate, effort_.final_look, unknown);
    best_.timings += other.timings;
    if (e.score < best_score_) take(e, candidate);
}

}  // namespace eyeriss::compiler
