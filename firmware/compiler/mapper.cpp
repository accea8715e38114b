#include "firmware/compiler/mapper.h"

#include <fmt/format.h>

#include <optional>

#include "firmware/compiler/mapper_contest.h"
#include "firmware/compiler/mapper_search.h"

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
                              const calibration& data, std::string_view name, weight_coding coding,
                              const search_goal& goal) {
    constexpr std::size_t seeds = 6;
    check_operands(op, name);
    const bool raw = iacts_travel_raw(m);
    const iact_profile iacts(op.shape, data, raw);
    std::optional<energy_work> energy;
    if (goal.asks_energy()) energy.emplace(op, m, data, raw);
    const search_bounds bounds{iacts, goal, energy ? &*energy : nullptr};
    const mapping_space space(op, m, hint, coding, &bounds);
    contest best(op, m, data, goal);
    search_counts rough;
    const auto first = by_estimate(space, seeds, rough);
    if (first.empty()) refuse(op, m, name);
    best.enter(first, 1);
    if (goal.asks_energy()) best.enter(search_mapping(op, m, hint, data, name, coding));
    search_counts counts;
    const search_effort effort(m.noc.pes());
    best.enter(space.best(search_width::wide, effort.candidates, best.limit(), counts), 3);
    auto choice = best.choice();
    choice.counts = counts;
    return choice;
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
