#include "firmware/compiler/pass_plan.h"

#include <algorithm>

#include "models/csc/weight_tile.h"
#include "models/pe/window_cost.h"

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
      work_(m.noc.pes()) {
    if (m.noc.is_bus()) return;
    for (const auto& group : iact_groups(tiles, m.noc)) {
        source s;
        s.cluster = {group.source.row, group.source.col, 0, 0};
        for (unsigned row = 0; row < group.rows; ++row) {
            for (unsigned col = 0; col < group.cols; ++col) {
                s.members.push_back({group.source.row + row, group.source.col + col, 0, 0});
            }
        }
        iact_sources_.push_back(std::move(s));
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
    return result;
}

void pass_planner::plan_streams(const arch::pass_index& index, arch::timing::pass& p) {
    rows_.clear();
    std::fill(row_of_pe_.begin(), row_of_pe_.end(), nullptr);
    fill_cycles_ = 0;
    if (m_.noc.is_bus()) {
        plan_bus_streams(index, p);
        return;
    }
    std::vector<std::pair<arch::iact_stream, row_ptr>> known;
    for (const source& s : iact_sources_) {
        const auto streams = tiles_.cluster_streams(index, s.cluster.cluster_row, s.cluster.cluster_col);
        std::vector<noc::cycle_t> fill(m_.noc.iact_routers(), 0);
        for (std::size_t i = 0; i < streams.size(); ++i) {
            auto found = std::find_if(known.begin(), known.end(),
                                      [&](const auto& k) { return k.first.same_data(streams[i]); });
            if (found == known.end()) found = known.insert(known.end(), {streams[i], row(streams[i])});
            const row_ptr& data = found->second;
            const auto bank = static_cast<unsigned>(i % m_.noc.iact_routers());
            fill[bank] += data->words_to.back();
            arch::timing::stream stream{
                m_.noc.iact_port(s.cluster.cluster_row * m_.noc.cluster_cols + s.cluster.cluster_col, bank),
                data->words_to,
                data->pairs,
                {}};
            for (const pe_site& cluster : s.members) {
                const noc::cycle_t hops =
                    cluster.cluster_row - s.cluster.cluster_row + cluster.cluster_col - s.cluster.cluster_col;
                for (unsigned bit = 0; bit < m_.noc.pes_per_cluster(); ++bit) {
                    if ((streams[i].pes >> bit & 1U) == 0) continue;
                    const pe_site site{cluster.cluster_row, cluster.cluster_col, bit / m_.noc.pe_cols,
                                       bit % m_.noc.pe_cols};
                    if (!tiles_.tile(index, site)) continue;
                    stream.sinks.push_back({pe_index(site), hops * m_.noc.hop_cycles});
                    row_of_pe_[pe_index(site)] = data;
                }
            }
            rows_.push_back(data);
            if (!stream.sinks.empty()) p.streams.push_back(std::move(stream));
        }
        fill_cycles_ = std::max(fill_cycles_, *std::max_element(fill.begin(), fill.end()));
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

void pass_planner::plan_bus_streams(const arch::pass_index& index, arch::timing::pass& p) {
    std::vector<noc::cycle_t> fill(m_.noc.clusters(), 0);
    std::map<unsigned, std::vector<pe_site>> takers;
    for (const pe_site& site : located_sites()) {
        if (tiles_.tile(index, site)) takers[tiles_.iact_tag(pe_index(site))].push_back(site);
    }
    for (const auto& placed : tiles_.placed_streams(index, {})) {
        const row_ptr data = row(placed.row);
        fill[placed.cluster] += data->words_to.back();
        arch::timing::stream stream{m_.noc.iact_port(placed.cluster, 0), data->words_to, data->pairs, {}};
        for (const pe_site& site : takers[placed.row.pes]) {
            stream.sinks.push_back({pe_index(site), m_.noc.hop_cycles});
            row_of_pe_[pe_index(site)] = data;
        }
        rows_.push_back(data);
        p.streams.push_back(std::move(stream));
    }
    fill_cycles_ = *std::max_element(fill.begin(), fill.end());
}

void pass_planner::plan_bus_loads(const std::vector<pe_tile>& segment, arch::timing::pass& p) {
    std::map<unsigned, std::vector<arch::timing::sink>> takers;
    for (const pe_site& site : located_sites())
        takers[tiles_.tile_in_segment(site)].push_back({pe_index(site), m_.noc.hop_cycles});
    for (auto& [number, sinks] : takers) {
        if (segment[number].m_count == 0 || segment[number].c_count == 0) continue;
        p.loads.push_back({m_.noc.weight_port(0, 0), tile_cache_.at(number)->words, std::move(sinks)});
    }
}

void pass_planner::plan_loads(const arch::pass_index& index, arch::timing::pass& p) {
    const auto segment = tiles_.segment_tiles(tiles_.weight_segment(index));
    if (m_.noc.is_bus()) {
        plan_bus_loads(segment, p);
        return;
    }
    const unsigned source_columns = weights_shared_ ? 1 : m_.noc.cluster_cols;
    for (unsigned row = 0; row < m_.noc.cluster_rows; ++row) {
        for (unsigned col = 0; col < source_columns; ++col) {
            for (unsigned pe_row = 0; pe_row < m_.noc.pe_rows; ++pe_row) {
                std::map<unsigned, std::vector<arch::timing::sink>> takers;
                for (unsigned pe_col = 0; pe_col < m_.noc.pe_cols; ++pe_col) {
                    const pe_site site{row, col, pe_row, pe_col};
                    if (!tiles_.locate(site)) continue;
                    auto& sinks = takers[tiles_.tile_in_segment(site)];
                    const unsigned reach = weights_shared_ ? m_.noc.cluster_cols : 1;
                    for (unsigned hop = 0; hop < reach; ++hop) {
                        const pe_site there{row, col + hop, pe_row, pe_col};
                        if (tiles_.locate(there)) sinks.push_back({pe_index(there), hop * m_.noc.hop_cycles});
                    }
                }
                for (auto& [number, sinks] : takers) {
                    const pe_tile& t = segment[number];
                    if (t.m_count == 0 || t.c_count == 0) continue;
                    p.loads.push_back({(row * m_.noc.cluster_cols + col) * m_.noc.pe_rows + pe_row,
                                       tile_cache_.at(number)->words, std::move(sinks)});
                }
            }
        }
    }
}

void pass_planner::cost_windows(const pe_site& site, const pe_tile& t) {
    const auto& layer = tiles_.layer();
    const std::uint32_t index = pe_index(site);
    const unsigned number = tiles_.tile_in_segment(site);
    auto& weights = tile_cache_[number];
    if (!weights) weights = tile(t);
    const pe::window_coster coster(*row_of_pe_[index], weights->operands, m_.pe.drop_queue_columns);
    auto& work = work_[index];
    work.resize(layer.f());
    for (unsigned f = 0; f < layer.f(); ++f) {
        work[f] = coster.window(std::size_t{f} * t.c_count * layer.stride_w, t.c_count * t.s_count).work;
    }
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
            chain.rows = first->m_count;
            chain.in_port = port(tiles_.site({v, h, 0}));
            chain.out_port = port(tiles_.site({v, h, positions - 1}));
            noc::cycle_t latency = 0;
            for (unsigned position = 0; position < positions; ++position) {
                const bool crosses = position != 0 && position % m_.noc.pe_rows == 0;
                if (crosses && !m_.noc.is_bus()) latency += m_.noc.hop_cycles;
                const pe_site site = tiles_.site({v, h, position});
                const auto t = tiles_.tile(index, site);
                if (!t) continue;
                cost_windows(site, *t);
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
    for (auto& work : work_) work.clear();
    const std::uint32_t segment = tiles_.weight_segment(index);
    if (segment != cached_segment_) tile_cache_.clear();
    cached_segment_ = segment;
    plan_streams(index, p);
    plan_chains(index, p);
    if (load_weights) {
        const auto shapes = tiles_.segment_tiles(segment);
        for (unsigned i = 0; i < shapes.size(); ++i) {
            if (shapes[i].m_count != 0 && shapes[i].c_count != 0 && !tile_cache_[i])
                tile_cache_[i] = tile(shapes[i]);
        }
        plan_loads(index, p);
    }
    p.work.assign(work_.begin(), work_.end());
    return p;
}

}  // namespace eyeriss::compiler
