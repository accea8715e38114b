#include "firmware/compiler/predict_actions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "firmware/compiler/emit_image.h"
#include "models/abi/descriptor.h"
#include "models/energy/pe_actions.h"
#include "noc/mesh_tree.h"

namespace eyeriss::compiler {

namespace {

using arch::loop;
using energy::action;
using energy::action_counts;

constexpr std::uint64_t pair_bits = 12;

/// What decides how much a pass has to do beside its operands.
struct pass_kind {
    bool loads_weights = true, fills_banks = true, starts_psums = false, ends_psums = false;
    [[nodiscard]] std::size_t number() const {
        return (loads_weights ? 1U : 0U) + (fills_banks ? 2U : 0U) + (starts_psums ? 4U : 0U) +
               (ends_psums ? 8U : 0U);
    }
};
constexpr std::size_t kind_count = 16;

pass_kind kind_of(const arch::tiling& tiles, std::uint64_t pass) {
    auto index = tiles.index(pass);
    pass_kind kind;
    kind.starts_psums = tiles.first_reduction(index);
    kind.ends_psums = tiles.last_reduction(index);
    if (pass == 0) return kind;
    auto before = tiles.index(pass - 1);
    kind.loads_weights = tiles.weight_segment(index) != tiles.weight_segment(before);
    index[static_cast<std::size_t>(loop::m)] = before[static_cast<std::size_t>(loop::m)] = 0;
    kind.fills_banks = index != before;
    return kind;
}

/// Bytes in DRAM of the units of the layer's input, each looked at when it is first asked for.
class input_units {
public:
    input_units(const conv_op& op, const arch::mapping& map, const arch::machine& m, const calibration& data)
        : layout_(input_layout(op.shape, map, m)), data_(data), bytes_(layout_.units(), unknown) {}

    [[nodiscard]] const csc::map_layout& layout() const { return layout_; }
    [[nodiscard]] std::uint64_t bytes(unsigned n, unsigned block, unsigned y) {
        auto& known = bytes_[layout_.unit_index(n, block, y)];
        if (known == unknown) known = measure(n, block, y);
        return known;
    }

private:
    static constexpr std::uint64_t unknown = ~std::uint64_t{0};

    [[nodiscard]] std::uint64_t measure(unsigned n, unsigned block, unsigned y) {
        if (layout_.format != csc::map_format::csc) return layout_.unit_values(block);
        const unsigned channels = layout_.channels_in(block);
        values_.resize(layout_.unit_values(block));
        for (unsigned i = 0; i < channels; ++i) {
            const std::size_t channel = std::size_t{block} * layout_.block_channels + i;
            const auto row = data_.input.subspan(
                ((n * std::size_t{layout_.channels} + channel) * layout_.height + y) * layout_.width,
                layout_.width);
            for (unsigned x = 0; x < layout_.width; ++x) values_[std::size_t{x} * channels + i] = row[x];
        }
        return (std::uint64_t{csc::encode_unit(values_, layout_.format, slot_)} * pair_bits + 7) / 8;
    }

    csc::map_layout layout_;
    const calibration& data_;
    std::vector<std::uint64_t> bytes_;
    std::vector<std::uint8_t> values_, slot_;
};

/// Counts the actions of single passes, in any order.
class pass_counter {
public:
    pass_counter(const conv_op& op, const arch::tiling& tiles, const arch::machine& m,
                 const calibration& data)
        : tiles_(tiles),
          m_(m),
          planner_(op, tiles, m, data),
          units_(op, tiles.map(), m, data),
          site_of_(m.noc.pes()) {
        for (unsigned v = 0; v < tiles.map().vertical.product(); ++v) {
            for (unsigned h = 0; h < tiles.map().horizontal.product(); ++h) {
                for (unsigned i = 0; i < tiles.chain_positions(); ++i) {
                    const auto site = tiles.site({v, h, i});
                    site_of_[tiles.pe_index(site)] = site;
                }
            }
        }
    }

    [[nodiscard]] action_counts count(std::uint64_t pass) {
        const auto kind = kind_of(tiles_, pass);
        const auto index = tiles_.index(pass);
        const auto p = planner_.plan(index, kind.loads_weights);
        action_counts out;
        count_iacts(index, kind, p, out);
        if (kind.loads_weights) count_weights(index, p, out);
        for (const auto& chain : p.chains) count_chain(p, chain, out);
        return out;
    }

private:
    static void cross(action_counts& out, action mesh, action local, action router, std::uint64_t on_mesh,
                      std::uint64_t on_local) {
        out[mesh] += on_mesh;
        out[local] += on_local;
        out[router] += on_mesh + on_local;
    }

    /// Words on a network on which any source reaches any cluster, to the clusters of these PEs.
    void select(action_counts& out, action mesh, action local, action router, action buffer, unsigned from,
                std::span<const arch::timing::sink> sinks, std::uint64_t words) const {
        std::vector<unsigned> clusters;
        for (const auto& sink : sinks) clusters.push_back(sink.pe / m_.noc.pes_per_cluster());
        std::sort(clusters.begin(), clusters.end());
        clusters.erase(std::unique(clusters.begin(), clusters.end()), clusters.end());
        const auto moves = noc::moves_of(m_.noc, from, clusters);
        cross(out, mesh, local, router, words * moves.links, words * clusters.size());
        out[buffer] += words * moves.buffers;
    }

    void count_iacts(const arch::pass_index& index, const pass_kind& kind, const arch::timing::pass& p,
                     action_counts& out) {
        const auto placed = tiles_.placed_streams(index, planner_.iact_sources());
        std::uint64_t all = 0;
        if (m_.noc.is_selected()) {
            for (const auto& s : p.streams) {
                select(out, action::iact_mesh_link, action::iact_local_link, action::iact_router,
                       action::iact_buffer, s.bank / m_.noc.iact_routers(), s.sinks, s.words_to.back());
            }
        }
        for (std::size_t i = 0; i < placed.size(); ++i) {
            const std::uint64_t words = planner_.rows()[i]->words_to.back();
            all += words;
            if (m_.noc.is_selected()) continue;
            // A tree over n clusters has n-1 links between them; on a bus the Y bus carries every word.
            const std::uint64_t takers = m_.noc.is_bus() ? rows_with_tag(placed[i].row.pes)
                                                         : planner_.clusters_reached(placed[i].cluster);
            cross(out, action::iact_mesh_link, action::iact_local_link, action::iact_router,
                  words * (m_.noc.is_bus() ? 1 : takers - 1), words * takers);
        }
        out[action::glb_iact_read] += all;
        if (!kind.fills_banks) return;
        out[action::glb_iact_write] += all;
        out[action::port_in] += all;
        out[action::dram_read] += unit_bytes(placed);
    }

    /// Rows of PEs on a bus with some PE that takes iacts of a tag.
    [[nodiscard]] std::uint64_t rows_with_tag(unsigned tag) const {
        std::set<unsigned> rows;
        for (std::uint32_t pe = 0; pe < m_.noc.pes(); ++pe) {
            if (tiles_.iact_tag(pe) == tag) rows.insert(pe / m_.noc.pes_per_cluster());
        }
        return rows.size();
    }

    /// Bytes of the units that hold the rows, each read once.
    [[nodiscard]] std::uint64_t unit_bytes(std::span<const arch::placed_stream> placed) {
        const auto& layer = tiles_.layer();
        const unsigned in_block = units_.layout().block_channels;
        std::set<std::array<unsigned, 3>> wanted;
        for (const auto& [row, cluster, bank] : placed) {
            if (row.h < 0 || row.h >= static_cast<int>(layer.h)) continue;
            const unsigned first = row.g * layer.c + row.c_begin;
            for (unsigned block = first / in_block; block <= (first + row.c_count - 1) / in_block; ++block)
                wanted.insert({row.n, block, static_cast<unsigned>(row.h)});
        }
        std::uint64_t bytes = 0;
        for (const auto& [n, block, y] : wanted) bytes += units_.bytes(n, block, y);
        return bytes;
    }

    void count_weights(const arch::pass_index& index, const arch::timing::pass& p, action_counts& out) {
        out[action::dram_read] += planner_.segment_bytes() + sizeof(eyeriss_weight_segment);
        const auto sends =
            m_.noc.is_bus() ? tiles_.weight_sends(index, 0, 0) : std::vector<arch::weight_send>{};
        for (std::size_t i = 0; i < p.loads.size(); ++i) {
            const auto& load = p.loads[i];
            out[action::port_in] += load.words;
            for (const auto& sink : load.sinks) {
                energy::count_weight_fill(planner_.columns_of(*site_of_[sink.pe]), tiles_.map().weight_dense,
                                          out);
            }
            if (m_.noc.is_selected()) {
                select(out, action::weight_mesh_link, action::weight_local_link, action::weight_router,
                       action::weight_buffer, load.port / m_.noc.pe_rows, load.sinks, load.words);
                continue;
            }
            const std::uint64_t takers =
                m_.noc.is_bus() ? rows_with_tile(sends[i].tile) : weight_reach(load.port);
            cross(out, action::weight_mesh_link, action::weight_local_link, action::weight_router,
                  load.words * (m_.noc.is_bus() ? 1 : takers - 1), load.words * takers);
        }
    }

    [[nodiscard]] std::uint64_t rows_with_tile(unsigned tile) const {
        std::set<unsigned> rows;
        for (std::uint32_t pe = 0; pe < m_.noc.pes(); ++pe) {
            if (site_of_[pe] && tiles_.tile_in_segment(*site_of_[pe]) == tile)
                rows.insert(pe / m_.noc.pes_per_cluster());
        }
        return rows.size();
    }

    /// Clusters that take what a weight port sends: its own and, where weights are shared, the ones east of
    /// it up to the first whose PE row has no work.
    [[nodiscard]] std::uint64_t weight_reach(unsigned port) const {
        if (!planner_.shares_weights()) return 1;
        const unsigned cluster = port / m_.noc.pe_rows;
        const unsigned pe_row = port % m_.noc.pe_rows;
        const auto works = [&](unsigned col) {
            for (unsigned pe_col = 0; pe_col < m_.noc.pe_cols; ++pe_col) {
                if (tiles_.tile({}, {cluster / m_.noc.cluster_cols, col, pe_row, pe_col})) return true;
            }
            return false;
        };
        unsigned reach = 1;
        while (reach < m_.noc.cluster_cols && works(reach)) ++reach;
        return reach;
    }

    void count_chain(const arch::timing::pass& p, const arch::timing::chain& chain, action_counts& out) {
        for (const auto& link : chain.pes) count_pe(link.pe, chain.rows, out);
        const std::uint64_t psums = std::uint64_t{p.windows} * chain.rows;
        const std::uint64_t words = (psums + 1) / 2;
        const std::uint64_t from_bank = chain.from_bank ? words : 0;
        const std::uint64_t to_bank = chain.to_bank ? words : 0;
        out[action::glb_psum_read] += from_bank;
        out[action::glb_psum_write] += to_bank;
        if (!chain.to_bank) out[action::requantise] += psums;
        const std::uint64_t links = tiles_.chain_positions() - 1;
        const std::uint64_t crossings = tiles_.map().chain_clusters - 1;
        if (m_.noc.is_bus()) {
            cross(out, action::psum_mesh_link, action::psum_local_link, action::psum_router,
                  from_bank + words, words * links);
            return;
        }
        out[action::psum_hop] += words * (links - crossings);
        if (m_.noc.kind == noc::topology::mesh) out[action::psum_buffer] += 2 * words * crossings;
        cross(out, action::psum_mesh_link, action::psum_local_link, action::psum_router, words * crossings,
              from_bank + words * (crossings + 1));
    }

    void count_pe(std::uint32_t pe, unsigned rows, action_counts& out) {
        const auto& iacts = planner_.row_of(pe);
        const auto& weights = planner_.columns_of(*site_of_[pe]);
        energy::count_row(
            iacts, weights, pe::sum_row(iacts, weights),
            {iacts.windows, iacts.segment_values, iacts.columns, rows, tiles_.map().weight_dense}, out);
    }

    const arch::tiling& tiles_;
    const arch::machine& m_;
    pass_planner planner_;
    input_units units_;
    std::vector<std::optional<arch::pe_site>> site_of_;  ///< of the PEs that chains pass
};

/// Counts of all passes; of more than `most` the ones of each kind are scaled up from a sample.
action_counts count_passes(pass_counter& counter, const arch::tiling& tiles, std::uint64_t most) {
    action_counts out;
    const std::uint64_t passes = tiles.passes();
    if (passes <= most) {
        for (std::uint64_t pass = 0; pass < passes; ++pass) out += counter.count(pass);
        return out;
    }
    std::array<std::vector<std::uint64_t>, kind_count> of_kind;
    for (std::uint64_t pass = 0; pass < passes; ++pass)
        of_kind[kind_of(tiles, pass).number()].push_back(pass);
    for (const auto& members : of_kind) {
        if (members.empty()) continue;
        const std::uint64_t samples = std::max<std::uint64_t>(1, most * members.size() / passes);
        action_counts seen;
        for (std::uint64_t i = 0; i < samples; ++i)
            seen += counter.count(members[(2 * i + 1) * members.size() / (2 * samples)]);
        energy::for_each_action([&](action a) {
            out[a] += static_cast<std::uint64_t>(
                std::llround(static_cast<double>(seen[a]) * static_cast<double>(members.size()) /
                             static_cast<double>(samples)));
        });
    }
    return out;
}

}  // namespace

action_counts predict_actions(const conv_op& op, const arch::mapping& map, const arch::machine& m,
                              const calibration& data, std::uint64_t most_passes, const prediction& time) {
    const arch::tiling tiles(op.shape, map, m);
    pass_counter counter(op, tiles, m, data);
    auto out = count_passes(counter, tiles, most_passes);
    const auto input = input_layout(op.shape, map, m);
    out[action::dram_read] +=
        sizeof(eyeriss_descriptor) +
        sizeof(std::uint32_t) * std::size_t{noc_words_per_cluster(m.noc)} * m.noc.clusters() +
        input.table_bytes() + std::size_t{op.shape.channels_out()} * sizeof(eyeriss_requant) +
        sizeof(std::uint32_t);
    const bool raw = m.control.feature_maps == arch::compression::raw;
    const std::uint64_t value_bits = op.accumulators ? 32 : raw ? 8 : pair_bits;
    out[action::port_out] = out[action::dram_write] = (out[action::requantise] * value_bits + 7) / 8;
    const auto pe_cycles = static_cast<std::uint64_t>(std::llround(time.cycles * m.noc.pes()));
    out[action::pe_clock] = std::min(pe_cycles, static_cast<std::uint64_t>(std::llround(time.clocked)));
    out[action::pe_clock_gated] = pe_cycles - out[action::pe_clock];
    out[action::leakage] = pe_cycles;
    return out;
}

}  // namespace eyeriss::compiler
