#include "models/accelerator/array.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace eyeriss::accelerator {

array::array(sc_core::sc_module_name name, const arch::machine& m)
    : sc_module(name),
      m_(m),
      cycle_(sc_core::sc_time(1.0 / m.clock_mhz, sc_core::SC_US)),
      network_(noc::make_network("mesh", m.noc, cycle_)),
      clusters_("cluster"),
      glbs_("glb") {
    // sc_vector owns what its creators make.
    clusters_.init(m.noc.clusters(), [&](const char* child, std::size_t i) {
        const auto first = static_cast<std::uint32_t>(i * m_.noc.pes_per_cluster());
        return new cluster::pe_cluster(child, first, m_, counts_);  // NOLINT(cppcoreguidelines-owning-memory)
    });
    glbs_.init(m.noc.clusters(), [&](const char* child, std::size_t) {
        return new glb::glb_cluster(child, m_);  // NOLINT(cppcoreguidelines-owning-memory)
    });
    for (unsigned c = 0; c < m.noc.clusters(); ++c) bind_cluster(c);
}

void array::bind_cluster(unsigned cluster) {
    auto& pes = clusters_[cluster];
    auto& glb = glbs_[cluster];
    for (unsigned i = 0; i < m_.noc.iact_routers(); ++i) {
        glb.iact_out[i].bind(network_->iact_source(cluster, i));
        network_->iact_sink(cluster, i).bind(pes.iact_in[i]);
    }
    for (unsigned i = 0; i < m_.noc.pe_rows; ++i) {
        glb.weight_out[i].bind(network_->weight_source(cluster, i));
        network_->weight_sink(cluster, i).bind(pes.weight_in[i]);
    }
    for (unsigned i = 0; i < m_.noc.pe_cols; ++i) {
        glb.psum_out[i].bind(network_->psum_bank_source(cluster, i));
        network_->psum_bank_sink(cluster, i).bind(glb.psum_in[i]);
        pes.psum_out[i].bind(network_->psum_pe_source(cluster, i));
        network_->psum_pe_sink(cluster, i).bind(pes.psum_in[i]);
    }
}

namespace {

/// Calls visit(site, linear PE index) for every PE.
template <typename Visit>
void for_each_pe(const noc::noc_parameters& p, Visit visit) {
    std::uint32_t index = 0;
    for (unsigned row = 0; row < p.cluster_rows; ++row) {
        for (unsigned col = 0; col < p.cluster_cols; ++col) {
            for (unsigned pe_row = 0; pe_row < p.pe_rows; ++pe_row) {
                for (unsigned pe_col = 0; pe_col < p.pe_cols; ++pe_col) {
                    visit(arch::pe_site{row, col, pe_row, pe_col}, index++);
                }
            }
        }
    }
}

}  // namespace

void array::begin_layer(const layer_program& program, const arch::tiling& tiles, bool timed) {
    unsigned bad_cluster = 0;
    const auto message = network_->configure(program.noc_words, bad_cluster);
    if (!message.empty()) throw layer_fault(EYERISS_ERR_NOC_CONFLICT, bad_cluster, message);
    network_->clear_counts();
    for (auto& glb : glbs_) glb.begin_layer(program.map.iact_single_buffer);
    find_sources();
    mapped_.clear();
    counts_ = {};
    for_each_pe(m_.noc, [&](const arch::pe_site& site, std::uint32_t pe) {
        pe_at(site).begin_layer(timed);
        if (!tiles.locate(site)) return;
        mapped_.push_back({site, pe, &pe_at(site), std::nullopt});
    });
    find_weight_tiles(tiles);
    find_chains(tiles);
}

void array::find_weight_tiles(const arch::tiling& tiles) {
    weight_tiles_.clear();
    if (m_.noc.is_bus()) return;
    for (const auto& [c, row] : weight_sources_) {
        auto& known = weight_tiles_.emplace_back();
        for (unsigned col = 0; col < m_.noc.pe_cols; ++col) {
            const arch::pe_site site{c / m_.noc.cluster_cols, c % m_.noc.cluster_cols, row, col};
            if (!tiles.locate(site)) continue;
            const unsigned tile = tiles.tile_in_segment(site);
            auto found = std::ranges::find(known, tile, &arch::weight_send::tile);
            if (found == known.end()) found = known.insert(known.end(), {tile, 0});
            found->address |= 1U << (row * m_.noc.pe_cols + col);
        }
    }
}

void array::find_chains(const arch::tiling& tiles) {
    chains_.clear();
    std::vector<std::size_t> mapped_at(m_.noc.pes());
    for (std::size_t i = 0; i < mapped_.size(); ++i) mapped_at[mapped_[i].index] = i;
    for (unsigned v = 0; v < tiles.map().vertical.product(); ++v) {
        for (unsigned h = 0; h < tiles.map().horizontal.product(); ++h) {
            const arch::tiling::place place{v, h, 0};
            const arch::pe_site site = tiles.site(place);
            if (tiles.locate(site)) chains_.push_back({place, mapped_at.at(tiles.pe_index(site))});
        }
    }
}

void array::find_sources() {
    iact_sources_.clear();
    weight_sources_.clear();
    for (unsigned c = 0; c < m_.noc.clusters(); ++c) {
        bool feeds = false;
        for (unsigned i = 0; i < m_.noc.iact_routers(); ++i) feeds = feeds || network_->feeds_iacts(c, i);
        if (feeds) iact_sources_.push_back(c);
        for (unsigned row = 0; row < m_.noc.pe_rows; ++row) {
            if (network_->feeds_weights(c, row)) weight_sources_.push_back({c, row});
        }
    }
}

void array::begin_pass(const arch::tiling& tiles, const arch::pass_index& index, bool described) {
    described_ = described;
    const auto& layer = tiles.layer();
    working_.clear();
    working_in_.assign(m_.noc.clusters(), 0);
    const unsigned in_cluster = m_.noc.pes_per_cluster();
    constexpr std::size_t ahead = 8;  // PEs whose state is on its way from memory
    for (std::size_t i = 0; i < mapped_.size(); ++i) {
        if (i + ahead < mapped_.size()) mapped_[i + ahead].unit->expect();
        mapped_pe& mapped = mapped_[i];
        mapped.tile = tiles.tile(index, mapped.site);
        if (const auto& t = mapped.tile) {
            working_.push_back(mapped.index);
            if (!m_.noc.is_bus()) working_in_[mapped.index / in_cluster] |= 1U << mapped.index % in_cluster;
            mapped.unit->begin_pass(layer.f(), t->c_count * layer.stride_w, t->c_count * t->s_count,
                                    t->m_count);
        } else {
            mapped.unit->begin_pass(0, 0, 0, 0);
        }
    }
}

std::vector<arch::timing::sink> array::sinks(const noc::burst& b) const {
    std::vector<arch::timing::sink> result;
    result.reserve(b.arrivals.size());
    for (const auto& a : b.arrivals) result.push_back({a.sink, a.latency.value() / cycle_.value()});
    return result;
}

/// tiling::weight_sends for the present pass, from what is the same in all passes.
std::span<const arch::weight_send> array::sends_of(const arch::tiling& tiles, const arch::pass_index& index,
                                                   std::size_t source) {
    const auto& [c, row] = weight_sources_[source];
    if (m_.noc.is_bus()) {
        sends_ = tiles.weight_sends(index, c, row);
        return sends_;
    }
    sends_.clear();
    for (const auto& [tile, pes] : weight_tiles_[source]) {
        if (const std::uint32_t takers = pes & working_in_[c]; takers != 0) sends_.push_back({tile, takers});
    }
    const auto first_pe = [](const arch::weight_send& s) { return std::countr_zero(s.address); };
    std::ranges::sort(sends_, {}, first_pe);
    return sends_;
}

std::vector<std::vector<unsigned>> array::weight_clusters(const arch::tiling& tiles,
                                                          const arch::pass_index& index) {
    std::vector<std::vector<unsigned>> clusters(tiles.segment_tiles(0).size());
    for (std::size_t i = 0; i < weight_sources_.size(); ++i) {
        for (const auto& send : sends_of(tiles, index, i))
            clusters[send.tile].push_back(weight_sources_[i].cluster);
    }
    return clusters;
}

std::vector<arch::timing::load> array::send_weights(const arch::tiling& tiles, const arch::pass_index& index,
                                                    const segment_contents& segment) {
    std::vector<arch::timing::load> loads;
    for (std::size_t i = 0; i < weight_sources_.size(); ++i) {
        const auto& [c, row] = weight_sources_[i];
        for (const auto& send : sends_of(tiles, index, i)) {
            const auto& burst = glbs_[c].send_weights(row, segment[send.tile], send.address);
            if (described_ && burst.words != 0)
                loads.push_back({m_.noc.weight_port(c, row), burst.words, sinks(burst)});
        }
    }
    return loads;
}

std::vector<arch::timing::stream> array::send_iacts(unsigned half) {
    std::vector<arch::timing::stream> streams;
    for (const unsigned c : iact_sources()) {
        glbs_[c].strike_iacts(half);
        for (const auto& stored : glbs_[c].rows(half)) {
            const auto& burst = glbs_[c].send_iacts(stored);
            if (!described_ || burst.arrivals.empty()) continue;
            streams.push_back({m_.noc.iact_port(c, stored.bank), c * m_.noc.iact_routers() + stored.bank,
                               stored.row->words_to, stored.row->pairs, sinks(burst)});
        }
    }
    return streams;
}

std::shared_ptr<pe::psum_row> array::zero_psums(const arch::pe_tile& tile, unsigned windows) {
    std::shared_ptr<pe::psum_row> psums;
    if (free_rows_.empty()) {
        psums = std::make_shared<pe::psum_row>();
    } else {
        psums = std::move(free_rows_.back());
        free_rows_.pop_back();
    }
    psums->windows = windows;
    psums->channels = tile.m_count;
    psums->values.assign(std::size_t{windows} * tile.m_count, 0);
    return psums;
}

void array::give_back(std::vector<finished_row>&& rows) {
    for (auto& row : rows) {
        if (row.psums.use_count() == 1) free_rows_.push_back(std::move(row.psums));
    }
    rows.clear();
}

void array::end_chain(const arch::tiling& tiles, const arch::pass_index& index,
                      const arch::tiling::place& place, const arch::pe_tile& tile,
                      std::vector<finished_row>& finished) {
    const arch::pe_site site = tiles.psum_home(place);
    const unsigned cluster = site.cluster_row * m_.noc.cluster_cols + site.cluster_col;
    auto psums = glbs_[cluster].take_psums(site.pe_col);
    if (!psums) {
        throw layer_fault(
            EYERISS_ERR_NOC_CONFLICT, cluster,
            fmt::format("{}: no psums came out of column {}", glbs_[cluster].name(), site.pe_col));
    }
    if (tiles.last_reduction(index)) {
        finished.push_back({tile, std::move(psums), cluster});
    } else if (!glbs_[cluster].store_psums(site.pe_col, tiles.psum_slot(tile), std::move(psums))) {
        throw layer_fault(EYERISS_ERR_GLB_OVERFLOW, cluster,
                          fmt::format("{}: psum bank {} overflows", glbs_[cluster].name(), site.pe_col));
    }
}

arch::timing::chain array::describe_chain(const arch::tiling& tiles, const arch::pass_index& index,
                                          const arch::tiling::place& place, const arch::pe_tile& tile) {
    arch::timing::chain chain;
    chain.from_bank = !tiles.first_reduction(index);
    chain.to_bank = !tiles.last_reduction(index);
    chain.slot = tiles.psum_slot(tile);
    chain.rows = tile.m_count;
    const auto port = [&](const arch::pe_site& s) {
        return m_.noc.psum_port(s.cluster_row * m_.noc.cluster_cols + s.cluster_col, s.pe_col);
    };
    arch::tiling::place at = place;
    cycle_t latency = 0;
    const unsigned positions = tiles.chain_positions();
    for (at.chain_position = 0; at.chain_position < positions; ++at.chain_position) {
        const arch::pe_site site = tiles.site(at);
        if (at.chain_position == 0) chain.in_port = port(site);
        if (at.chain_position + 1 == positions) chain.out_port = port(site);
        const bool crosses = at.chain_position != 0 && at.chain_position % m_.noc.pe_rows == 0;
        if (crosses && !m_.noc.is_bus()) latency += m_.noc.transit_cycles(0, m_.noc.cluster_cols);
        const pe::pe& pe = pe_at(site);
        if (!pe.job().works()) continue;
        chain.pes.push_back({pe.index(), latency});
        latency = 0;
    }
    return chain;
}

std::vector<arch::timing::chain> array::run_chains(const arch::tiling& tiles, const arch::pass_index& index,
                                                   std::vector<finished_row>& finished) {
    std::vector<arch::timing::chain> chains;
    const bool zero = tiles.first_reduction(index);
    for (const mapped_chain& c : chains_) {
        const auto& tile = mapped_[c.head].tile;
        if (!tile) continue;
        const arch::pe_site& site = mapped_[c.head].site;
        const unsigned cluster = site.cluster_row * m_.noc.cluster_cols + site.cluster_col;
        auto& bank = glbs_[cluster];
        auto psums = zero ? zero_psums(*tile, tiles.layer().f())
                          : bank.fetch_psums(site.pe_col, tiles.psum_slot(*tile));
        if (!psums) {
            throw layer_fault(
                EYERISS_ERR_NOC_CONFLICT, cluster,
                fmt::format("{}: psum bank {} holds no psums for this pass", bank.name(), site.pe_col));
        }
        const std::uint64_t words = zero ? 0 : (psums->values.size() + 1) / 2;
        bank.send_psums(site.pe_col, std::move(psums), words);
        end_chain(tiles, index, c.place, *tile, finished);
        if (described_) chains.push_back(describe_chain(tiles, index, c.place, *tile));
    }
    check_faults();
    std::erase_if(chains, [](const arch::timing::chain& c) { return c.pes.empty(); });
    return chains;
}

std::optional<layer_fault> array::fault_of(const pe::pe& pe, unsigned cluster) {
    switch (pe.fault()) {
        case pe::pe_fault::none:
            break;
        case pe::pe_fault::weight_spad:
            return layer_fault(EYERISS_ERR_SPAD_OVERFLOW, pe.index(),
                               fmt::format("{}: the weight tile exceeds its SPads", pe.name()));
        case pe::pe_fault::iact_spad:
            return layer_fault(EYERISS_ERR_SPAD_OVERFLOW, pe.index(),
                               fmt::format("{}: a window exceeds the iact SPads", pe.name()));
        case pe::pe_fault::starved:
            return layer_fault(EYERISS_ERR_NOC_CONFLICT, cluster,
                               fmt::format("{}: waits for iacts that no port sends", pe.name()));
        case pe::pe_fault::corrupt:
            return layer_fault(EYERISS_ERR_PAYLOAD_CODE, pe.index(),
                               fmt::format("{}: what its weight SPads hold is no tile", pe.name()));
        case pe::pe_fault::conflict:
            return layer_fault(EYERISS_ERR_NOC_CONFLICT, cluster,
                               fmt::format("{}: operands of different tiles meet", pe.name()));
    }
    return std::nullopt;
}

/// Throws for the first cluster with a fault. A PE finds one only where it has work.
void array::check_faults() const {
    auto mapped = mapped_.begin();
    for (unsigned c = 0; c < m_.noc.clusters(); ++c) {
        if (const auto bank = glbs_[c].uncorrectable_bank()) {
            throw layer_fault(EYERISS_ERR_ECC, c << 8 | *bank,
                              fmt::format("{}: bank {}: a word with two wrong bits", glbs_[c].name(), *bank));
        }
        if (counts_.faults == 0) continue;
        const std::uint32_t end = (c + 1) * m_.noc.pes_per_cluster();
        for (; mapped != mapped_.end() && mapped->index < end; ++mapped) {
            if (!mapped->tile) continue;
            if (const auto fault = fault_of(*mapped->unit, c)) throw layer_fault(*fault);
        }
    }
}

void array::describe_jobs(std::vector<arch::timing::pe_job>& jobs) const {
    jobs.resize(m_.noc.pes());
    for (const mapped_pe& mapped : mapped_) jobs[mapped.index] = mapped.unit->job();
}

}  // namespace eyeriss::accelerator
