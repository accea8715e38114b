#include "firmware/compiler/mapper.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "firmware/compiler/mapper_candidates.h"
#include "firmware/compiler/mapper_cost.h"
#include "firmware/compiler/predict.h"

namespace eyeriss::compiler {

namespace {

using arch::loop;
using arch::mapping;

constexpr unsigned longest_column_end = 127;  ///< column ends are seven bits

unsigned ceil_div(unsigned a, unsigned b) {
    return (a + b - 1) / b;
}

/// Whether iacts go raw from GLB to PE.
bool travels_raw(const arch::machine& m) {
    return m.control.feature_maps == arch::compression::raw || !m.pe.sparse;
}

/// The order's loops of more than one trip as a number, so that equal schedules are tried once.
std::uint32_t schedule_of(const mapping& map, const std::array<unsigned, arch::loop_count>& trips) {
    std::uint32_t key = 0;
    for (const loop l : map.order) {
        const auto index = static_cast<std::size_t>(l);
        if (trips[index] > 1) key = key << 3 | static_cast<std::uint32_t>(index + 1);
    }
    return key;
}

/// The cheapest mappings so far, best first. Of one PE tile and chain only a few are kept, so that the list
/// does not fill up with neighbours of one another.
class shortlist {
public:
    explicit shortlist(std::size_t size) : size_(size) {}

    /// A candidate that costs this much or more would not be kept.
    [[nodiscard]] double limit() const {
        return entries_.size() < size_ ? std::numeric_limits<double>::infinity() : entries_.back().cost;
    }
    void add(const mapping& map, double cost) {
        const auto is_kin = [&](const entry& e) {
            return e.map.m0 == map.m0 && e.map.c0 == map.c0 && e.map.s0 == map.s0 && e.map.c1 == map.c1 &&
                   e.map.r1 == map.r1 && e.map.weight_dense == map.weight_dense;
        };
        if (std::count_if(entries_.begin(), entries_.end(), is_kin) >= most_kin) {
            const auto worst = std::find_if(entries_.rbegin(), entries_.rend(), is_kin);
            if (worst->cost <= cost) return;
            entries_.erase(std::next(worst).base());
        }
        const auto place = std::upper_bound(entries_.begin(), entries_.end(), cost,
                                            [](double c, const entry& e) { return c < e.cost; });
        entries_.insert(place, {map, cost});
        if (entries_.size() > size_) entries_.pop_back();
    }
    [[nodiscard]] std::vector<mapping> take() const {
        std::vector<mapping> maps(entries_.size());
        std::transform(entries_.begin(), entries_.end(), maps.begin(), [](const entry& e) { return e.map; });
        return maps;
    }

private:
    static constexpr std::ptrdiff_t most_kin = 4;
    struct entry {
        mapping map;
        double cost;
    };
    std::size_t size_;
    std::vector<entry> entries_;
};

class search {
public:
    search(const conv_op& op, const arch::machine& m, const density_hint& hint, weight_coding coding,
           std::size_t count)
        : shape_(op.shape),
          m_(m),
          hint_(hint),
          coding_(m.pe.sparse ? coding : weight_coding::dense),
          profile_(op.shape, op.weights),
          best_(count) {}

    [[nodiscard]] std::vector<mapping> run(search_width width) {
        for (const unsigned m0 : m0_options(shape_, m_, width)) {
            const auto words = profile_.column_words(m0);
            std::uint64_t total = 0;
            for (const std::uint8_t w : words) total += w;
            for (const unsigned s0 : s0_options(shape_, m_, width)) {
                for (const unsigned c0 : c0_options(shape_, m_, s0, width)) {
                    mapping map;
                    map.m0 = m0;
                    map.c0 = c0;
                    map.s0 = s0;
                    map.iact_dense = travels_raw(m_);
                    if (rows_fit(map, 1, true)) try_tile(map, words, total);
                }
            }
        }
        auto maps = best_.take();
        for (mapping& map : maps) trim(map);
        return maps;
    }

private:
    /// Tries a PE tile with the codings of weights that are allowed and fit.
    void try_tile(mapping map, std::span<const std::uint8_t> words, std::uint64_t total) {
        if (coding_ != weight_coding::dense) {
            const unsigned limit = std::min(m_.pe.weight_words, longest_column_end);
            const std::uint64_t tiles = std::uint64_t{shape_.groups} * ceil_div(shape_.m, map.m0) *
                                        ceil_div(shape_.c, map.c0) * shape_.r * ceil_div(shape_.s, map.s0);
            if (total <= tiles * limit) {
                const auto statistics = profile_.tiles(words, map.m0, map.c0, map.s0);
                if (statistics.largest <= limit) try_chains(map, statistics);
            }
        }
        if (coding_ != weight_coding::csc && ceil_div(map.m0, 2) * map.c0 * map.s0 <= m_.pe.weight_words) {
            map.weight_dense = true;
            try_chains(map, {});
        }
    }

    void try_chains(mapping map, const tile_statistics& statistics) {
        for (const chain& c : chain_options(shape_, m_, map.c0, map.s0)) {
            map.c1 = c.c1;
            map.r1 = c.r1;
            map.chain_clusters = c.clusters;
            const unsigned m_tiles = ceil_div(shape_.m, map.m0);
            const arch::split limits{shape_.groups, shape_.batch, m_tiles, shape_.e()};
            const auto horizontal = split_options(m_.noc.cluster_cols * m_.noc.pe_cols, limits);
            for (const arch::split& h : horizontal) {
                const arch::split rest{ceil_div(limits.g, h.g), ceil_div(limits.n, h.n),
                                       ceil_div(limits.m, h.m), ceil_div(limits.e, h.e)};
                map.horizontal = h;
                for (const arch::split& v : split_options(m_.noc.cluster_rows / c.clusters, rest)) {
                    map.vertical = v;
                    try_schedules(map, statistics);
                }
            }
        }
    }

    void try_schedules(mapping map, const tile_statistics& statistics) {
        const unsigned rows = iact_rows_of_a_bank(map, shape_, m_.noc);
        map.iact_single_buffer = !rows_fit(map, rows, false);
        if (map.iact_single_buffer && !rows_fit(map, rows, true)) return;
        const auto trips = map.trips(shape_);
        std::array<std::uint32_t, 8> seen{};
        std::size_t schedules = 0;
        for (const auto& order : order_options()) {
            map.order = order;
            const std::uint32_t schedule = schedule_of(map, trips);
            const auto end = seen.begin() + static_cast<std::ptrdiff_t>(schedules);
            if (std::find(seen.begin(), end, schedule) != end) continue;
            seen[schedules++] = schedule;
            const std::uint64_t psums = map.live_psum_tiles(shape_) * map.m0 * shape_.f();
            if (psums <= std::uint64_t{2} * m_.glb.psum_bank_words) consider(map, statistics);
        }
    }

    /// Keeps the mapping if it is among the cheapest so far and legal.
    void consider(mapping map, const tile_statistics& statistics) {
        for (;;) {
            const double cost = estimate_cost(map, shape_, m_, statistics, hint_).cycles;
            if (cost >= best_.limit()) return;
            if (arch::check(map, shape_, m_, statistics.largest).empty()) {
                best_.add(map, cost);
                return;
            }
            if (map.iact_single_buffer) return;
            map.iact_single_buffer = true;
        }
    }

    /// Whether a bank (its half, unless `whole`) holds that many rows of the mapping's iacts at worst.
    [[nodiscard]] bool rows_fit(const mapping& map, unsigned rows, bool whole) const {
        const unsigned segments = shape_.f() + ceil_div(map.s0, shape_.stride_w) - 1;
        const unsigned values = segments * map.c0 * shape_.stride_w;
        const unsigned bits = map.iact_dense ? values * 8 : values * 12 + segments * 4;
        return rows * ceil_div(bits, m_.noc.iact_port_bits) <= m_.glb.iact_bank_words / (whole ? 1 : 2);
    }

    /// Takes spatial factors back that no pass would use.
    void trim(mapping& map) const {
        const auto trim_pair = [](unsigned extent, unsigned& v, unsigned& h) {
            if (v * h < extent) return;
            v = ceil_div(extent, h);
            h = ceil_div(extent, v);
        };
        mapping less = map;
        trim_pair(shape_.groups, less.vertical.g, less.horizontal.g);
        trim_pair(shape_.batch, less.vertical.n, less.horizontal.n);
        trim_pair(ceil_div(shape_.m, map.m0), less.vertical.m, less.horizontal.m);
        trim_pair(shape_.e(), less.vertical.e, less.horizontal.e);
        if (arch::check(less, shape_, m_, 0).empty()) map = less;
    }

    const arch::layer_shape& shape_;
    const arch::machine& m_;
    const density_hint& hint_;
    weight_coding coding_;
    weight_profile profile_;
    shortlist best_;
};

/// What keeps the smallest tile of all from running: one weight in a PE at a time.
std::string smallest_tile_complaint(const conv_op& op, const arch::machine& m) {
    mapping smallest;
    smallest.iact_single_buffer = true;
    smallest.iact_dense = travels_raw(m);
    smallest.weight_dense = !m.pe.sparse;
    const auto rule = arch::check(smallest, op.shape, m, 1);
    return rule.empty() ? "no split of the layer passes every rule" : rule;
}

}  // namespace

std::vector<arch::mapping> best_mappings(const conv_op& op, const arch::machine& m, const density_hint& hint,
                                         std::size_t count, std::string_view name, weight_coding coding) {
    const auto& shape = op.shape;
    if (const auto wrong = shape.check(); !wrong.empty()) {
        throw compile_error(fmt::format("layer '{}': {}", name, wrong));
    }
    const std::size_t weights = std::size_t{shape.groups} * shape.m * shape.c * shape.r * shape.s;
    if (op.weights.size() != weights) {
        throw compile_error(
            fmt::format("layer '{}': {} weights where its shape has {}", name, op.weights.size(), weights));
    }
    search s(op, m, hint, coding, count);
    for (const auto width : {search_width::narrow, search_width::wide}) {
        if (auto found = s.run(width); !found.empty()) return found;
    }
    throw compile_error(fmt::format(
        "layer '{}' ({}) fits no mapping on machine '{}': with the smallest tile, M0=1 C0=1 S0=1, "
        "{}",
        name, shape.type(), m.name, smallest_tile_complaint(op, m)));
}

arch::mapping choose_mapping(const conv_op& op, const arch::machine& m, const density_hint& hint,
                             std::string_view name, weight_coding coding) {
    return best_mappings(op, m, hint, 1, name, coding).front();
}

arch::mapping choose_mapping(const conv_op& op, const arch::machine& m, const density_hint& hint,
                             const calibration& data, std::string_view name, weight_coding coding) {
    constexpr std::size_t candidates = 40;
    constexpr std::uint64_t first_look_passes = 12;
    constexpr std::uint64_t second_look_passes = 60;
    constexpr std::size_t finalists = 6;
    const auto maps = best_mappings(op, m, hint, candidates, name, coding);
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t i = 0; i < maps.size(); ++i) {
        order.emplace_back(predict(op, maps[i], m, data, first_look_passes).cycles, i);
    }
    std::sort(order.begin(), order.end());
    order.resize(std::min(order.size(), finalists));
    for (auto& [cycles, i] : order) cycles = predict(op, maps[i], m, data, second_look_passes).cycles;
    return maps[std::min_element(order.begin(), order.end())->second];
}

unsigned worst_weight_words(const conv_op& op, const arch::mapping& map) {
    const weight_profile profile(op.shape, op.weights);
    return profile.tiles(profile.column_words(map.m0), map.m0, map.c0, map.s0).largest;
}

}  // namespace eyeriss::compiler
