#include "firmware/compiler/pass_plan.h"

#include <algorithm>
#include <utility>

#include "models/csc/weight_tile.h"
#include "models/pe/job.h"

namespace eyeriss::compiler {

using arch::pe_site;
using arch::pe_tile;

pass_planner::pass_planner(const conv_op& op, const arch::tiling& tiles, const arch::machine& m,
                           const calibration& data)
    : op_(op),
      tiles_(tiles),
      m_(m),
      data_(data),
      weights_shared_(weights_shared(tiles, m.noc)),
      row_of_pe_(m.noc.pes()),
      bank_words_(std::size_t{m.noc.clusters()} * m.noc.iact_routers()) {
    if (m.noc.is_bus()) return;
    for (const auto& group : iact_groups(tiles, m.noc)) {
        const unsigned source = group.source.row * m.noc.cluster_cols + group.source.col;
        iact_sources_.push_back(source);
        for (unsigned row = 0; row < group.rows; ++row) {
            for (unsigned col = 0; col < group.cols; ++col) {
                reached_[source].push_back({group.source.row + row, group.source.col + col, 0, 0});
            }
        }
    }
}

std::uint32_t pass_planner::pe_index(const pe_site& s) const {
    return tiles_.pe_index(s);
}

pass_planner::row_ptr pass_planner::row(const arch::iact_stream& s) const {
    const auto& layer = tiles_.layer();
    auto result = std::make_shared<pe::iact_operands>();
    result->segments = layer.f() + (s.s_count + layer.stride_w - 1) / layer.stride_w - 1;
    result->segment_values = s.c_count * layer.stride_w;
    result->dense = tiles_.map().iact_dense;
    std::vector<std::int16_t> values(std::size_t{result->segments} * result->segment_values,
                                     static_cast<std::int16_t>(data_.pad_value));
    if (s.h >= 0 && s.h < static_cast<int>(layer.h)) {
        const int shift = static_cast<int>(layer.pad_left) - static_cast<int>(s.s_begin);
        const int first = std::max(0, -shift);
        const int last =
            std::min(static_cast<int>(layer.w), static_cast<int>(result->segments * layer.stride_w) - shift);
        for (unsigned i = 0; i < s.c_count; ++i) {
            const std::size_t channel = s.g * layer.c + s.c_begin + i;
            const std::uint8_t* from =
                data_.input.data() +
                ((s.n * std::size_t{layer.channels_in()} + channel) * layer.h + static_cast<unsigned>(s.h)) *
                    layer.w;
            for (int x = first; x < last; ++x) {
                values[static_cast<std::size_t>(x + shift) * s.c_count + i] =
                    data_.is_signed ? static_cast<std::int8_t>(from[x]) : from[x];
            }
        }
        if (last > first) {
            result->inside_begin = static_cast<unsigned>(first + shift) * s.c_count;
            result->inside_end = static_cast<unsigned>(last + shift) * s.c_count;
        }
    }
    result->index(values, m_.noc.iact_port_bits, m_.pe.operand_bits);
    result->count_hits(layer.f(), s.c_count * s.s_count);
    return result;
}

pass_planner::tile_ptr pass_planner::tile(const pe_tile& t) const {
    const auto& layer = tiles_.layer();
    std::vector<csc::weight_tile::column> columns;
    std::vector<std::int8_t> column(t.m_count);
    for (unsigned s = t.s_begin; s < t.s_begin + t.s_count; ++s) {
        for (unsigned c = t.c_begin; c < t.c_begin + t.c_count; ++c) {
            for (unsigned m = 0; m < t.m_count; ++m) {
                const std::size_t channel = std::size_t{t.g} * layer.m + t.m_begin + m;
                column[m] = op_.weights[((channel * layer.c + c) * layer.r + t.r) * layer.s + s];
            }
            columns.push_back(csc::count_column(column, tiles_.map().weight_dense));
        }
    }
    auto result = std::make_shared<weight_tile>();
    result->operands.index(columns, m_.pe.macs);
    std::uint64_t words = 0;
    if (tiles_.map().weight_dense) {
        words = ((t.m_count + 1) / 2 * 2 * columns.size() + 2) / 3;
    } else {
        words = (columns.size() + 2) / 3;
        for (const auto& c : columns) words += c.words();
    }
    result->words = m_.weight_port_words(words);
    result->stored_words = words;
    return result;
}

const pe::weight_operands& pass_planner::columns_of(const pe_site& site) const {
    return tile_cache_.at(tiles_.tile_in_segment(site))->operands;
}

std::uint64_t pass_planner::segment_bytes() const {
    constexpr std::uint64_t word_bytes = 3;
    constexpr std::uint64_t count_bytes = 2;
    std::uint64_t bytes = count_bytes * tiles_.segment_tiles(cached_segment_).size();
    for (const auto& [place, tile] : tile_cache_) bytes += word_bytes * tile->stored_words;
    return bytes;
}

std::vector<arch::timing::sink> pass_planner::takers(const arch::pass_index& index,
                                                     const arch::placed_stream& placed) const {
    std::vector<arch::timing::sink> sinks;
    if (m_.noc.is_bus()) {
        for (const pe_site& site : located_sites()) {
            if (tiles_.tile(index, site) && tiles_.iact_tag(pe_index(site)) == placed.row.pes)
                sinks.push_back({pe_index(site), m_.noc.hop_cycles});
        }
        return sinks;
    }
    for (const pe_site& cluster : reached_.at(placed.cluster)) {
        const noc::cycle_t transit = m_.noc.transit_cycles(
            placed.cluster, cluster.cluster_row * m_.noc.cluster_cols + cluster.cluster_col);
        for (unsigned bit = 0; bit < m_.noc.pes_per_cluster(); ++bit) {
            if ((placed.row.pes >> bit & 1U) == 0) continue;
            const pe_site site{cluster.cluster_row, cluster.cluster_col, bit / m_.noc.pe_cols,
                               bit % m_.noc.pe_cols};
            if (tiles_.tile(index, site)) sinks.push_back({pe_index(site), transit});
        }
    }
    return sinks;
}

void pass_planner::plan_streams(const arch::pass_index& index, arch::timing::pass& p) {
    rows_.clear();
    std::fill(row_of_pe_.begin(), row_of_pe_.end(), nullptr);
    std::fill(bank_words_.begin(), bank_words_.end(), 0);
    std::vector<std::pair<arch::iact_stream, row_ptr>> known;
    for (const auto& placed : tiles_.placed_streams(index, iact_sources_)) {
        const auto same = [&](const auto& k) { return k.first.same_data(placed.row); };
        auto found = std::find_if(known.begin(), known.end(), same);
        if (found == known.end()) found = known.insert(known.end(), {placed.row, row(placed.row)});
        const row_ptr& data = found->second;
        const unsigned bank = placed.cluster * m_.noc.iact_routers() + placed.bank;
        bank_words_[bank] += data->words_to.back();
        rows_.push_back(data);
        auto sinks = takers(index, placed);
        if (sinks.empty()) continue;
        for (const auto& sink : sinks) row_of_pe_[sink.pe] = data;
        p.streams.push_back({m_.noc.iact_port(placed.cluster, placed.bank), bank, data->words_to, data->pairs,
                             std::move(sinks)});
    }
}

std::vector<pe_site> pass_planner::located_sites() const {
    std::vector<pe_site> sites;
    for (unsigned v = 0; v < tiles_.map().vertical.product(); ++v) {
        for (unsigned h = 0; h < tiles_.map().horizontal.product(); ++h) {
            for (unsigned i = 0; i < tiles_.map().c1 * tiles_.map().r1; ++i)
                sites.push_back(tiles_.site({v, h, i}));
        }
    }
    return sites;
}

void pass_planner::plan_bus_loads(const arch::pass_index& index, arch::timing::pass& p) {
    for (const auto& send : tiles_.weight_sends(index, 0, 0)) {
        arch::timing::load load{m_.noc.weight_port(0, 0), tile_cache_.at(send.tile)->words, {}};
        for (const pe_site& site : located_sites()) {
            if (tiles_.tile(index, site) && tiles_.tile_in_segment(site) == send.tile)
                load.sinks.push_back({pe_index(site), m_.noc.hop_cycles});
        }
        p.loads.push_back(std::move(load));
    }
}

void pass_planner::plan_loads(const arch::pass_index& index, arch::timing::pass& p) {
    if (m_.noc.is_bus()) {
        plan_bus_loads(index, p);
        return;
    }
    const unsigned reach = weights_shared_ ? m_.noc.cluster_cols : 1;
    for (unsigned cluster = 0; cluster < m_.noc.clusters(); cluster += reach) {
        for (unsigned pe_row = 0; pe_row < m_.noc.pe_rows; ++pe_row) {
            for (const auto& send : tiles_.weight_sends(index, cluster, pe_row)) {
                arch::timing::load load{
                    m_.noc.weight_port(cluster, pe_row), tile_cache_.at(send.tile)->words, {}};
                for (unsigned hop = 0; hop < reach; ++hop) {
                    for (unsigned col = 0; col < m_.noc.pe_cols; ++col) {
                        const unsigned there = cluster + hop;
                        const pe_site site{there / m_.noc.cluster_cols, there % m_.noc.cluster_cols, pe_row,
                                           col};
                        if ((send.address >> (pe_row * m_.noc.pe_cols + col) & 1U) != 0 &&
                            tiles_.tile(index, site))
                            load.sinks.push_back({pe_index(site), m_.noc.transit_cycles(cluster, there)});
                    }
                }
                p.loads.push_back(std::move(load));
            }
        }
    }
}

void pass_planner::plan_job(const pe_site& site, const pe_tile& t, arch::timing::pass& p) {
    const std::uint32_t index = pe_index(site);
    auto& weights = tile_cache_[tiles_.tile_in_segment(site)];
    if (!weights) weights = tile(t);
    p.jobs[index] = pe::describe_job(*row_of_pe_[index], weights->operands);
}

void pass_planner::plan_chains(const arch::pass_index& index, arch::timing::pass& p) {
    const unsigned positions = tiles_.chain_positions();
    const auto port = [&](const pe_site& s) {
        return m_.noc.psum_port(s.cluster_row * m_.noc.cluster_cols + s.cluster_col, s.pe_col);
    };
    for (unsigned v = 0; v < tiles_.map().vertical.product(); ++v) {
        for (unsigned h = 0; h < tiles_.map().horizontal.product(); ++h) {
            const auto first = tiles_.tile(index, tiles_.site({v, h, 0}));
            if (!first) continue;
            arch::timing::chain chain;
            chain.from_bank = !tiles_.first_reduction(index);
            chain.to_bank = !tiles_.last_reduction(index);
            chain.slot = tiles_.psum_slot(*first);
            chain.rows = first->m_count;
            chain.in_port = port(tiles_.site({v, h, 0}));
            chain.out_port = port(tiles_.site({v, h, positions - 1}));
            noc::cycle_t latency = 0;
            for (unsigned position = 0; position < positions; ++position) {
                const bool crosses = position != 0 && position % m_.noc.pe_rows == 0;
                if (crosses && !m_.noc.is_bus()) latency += m_.noc.transit_cycles(0, m_.noc.cluster_cols);
                const pe_site site = tiles_.site({v, h, position});
                const auto t = tiles_.tile(index, site);
                if (!t) continue;
                plan_job(site, *t, p);
                chain.pes.push_back({pe_index(site), latency});
                latency = 0;
            }
            p.chains.push_back(std::move(chain));
        }
    }
}

arch::timing::pass pass_planner::plan(const arch::pass_index& index, bool load_weights) {
    arch::timing::pass p;
    const auto& layer = tiles_.layer();
    p.windows = layer.f();
    const unsigned s_begin = index[static_cast<std::size_t>(arch::loop::s)] * tiles_.map().s0;
    const unsigned s_count = std::min(tiles_.map().s0, layer.s - s_begin);
    p.window_segments = (s_count + layer.stride_w - 1) / layer.stride_w;
    p.jobs.resize(m_.noc.pes());
    const std::uint32_t segment = tiles_.weight_segment(index);
    if (segment != cached_segment_) tile_cache_.clear();
    cached_segment_ = segment;
    plan_streams(index, p);
    plan_chains(index, p);
    if (load_weights) plan_loads(index, p);
    return p;
}

}  // namespace eyeriss::compiler
