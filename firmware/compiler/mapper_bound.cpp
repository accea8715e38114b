#include "firmware/compiler/mapper_bound.h"

#include <algorithm>

namespace eyeriss::compiler {

namespace {

using arch::loop;

unsigned ceil_div(unsigned a, unsigned b) {
    return (a + b - 1) / b;
}

constexpr std::size_t at(loop l) {
    return static_cast<std::size_t>(l);
}

/// Cycles of a column of so many words: with one MAC the two weights of a word take turns, and only its last
/// word may hold one.
unsigned column_cycles(unsigned words, unsigned macs) {
    return macs == 1 && words > 0 ? 2 * words - 1 : words;
}

/// Keeps the places that no other one exceeds in both figures.
template <typename Load>
std::vector<Load> front_of(std::vector<Load> all) {
    std::sort(all.begin(), all.end(), [](const Load& a, const Load& b) {
        return std::tie(b.busy, b.loading) < std::tie(a.busy, a.loading);
    });
    std::vector<Load> front;
    for (const Load& l : all) {
        if (front.empty() || l.loading > front.back().loading) front.push_back(l);
    }
    return front;
}

}  // namespace

std::uint64_t weight_load_repeats(const arch::mapping& map, const arch::layer_shape& shape) {
    const auto trips = map.trips(shape);
    std::uint64_t outside = 1;
    std::uint64_t repeats = 1;
    for (const loop l : map.order) {
        if (l == loop::n || l == loop::e) {
            outside *= trips[at(l)];
        } else if (trips[at(l)] > 1) {
            repeats = outside;
        }
    }
    return repeats;
}

column_totals total_columns(const arch::layer_shape& shape, const arch::machine& m, const iact_profile& iacts,
                            std::span<const std::uint8_t> words, unsigned m0, bool weight_dense) {
    column_totals totals;
    const std::size_t columns = std::size_t{shape.c} * shape.r * shape.s;
    const unsigned m_tiles = ceil_div(shape.m, m0);
    const std::uint8_t* word = words.data();
    for (unsigned g = 0; g < shape.groups; ++g) {
        const std::uint32_t* const turns = iacts.turns().data() + g * columns;
        for (unsigned tile = 0; tile < m_tiles; ++tile) {
            const unsigned rows = std::min(m0, shape.m - tile * m0);
            for (std::size_t k = 0; k < columns; ++k) {
                const unsigned n = weight_dense ? (rows + 1) / 2 : *word++;
                const unsigned cycles = weight_dense && m.pe.macs == 1 ? rows : column_cycles(n, m.pe.macs);
                totals.busy += std::uint64_t{turns[k]} * cycles;
                totals.words += n;
            }
        }
    }
    totals.columns = columns * m_tiles * shape.groups;
    return totals;
}

std::uint64_t least_cycles(const column_totals& totals, const arch::layer_shape& shape,
                           const arch::machine& m, const arch::mapping& tile) {
    const std::uint64_t load_words =
        tile.weight_dense ? totals.words * 2 / 3 : totals.words + totals.columns / 3;
    const std::uint64_t loading = load_words * 3 * m.pe.operand_bits / m.noc.weight_port_bits;
    std::uint64_t moves = 0;
    if (m.pe.psum_transfer_takes_ports) {
        for (unsigned first = 0; first < shape.m; first += tile.m0) {
            moves += (std::min(tile.m0, shape.m - first) + 1) / 2;
        }
        moves *= std::uint64_t{shape.groups} * shape.batch * shape.e() * shape.f() *
                 ceil_div(shape.c, tile.c0) * shape.r * ceil_div(shape.s, tile.s0);
    }
    const std::uint64_t pe_cycles = totals.busy + moves + (m.pe.weight_double_buffer ? 0 : loading);
    return std::max(pe_cycles / m.noc.pes(), loading / m.noc.weight_ports());
}

tile_bounds::tile_bounds(const arch::layer_shape& shape, const arch::machine& m, const iact_profile& iacts,
                         std::span<const std::uint8_t> words, const arch::mapping& tile)
    : shape_(shape),
      m_(m),
      tile_(tile),
      m_tiles_(ceil_div(shape.m, tile.m0)),
      c_tiles_(ceil_div(shape.c, tile.c0)),
      s_tiles_(ceil_div(shape.s, tile.s0)),
      demanded_iact_bits_(iacts.demanded_bits(tile.c0, tile.s0, m.pe.operand_bits)) {
    count_tiles(iacts, words);
}

/// What is the same for all output channels: look-ups and columns, for each tile of C0 channels.
std::vector<tile_bounds::tile_columns> tile_bounds::look_ups_of(std::span<const std::uint32_t> turns,
                                                                std::span<const unsigned> tile_of) const {
    const std::size_t row = std::size_t{shape_.r} * s_tiles_;
    std::vector<tile_columns> tiles(c_tiles_ * row);
    const std::uint32_t* turn = turns.data();
    for (unsigned c = 0; c < shape_.c; ++c) {
        tile_columns* const of_channel = tiles.data() + c / tile_.c0 * row;
        for (const unsigned to : tile_of) {
            of_channel[to].look_ups += *turn++;
            ++of_channel[to].columns;
        }
    }
    return tiles;
}

/// Appends the loads of a tile of M0 and one of C0 channels; returns the PE cycles that they take.
std::uint64_t tile_bounds::add_loads(std::span<const tile_columns> tiles, unsigned rows) {
    const std::uint64_t windows = std::uint64_t{shape_.batch} * shape_.e() * shape_.f();
    const std::uint64_t moves = m_.pe.psum_transfer_takes_ports ? (rows + 1) / 2 * windows : 0;
    const unsigned dense_words = (rows + 1) / 2;
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const tile_columns& t = tiles[i];
        const std::uint64_t cycles = std::max(std::max(t.busy, windows) + moves, t.look_ups);
        const std::uint64_t network =
            m_.weight_port_words(tile_.weight_dense ? (std::uint64_t{dense_words} * 2 * t.columns + 2) / 3
                                                    : t.data_words + (t.columns + 2) / 3);
        if (i % s_tiles_ == 0) loads_.emplace_back();
        loads_.back().busy += cycles;
        loads_.back().loading += network;
        total_loading_ += network;
        all += cycles + (m_.pe.weight_double_buffer ? 0 : network);
    }
    return all;
}

void tile_bounds::count_tiles(const iact_profile& iacts, std::span<const std::uint8_t> words) {
    const auto& s = shape_;
    const unsigned row = s.r * s_tiles_;
    const std::size_t columns = std::size_t{s.c} * s.r * s.s;
    loads_.reserve(std::size_t{s.groups} * m_tiles_ * c_tiles_ * s.r);
    std::vector<unsigned> tile_of(std::size_t{s.r} * s.s);
    for (unsigned k = 0; k < s.r * s.s; ++k) tile_of[k] = k / s.s * s_tiles_ + k % s.s / tile_.s0;
    std::uint64_t all = 0;
    const std::uint8_t* word = words.data();
    const unsigned each_lane = m_.pe.macs == 1 ? 2 : 1;
    std::vector<tile_columns> tiles(row);
    for (unsigned g = 0; g < s.groups; ++g) {
        const auto turns = iacts.turns().subspan(g * columns, columns);
        const auto looked_up = look_ups_of(turns, tile_of);
        for (unsigned tile = 0; tile < m_tiles_; ++tile) {
            const unsigned rows = std::min(tile_.m0, s.m - tile * tile_.m0);
            const unsigned dense_cycles = m_.pe.macs == 1 ? rows : (rows + 1) / 2;
            const std::uint32_t* turn = turns.data();
            for (unsigned ct = 0; ct < c_tiles_; ++ct) {
                std::copy_n(looked_up.begin() + static_cast<std::ptrdiff_t>(std::size_t{ct} * row), row,
                            tiles.begin());
                if (tile_.weight_dense) {
                    for (auto& t : tiles) t.busy = t.look_ups * dense_cycles;
                } else {
                    const unsigned channels = std::min(tile_.c0, s.c - ct * tile_.c0);
                    for (unsigned i = 0; i < channels; ++i) {
                        for (const unsigned to : tile_of) {
                            const unsigned n = *word++;
                            // column_cycles: with one MAC the last word of a column may hold one weight.
                            const unsigned cycles = n * each_lane - (n != 0 ? each_lane - 1 : 0);
                            tiles[to].busy += std::uint64_t{*turn++} * cycles;
                            tiles[to].data_words += n;
                        }
                    }
                }
                all += add_loads(tiles, rows);
            }
        }
    }
    least_ = std::max(all / m_.noc.pes(), total_loading_ / m_.noc.weight_ports());
}

const std::vector<tile_bounds::place_load>& tile_bounds::busiest_places(const arch::mapping& map) {
    const unsigned g_places = std::min(map.g_tile(), shape_.groups);
    const unsigned m_places = std::min(map.vertical.m * map.horizontal.m, m_tiles_);
    const unsigned c_places = std::min(map.c1, c_tiles_);
    const auto [entry, is_new] = cache_.try_emplace({g_places, m_places, c_places, map.r1});
    if (!is_new) return entry->second;
    const std::size_t in_chain = std::size_t{c_places} * map.r1;
    std::vector<std::size_t> place_of;  // in its chain, by c tile and r
    for (unsigned ct = 0; ct < c_tiles_; ++ct) {
        for (unsigned r = 0; r < shape_.r; ++r)
            place_of.push_back(std::size_t{ct % c_places} * map.r1 + r % map.r1);
    }
    std::vector<place_load> loads(g_places * m_places * in_chain);
    const place_load* load = loads_.data();
    for (unsigned g = 0; g < shape_.groups; ++g) {
        for (unsigned mt = 0; mt < m_tiles_; ++mt) {
            const std::size_t gm = std::size_t{g % g_places} * m_places + mt % m_places;
            place_load* const chain = loads.data() + gm * in_chain;
            for (const std::size_t place : place_of) {
                chain[place].busy += load->busy;
                chain[place].loading += load->loading;
                ++load;
            }
        }
    }
    return entry->second = front_of(std::move(loads));
}

double tile_bounds::iact_port_cycles(const arch::mapping& map) const {
    const auto& noc = m_.noc;
    const double bits = static_cast<double>(demanded_iact_bits_) * m_tiles_;
    // One word that a port sends serves, at best, all PEs that work on the same row: other output channels,
    // and other pairs of output row and filter row that meet in it.
    const unsigned same_row = std::min(ceil_div(map.r1, shape_.stride_h), map.e_tile());
    if (noc.is_bus()) {
        return bits / noc.iact_port_bits / (double{1.0} * map.vertical.m * map.horizontal.m * same_row);
    }
    const unsigned columns = std::min(noc.pe_cols, map.horizontal.product());
    const unsigned served = std::min(columns * std::min(map.c1 * map.r1, noc.pe_rows),
                                     std::min(columns, map.horizontal.m) * same_row);
    const unsigned clusters =
        map.vertical.product() * map.chain_clusters * ceil_div(map.horizontal.product(), noc.pe_cols);
    return bits / noc.iact_port_bits / served / (double{1.0} * clusters * noc.iact_routers());
}

double tile_bounds::weight_port_cycles(const arch::mapping& map, std::uint64_t repeats) const {
    const double words = static_cast<double>(total_loading_) * static_cast<double>(repeats);
    if (m_.noc.is_bus()) return words;
    const auto trips = map.trips(shape_);
    // Cluster rows have no weight links between them: those that differ in e or n alone are filled one by
    // one.
    const double copies =
        static_cast<double>(std::uint64_t{shape_.e()} * shape_.batch) /
        (double{1.0} * trips[at(loop::e)] * trips[at(loop::n)] * map.horizontal.e * map.horizontal.n);
    const unsigned ports = map.vertical.product() * map.chain_clusters *
                           std::min(m_.noc.pe_rows, map.c1 * map.r1) *
                           ceil_div(map.horizontal.product(), m_.noc.pe_cols);
    return words * std::max(1.0, copies) / ports;
}

double tile_bounds::psum_port_cycles(const arch::mapping& map) const {
    const auto trips = map.trips(shape_);
    std::uint64_t window_beats = 0;
    for (unsigned tile = 0; tile < m_tiles_; ++tile) {
        window_beats += (std::min(tile_.m0, shape_.m - tile * tile_.m0) + 1) / 2;
    }
    auto beats = static_cast<double>(window_beats);
    beats *= double{1.0} * shape_.groups * shape_.batch * shape_.e() * shape_.f();
    beats *= double{1.0} * trips[at(loop::c)] * trips[at(loop::r)] * trips[at(loop::s)];
    if (!m_.noc.is_bus()) return beats / (map.vertical.product() * map.horizontal.product());
    return beats * 2 / std::max(2U, m_.noc.psum_port_bits / m_.pe.psum_bits);
}

std::uint64_t tile_bounds::cycles(const arch::mapping& map) {
    const std::uint64_t repeats = weight_load_repeats(map, shape_);
    const double outputs_apart =
        double{1.0} * std::min(map.e_tile(), shape_.e()) * std::min(map.n_tile(), shape_.batch);
    const double loads = m_.pe.weight_double_buffer ? 0.0 : static_cast<double>(repeats);
    double longest = 0;
    for (const place_load& place : busiest_places(map)) {
        longest = std::max(longest, static_cast<double>(place.busy) / outputs_apart +
                                        loads * static_cast<double>(place.loading));
    }
    longest = std::max({longest, iact_port_cycles(map), weight_port_cycles(map, repeats),
                        psum_port_cycles(map), static_cast<double>(least_)});
    return static_cast<std::uint64_t>(longest);
}

}  // namespace eyeriss::compiler
