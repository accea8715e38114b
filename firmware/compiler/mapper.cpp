#include "firmware/compiler/mapper.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "firmware/compiler/mapper_search.h"
#include "firmware/compiler/predict.h"

namespace eyeriss::compiler {

namespace {

using arch::mapping;

/// What keeps the smallest tile of all from running: one weight in a PE at a time.
std::string smallest_tile_complaint(const conv_op& op, const arch::machine& m) {
    mapping smallest;
    smallest.iact_single_buffer = true;
    smallest.iact_dense = iacts_travel_raw(m);
    smallest.weight_dense = !m.pe.sparse;
    const auto rule = arch::check(smallest, op.shape, m, 1);
    return rule.empty() ? "no split of the layer passes every rule" : rule;
}

void check_operands(const conv_op& op, std::string_view name) {
    const auto& shape = op.shape;
    if (const auto wrong = shape.check(); !wrong.empty()) {
        throw compile_error(fmt::format("layer '{}': {}", name, wrong));
    }
    const std::size_t weights = std::size_t{shape.groups} * shape.m * shape.c * shape.r * shape.s;
    if (op.weights.size() != weights) {
        throw compile_error(
            fmt::format("layer '{}': {} weights where its shape has {}", name, op.weights.size(), weights));
    }
}

[[noreturn]] void refuse(const conv_op& op, const arch::machine& m, std::string_view name) {
    throw compile_error(fmt::format(
        "layer '{}' ({}) fits no mapping on machine '{}': with the smallest tile, M0=1 C0=1 S0=1, "
        "{}",
        name, op.shape.type(), m.name, smallest_tile_complaint(op, m)));
}

/// Candidates by estimate, from the narrowest search that finds any.
std::vector<ranked_mapping> by_estimate(const mapping_space& space, std::size_t count,
                                        search_counts& counts) {
    for (const auto width : {search_width::narrow, search_width::wide, search_width::whole}) {
        if (auto found = space.best(width, count, mapping_space::no_limit, counts); !found.empty())
            return found;
    }
    return {};
}

/// Times candidates by the accelerator's cycle functions, all roughly and the best ones well.
class contest {
public:
    contest(const conv_op& op, const arch::machine& m, const calibration& data, mapping_choice& out)
        : op_(op), m_(m), data_(data), out_(out) {}

    void enter(const std::vector<ranked_mapping>& candidates, std::size_t finalists) {
        std::vector<std::pair<double, std::size_t>> order;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (is_open(candidates[i])) order.emplace_back(time(candidates[i], first_look), i);
        }
        const auto keep_best = [&](std::size_t count) {
            std::sort(order.begin(), order.end());
            order.resize(std::min(order.size(), count));
        };
        keep_best(finalists * 3);
        for (auto& [cycles, i] : order) cycles = time(candidates[i], second_look);
        keep_best(finalists);
        // Samples of passes flatter some loop orders; the best by estimate get their chance, too.
        for (std::size_t i = 0; i < std::min(candidates.size(), finalists); ++i) {
            const auto is_same = [&](const auto& entry) { return entry.second == i; };
            const bool known = std::any_of(order.begin(), order.end(), is_same);
            if (!known && is_open(candidates[i])) order.emplace_back(0.0, i);
        }
        for (auto& [cycles, i] : order) cycles = time(candidates[i], final_look);
        for (const auto& [cycles, i] : order) {
            if (out_.cycles != 0 && cycles >= out_.cycles) continue;
            out_.map = candidates[i].map;
            out_.cycles = cycles;
            out_.bound = candidates[i].bound;
            out_.exact = out_.map.passes(op_.shape) <= final_look;
        }
    }

    /// No mapping that is bound to take as long can be better. An extrapolated time is no exact one and
    /// leaves a margin.
    [[nodiscard]] std::uint64_t limit() const {
        constexpr double margin = 1.1;
        return static_cast<std::uint64_t>(std::ceil(out_.exact ? out_.cycles : out_.cycles * margin));
    }

private:
    static constexpr std::uint64_t first_look = 12, second_look = 48, final_look = 400;  ///< passes

    [[nodiscard]] bool is_open(const ranked_mapping& candidate) const {
        return out_.cycles == 0 || (candidate.bound < limit() && !(candidate.map == out_.map));
    }
    /// A sample of passes may miss the slow ones, but not by more than the bound says.
    [[nodiscard]] double time(const ranked_mapping& candidate, std::uint64_t passes) {
        ++out_.timings;
        return std::max(static_cast<double>(candidate.bound),
                        predict(op_, candidate.map, m_, data_, passes).cycles);
    }

    const conv_op& op_;
    const arch::machine& m_;
    const calibration& data_;
    mapping_choice& out_;
};

}  // namespace

std::vector<arch::mapping> best_mappings(const conv_op& op, const arch::machine& m, const density_hint& hint,
                                         std::size_t count, std::string_view name, weight_coding coding) {
    check_operands(op, name);
    search_counts counts;
    const auto found = by_estimate(mapping_space(op, m, hint, coding, nullptr), count, counts);
    if (found.empty()) refuse(op, m, name);
    std::vector<arch::mapping> maps;
    maps.reserve(found.size());
    for (const auto& candidate : found) maps.push_back(candidate.map);
    return maps;
}

arch::mapping choose_mapping(const conv_op& op, const arch::machine& m, const density_hint& hint,
                             std::string_view name, weight_coding coding) {
    return best_mappings(op, m, hint, 1, name, coding).front();
}

mapping_choice search_mapping(const conv_op& op, const arch::machine& m, const density_hint& hint,
                              const calibration& data, std::string_view name, weight_coding coding) {
    constexpr std::size_t seeds = 6;
    constexpr std::size_t candidates = 64;
    check_operands(op, name);
    const iact_profile iacts(op.shape, data, iacts_travel_raw(m));
    const mapping_space space(op, m, hint, coding, &iacts);
    mapping_choice out;
    contest timed(op, m, data, out);
    search_counts rough;
    const auto first = by_estimate(space, seeds, rough);
    if (first.empty()) refuse(op, m, name);
    timed.enter(first, 1);
    timed.enter(space.best(search_width::wide, candidates, timed.limit(), out.counts), 3);
    return out;
}

arch::mapping choose_mapping(const conv_op& op, const arch::machine& m, const density_hint& hint,
                             const calibration& data, std::string_view name, weight_coding coding) {
    return search_mapping(op, m, hint, data, name, coding).map;
}

unsigned worst_weight_words(const conv_op& op, const arch::mapping& map) {
    const weight_profile profile(op.shape, op.weights);
    return profile.tiles(profile.column_words(map.m0), map.m0, map.c0, map.s0).largest;
}

}  // namespace eyeriss::compiler
