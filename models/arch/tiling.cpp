#include "models/arch/tiling.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace eyeriss::arch {

namespace {

constexpr std::size_t at(loop l) {
    return static_cast<std::size_t>(l);
}

}  // namespace

tiling::tiling(const layer_shape& layer, const mapping& map, const machine& m)
    : layer_(layer),
      map_(map),
      noc_(m.noc),
      trips_(map.trips(layer)),
      passes_(map.passes(layer)),
      vertical_(axis_indices(map.vertical, noc_.cluster_rows)),
      horizontal_(axis_indices(map.horizontal, noc_.cluster_cols * noc_.pe_cols)),
      chain_length_(map.c1 * map.r1) {
    tile_[at(loop::g)] = map_.g_tile();
    tile_[at(loop::n)] = map_.n_tile();
    tile_[at(loop::e)] = map_.e_tile();
    tile_[at(loop::m)] = map_.m_tile();
    tile_[at(loop::c)] = map_.c_tile();
    tile_[at(loop::r)] = map_.r1;
    tile_[at(loop::s)] = map_.s0;
    const unsigned positions = std::min(chain_length_, noc_.cluster_rows * noc_.pe_rows);
    for (unsigned p = 0; p < positions; ++p) chain_steps_.push_back({p / map_.r1 * map_.c0, p % map_.r1});
    const unsigned together = std::max(map_.chain_clusters, 1U);
    for (unsigned row = 0; row < noc_.cluster_rows; ++row)
        row_places_.push_back({row / together, row % together * noc_.pe_rows});
    if (noc_.is_bus()) number_tags();
}

/// Of the places that an axis of so many places has.
std::vector<tiling::axis_index> tiling::axis_indices(const split& s, unsigned places) {
    std::vector<axis_index> indices(std::min(s.product(), places));
    for (unsigned p = 0; p < indices.size(); ++p) {
        indices[p] = {p / (s.m * s.e * s.n), p / (s.m * s.e) % s.n, p / s.m % s.e, p % s.m};
    }
    return indices;
}

/// Calls visit(site) for every PE in a chain: by vertical place, then chain position, then PE column.
template <typename Visit>
void tiling::for_each_place(Visit visit) const {
    for (unsigned v = 0; v < map_.vertical.product(); ++v) {
        for (unsigned position = 0; position < map_.c1 * map_.r1; ++position) {
            for (unsigned h = 0; h < map_.horizontal.product(); ++h) visit(site({v, h, position}));
        }
    }
}

void tiling::number_tags() {
    iact_tags_.assign(noc_.pes(), 0);
    if (map_.vertical.product() * map_.chain_clusters > noc_.cluster_rows ||
        map_.horizontal.product() > noc_.cluster_cols * noc_.pe_cols) {
        return;  // check() refuses such a mapping
    }
    std::map<std::tuple<unsigned, unsigned, unsigned, int, unsigned>, unsigned> known;
    for_each_place([&](const pe_site& s) {
        const auto t = tile({}, s);
        if (!t) return;
        const auto row = stream_of(*t);
        const auto next = static_cast<unsigned>(known.size() + 1);
        iact_tags_[pe_index(s)] =
            known.try_emplace({row.g, row.n, row.c_begin, row.h, row.s_begin}, next).first->second;
    });
}

std::uint32_t tiling::pe_index(const pe_site& s) const {
    return ((s.cluster_row * noc_.cluster_cols + s.cluster_col) * noc_.pe_rows + s.pe_row) * noc_.pe_cols +
           s.pe_col;
}

pe_site tiling::psum_home(const place& chain) const {
    return site({chain.vertical, chain.horizontal, noc_.is_bus() ? 0 : chain_positions() - 1});
}

iact_stream tiling::stream_of(const pe_tile& t) const {
    const int h = static_cast<int>(t.e * layer_.stride_h + t.r) - static_cast<int>(layer_.pad_top);
    return {t.g, t.n, t.c_begin, t.c_count, h, t.s_begin, t.s_count, 0};
}

std::vector<placed_stream> tiling::placed_streams(const pass_index& index,
                                                  std::span<const unsigned> sources) const {
    std::vector<placed_stream> placed;
    if (!noc_.is_bus()) {
        for (const unsigned c : sources) {
            const unsigned row = c / noc_.cluster_cols;
            const unsigned col = c % noc_.cluster_cols;
            const auto in_pass = cluster_streams(index, row, col);
            unsigned number = 0;
            for (const auto& in_layer : cluster_streams({}, row, col)) {
                const auto same_pes = [&](const iact_stream& s) { return (s.pes & in_layer.pes) != 0; };
                const auto found = std::find_if(in_pass.begin(), in_pass.end(), same_pes);
                if (found != in_pass.end()) placed.push_back({*found, c, number % noc_.iact_routers()});
                ++number;
            }
        }
        return placed;
    }
    std::vector<bool> seen(noc_.pes() + 1);
    for_each_place([&](const pe_site& s) {
        const auto t = tile(index, s);
        const unsigned tag = iact_tags_[pe_index(s)];
        if (!t || seen[tag]) return;
        seen[tag] = true;
        placed.push_back({stream_of(*t)});
        placed.back().row.pes = tag;
    });
    const std::size_t share = (placed.size() + noc_.clusters() - 1) / noc_.clusters();
    for (std::size_t i = 0; i < placed.size(); ++i) placed[i].cluster = static_cast<unsigned>(i / share);
    return placed;
}

std::vector<weight_send> tiling::weight_sends(const pass_index& index, unsigned cluster,
                                              unsigned pe_row) const {
    std::vector<weight_send> sends;
    if (noc_.is_bus()) {
        if (cluster != 0) return sends;
        std::set<unsigned> tiles;
        for_each_place([&](const pe_site& s) {
            if (tile(index, s)) tiles.insert(tile_in_segment(s));
        });
        for (const unsigned t : tiles) sends.push_back({t, t + 1});
        return sends;
    }
    for (unsigned col = 0; col < noc_.pe_cols; ++col) {
        const pe_site here{cluster / noc_.cluster_cols, cluster % noc_.cluster_cols, pe_row, col};
        if (!tile(index, here)) continue;
        const unsigned number = tile_in_segment(here);
        const auto same = [&](const weight_send& s) { return s.tile == number; };
        auto found = std::find_if(sends.begin(), sends.end(), same);
        if (found == sends.end()) found = sends.insert(sends.end(), {number, 0});
        found->address |= 1U << (pe_row * noc_.pe_cols + col);
    }
    return sends;
}

pass_index tiling::index(std::uint64_t pass) const {
    pass_index result{};
    for (auto l = map_.order.rbegin(); l != map_.order.rend(); ++l) {
        const unsigned trips = trips_[at(*l)];
        result[at(*l)] = static_cast<unsigned>(pass % trips);
        pass /= trips;
    }
    return result;
}

std::optional<tiling::place> tiling::locate(const pe_site& site) const {
    if (site.cluster_row >= row_places_.size()) return std::nullopt;
    const row_place& row = row_places_[site.cluster_row];
    const unsigned horizontal = site.cluster_col * noc_.pe_cols + site.pe_col;
    const unsigned position = row.first_position + (noc_.pe_rows - 1 - site.pe_row);
    if (row.vertical >= vertical_.size() || horizontal >= horizontal_.size() ||
        position >= chain_steps_.size()) {
        return std::nullopt;
    }
    return place{row.vertical, horizontal, position};
}

pe_site tiling::site(const place& p) const {
    return {p.vertical * map_.chain_clusters + p.chain_position / noc_.pe_rows, p.horizontal / noc_.pe_cols,
            noc_.pe_rows - 1 - p.chain_position % noc_.pe_rows, p.horizontal % noc_.pe_cols};
}

std::optional<pe_tile> tiling::tile(const pass_index& index, const pe_site& site) const {
    const auto where = locate(site);
    if (!where) return std::nullopt;
    const axis_index& v = vertical_[where->vertical];
    const axis_index& h = horizontal_[where->horizontal];
    pe_tile t;
    t.chain_position = where->chain_position;
    const chain_step& step = chain_steps_[where->chain_position];
    t.g = index[at(loop::g)] * tile_[at(loop::g)] + v.g * map_.horizontal.g + h.g;
    t.n = index[at(loop::n)] * tile_[at(loop::n)] + v.n * map_.horizontal.n + h.n;
    t.e = index[at(loop::e)] * tile_[at(loop::e)] + v.e * map_.horizontal.e + h.e;
    t.m_begin = index[at(loop::m)] * tile_[at(loop::m)] + (v.m * map_.horizontal.m + h.m) * map_.m0;
    t.c_begin = index[at(loop::c)] * tile_[at(loop::c)] + step.c;
    t.r = index[at(loop::r)] * tile_[at(loop::r)] + step.r;
    t.s_begin = index[at(loop::s)] * tile_[at(loop::s)];
    if (t.g >= layer_.groups || t.n >= layer_.batch || t.e >= layer_.e() || t.m_begin >= layer_.m ||
        t.c_begin >= layer_.c || t.r >= layer_.r || t.s_begin >= layer_.s) {
        return std::nullopt;
    }
    t.m_count = std::min(map_.m0, layer_.m - t.m_begin);
    t.c_count = std::min(map_.c0, layer_.c - t.c_begin);
    t.s_count = std::min(map_.s0, layer_.s - t.s_begin);
    return t;
}

unsigned tiling::window_segments() const {
    return (map_.s0 + layer_.stride_w - 1) / layer_.stride_w;
}

unsigned tiling::segments() const {
    return layer_.f() + window_segments() - 1;
}

std::vector<iact_stream> tiling::cluster_streams(const pass_index& index, unsigned cluster_row,
                                                 unsigned cluster_col) const {
    std::vector<iact_stream> streams;
    for (unsigned up = 0; up < noc_.pe_rows; ++up) {
        const unsigned pe_row = noc_.pe_rows - 1 - up;
        for (unsigned pe_col = 0; pe_col < noc_.pe_cols; ++pe_col) {
            const auto t = tile(index, {cluster_row, cluster_col, pe_row, pe_col});
            if (!t) continue;
            const iact_stream s = stream_of(*t);
            auto found = std::find_if(streams.begin(), streams.end(),
                                      [&](const iact_stream& other) { return other.same_data(s); });
            if (found == streams.end()) found = streams.insert(streams.end(), s);
            found->pes |= 1U << (pe_row * noc_.pe_cols + pe_col);
        }
    }
    return streams;
}

std::uint32_t tiling::weight_segments() const {
    return trips_[at(loop::g)] * trips_[at(loop::m)] * trips_[at(loop::c)] * trips_[at(loop::r)] *
           trips_[at(loop::s)];
}

std::uint32_t tiling::weight_segment(const pass_index& i) const {
    std::uint32_t position = i[at(loop::g)];
    for (const loop l : {loop::m, loop::c, loop::r, loop::s}) position = position * trips_[at(l)] + i[at(l)];
    return position;
}

std::vector<pe_tile> tiling::segment_tiles(std::uint32_t segment) const {
    pass_index i{};
    for (const loop l : {loop::s, loop::r, loop::c, loop::m}) {
        i[at(l)] = segment % trips_[at(l)];
        segment /= trips_[at(l)];
    }
    i[at(loop::g)] = segment;
    std::vector<pe_tile> tiles;
    for (unsigned g = 0; g < map_.g_tile(); ++g) {
        for (unsigned m = 0; m < map_.vertical.m * map_.horizontal.m; ++m) {
            for (unsigned position = 0; position < map_.c1 * map_.r1; ++position) {
                pe_tile t;
                t.chain_position = position;
                t.g = i[at(loop::g)] * map_.g_tile() + g;
                t.m_begin = i[at(loop::m)] * map_.m_tile() + m * map_.m0;
                t.c_begin = i[at(loop::c)] * map_.c_tile() + position / map_.r1 * map_.c0;
                t.r = i[at(loop::r)] * map_.r1 + position % map_.r1;
                t.s_begin = i[at(loop::s)] * map_.s0;
                if (t.g < layer_.groups && t.m_begin < layer_.m && t.c_begin < layer_.c && t.r < layer_.r &&
                    t.s_begin < layer_.s) {
                    t.m_count = std::min(map_.m0, layer_.m - t.m_begin);
                    t.c_count = std::min(map_.c0, layer_.c - t.c_begin);
                    t.s_count = std::min(map_.s0, layer_.s - t.s_begin);
                }
                tiles.push_back(t);
            }
        }
    }
    return tiles;
}

unsigned tiling::tile_in_segment(const pe_site& site) const {
    const auto where = locate(site).value_or(place{});
    const axis_index& v = vertical_[where.vertical];
    const axis_index& h = horizontal_[where.horizontal];
    const unsigned g = v.g * map_.horizontal.g + h.g;
    const unsigned m = v.m * map_.horizontal.m + h.m;
    return (g * map_.vertical.m * map_.horizontal.m + m) * map_.c1 * map_.r1 + where.chain_position;
}

bool tiling::first_reduction(const pass_index& i) const {
    return i[at(loop::c)] == 0 && i[at(loop::r)] == 0 && i[at(loop::s)] == 0;
}

bool tiling::last_reduction(const pass_index& i) const {
    return i[at(loop::c)] + 1 == trips_[at(loop::c)] && i[at(loop::r)] + 1 == trips_[at(loop::r)] &&
           i[at(loop::s)] + 1 == trips_[at(loop::s)];
}

}  // namespace eyeriss::arch
