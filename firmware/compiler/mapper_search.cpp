#include "firmware/compiler/mapper_search.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "firmware/compiler/mapper_bound.h"
#include "firmware/compiler/mapper_cost.h"

namespace eyeriss::compiler {

namespace {

using arch::loop;
using arch::mapping;

constexpr unsigned longest_column_end = 127;  ///< column ends are seven bits

unsigned ceil_div(unsigned a, unsigned b) {
    return (a + b - 1) / b;
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
        return entries_.size() < size_ ? std::numeric_limits<double>::infinity() : entries_.back().estimate;
    }
    void add(const ranked_mapping& candidate) {
        const auto is_kin = [&](const ranked_mapping& e) {
            const mapping &a = e.map, &b = candidate.map;
            return a.m0 == b.m0 && a.c0 == b.c0 && a.s0 == b.s0 && a.c1 == b.c1 && a.r1 == b.r1 &&
                   a.weight_dense == b.weight_dense && a.iact_dense == b.iact_dense;
        };
        if (std::count_if(entries_.begin(), entries_.end(), is_kin) >= most_kin) {
            const auto worst = std::find_if(entries_.rbegin(), entries_.rend(), is_kin);
            if (worst->estimate <= candidate.estimate) return;
            entries_.erase(std::next(worst).base());
        }
        const auto place = std::upper_bound(entries_.begin(), entries_.end(), candidate.estimate,
                                            [](double c, const ranked_mapping& e) { return c < e.estimate; });
        entries_.insert(place, candidate);
        if (entries_.size() > size_) entries_.pop_back();
    }
    [[nodiscard]] std::vector<ranked_mapping> take() && { return std::move(entries_); }

private:
    static constexpr std::ptrdiff_t most_kin = 4;
    std::size_t size_;
    std::vector<ranked_mapping> entries_;
};

class search {
public:
    search(const arch::layer_shape& shape, const arch::machine& m, const density_hint& hint,
           weight_coding coding, const search_bounds* sound, const weight_profile& profile, std::size_t count,
           double limit, search_counts& counts)
        : shape_(shape),
          m_(m),
          hint_(hint),
          coding_(m.pe.sparse ? coding : weight_coding::dense),
          sound_(sound),
          profile_(profile),
          limit_(limit),
          counts_(counts),
          best_(count) {}

    [[nodiscard]] std::vector<ranked_mapping> run(search_width width) {
        for (const unsigned m0 : m0_options(shape_, m_, width)) {
            const auto words = profile_.column_words(m0);
            std::uint64_t total = 0;
            for (const std::uint8_t w : words) total += w;
            if (sound_ != nullptr) count_totals(words, m0);
            for (const unsigned s0 : s0_options(shape_, m_, width)) {
                for (const unsigned c0 : c0_options(shape_, m_, s0, width)) {
                    mapping map;
                    map.m0 = m0;
                    map.c0 = c0;
                    map.s0 = s0;
                    map.iact_dense = iacts_travel_raw(m_);
                    if (rows_fit(map, 1, true)) try_tile(map, words, total);
                }
            }
        }
        auto maps = std::move(best_).take();
        for (auto& candidate : maps) trim(candidate.map);
        return maps;
    }

private:
    void count_totals(std::span<const std::uint8_t> words, unsigned m0) {
        for (const bool dense : {false, true}) {
            totals_[dense] = total_columns(shape_, m_, sound_->iacts, words, m0, dense);
            if (sound_->energy != nullptr)
                work_[dense] = count_columns(*sound_->energy, words, m0, dense, totals_[dense].busy);
        }
    }

    /// Tries a PE tile with the codings of weights that are allowed and fit.
    void try_tile(mapping map, std::span<const std::uint8_t> words, std::uint64_t total) {
        if (coding_ != weight_coding::dense) {
            const unsigned limit = std::min(m_.pe.weight_words, longest_column_end);
            const std::uint64_t tiles = std::uint64_t{shape_.groups} * ceil_div(shape_.m, map.m0) *
                                        ceil_div(shape_.c, map.c0) * shape_.r * ceil_div(shape_.s, map.s0);
            if (total <= tiles * limit && !is_excluded(map)) {
                const auto statistics = profile_.tiles(words, map.m0, map.c0, map.s0);
                if (statistics.largest <= limit) try_coded_tile(map, words, statistics);
            }
        }
        if (coding_ != weight_coding::csc && ceil_div(map.m0, 2) * map.c0 * map.s0 <= m_.pe.weight_words) {
            map.weight_dense = true;
            if (!is_excluded(map)) try_coded_tile(map, words, {});
        }
    }

    /// Whether the quick bound leaves nothing of a PE tile; counts the tile if so. Else the tile's bounds on
    /// energy are made.
    [[nodiscard]] bool is_excluded(const mapping& tile) {
        energy_.reset();
        if (sound_ == nullptr) return false;
        if (sound_->energy != nullptr)
            energy_.emplace(*sound_->energy, m_, sound_->goal.table, work_[tile.weight_dense], tile);
        if (least_score(least_cycles(totals_[tile.weight_dense], shape_, m_, tile)) < limit_) return false;
        ++counts_.tiles;
        ++counts_.tiles_excluded;
        return true;
    }

    /// Least score of all mappings with the tile being tried, of which none takes fewer cycles.
    [[nodiscard]] double least_score(std::uint64_t cycles) const {
        return sound_->goal.score(static_cast<double>(cycles), energy_ ? energy_->least(cycles) : 0.0);
    }

    /// Score of a mapping with the tile being tried, if it takes that many cycles.
    [[nodiscard]] double score(const mapping& map, double cycles) const {
        return energy_ ? sound_->goal.score(cycles, energy_->picojoules(map, cycles)) : cycles;
    }

    void try_coded_tile(const mapping& map, std::span<const std::uint8_t> words,
                        const tile_statistics& statistics) {
        ++counts_.tiles;
        bounds_.reset();
        if (sound_ != nullptr) {
            bounds_ = std::make_unique<tile_bounds>(shape_, m_, sound_->iacts, words, map);
            if (least_score(bounds_->least()) >= limit_) {
                ++counts_.tiles_excluded;
                return;
            }
        }
        try_chains(map, statistics);
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
        if (!m_.noc.is_bus()) {
            const unsigned rows = iact_rows_of_a_bank(map, shape_, m_.noc);
            map.iact_single_buffer = !rows_fit(map, rows, false);
            if (map.iact_single_buffer && !rows_fit(map, rows, true)) return;
        }
        const auto trips = map.trips(shape_);
        std::array<std::uint32_t, most_orders> seen{};
        std::size_t schedules = 0;
        for (const auto& order : order_options()) {
            map.order = order;
            const std::uint32_t schedule = schedule_of(map, trips);
            const auto end = seen.begin() + static_cast<std::ptrdiff_t>(schedules);
            if (std::find(seen.begin(), end, schedule) != end) continue;
            seen[schedules++] = schedule;
            const std::uint64_t psums = map.live_psum_tiles(shape_) * map.m0 * shape_.f();
            if (psums <= m_.psum_bank_psums()) consider(map, statistics);
        }
    }

    /// Keeps the mapping if it is not excluded, among the cheapest so far, and legal.
    void consider(mapping map, const tile_statistics& statistics) {
        ++counts_.candidates;
        const std::uint64_t cycles = bounds_ ? bounds_->cycles(map) : 0;
        const double bound = score(map, static_cast<double>(cycles));
        if (bound >= limit_) {
            ++counts_.excluded;
            return;
        }
        for (;;) {
            const double cost =
                std::max(score(map, estimate_cost(map, shape_, m_, statistics, hint_).cycles), bound);
            if (cost >= best_.limit()) return;
            if (arch::check(map, shape_, m_, statistics.largest).empty()) {
                best_.add({map, cost, bound, cycles});
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
        const unsigned bits = map.iact_dense ? values * m_.pe.operand_bits : values * 12 + segments * 4;
        return rows * ceil_div(bits, m_.noc.iact_port_bits) <= m_.iact_bank_port_words() / (whole ? 1 : 2);
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

    static constexpr std::size_t most_orders = 16;
    const arch::layer_shape& shape_;
    const arch::machine& m_;
    const density_hint& hint_;
    weight_coding coding_;
    const search_bounds* sound_;
    const weight_profile& profile_;
    double limit_;
    search_counts& counts_;
    shortlist best_;
    std::array<column_totals, 2> totals_{};  ///< of the M0 being tried, weights compressed and dense
    std::array<column_work, 2> work_{};      ///< the same for energy
    std::unique_ptr<tile_bounds> bounds_;    ///< of the tile being tried
    std::optional<energy_bounds> energy_;    ///< of the tile being tried
};

}  // namespace

bool iacts_travel_raw(const arch::machine& m) {
    return m.control.feature_maps == arch::compression::raw || !m.pe.sparse;
}

mapping_space::mapping_space(const conv_op& op, const arch::machine& m, const density_hint& hint,
                             weight_coding coding, const search_bounds* bounds)
    : op_(op), m_(m), hint_(hint), coding_(coding), bounds_(bounds), profile_(op.shape, op.weights) {}

std::vector<ranked_mapping> mapping_space::best(search_width width, std::size_t count, double limit,
                                                search_counts& counts) const {
    return search(op_.shape, m_, hint_, coding_, bounds_, profile_, count, limit, counts).run(width);
}

}  // namespace eyeriss::compiler
