#include "models/accelerator/loaders.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <tuple>
#include <utility>

#include "models/accelerator/fault.h"

namespace eyeriss::accelerator {

sc_core::sc_time iact_loader::begin_layer(const layer_program& program) {
    program_ = &program;
    table_.resize(program.in.table_bytes());
    return table_.empty() ? sc_core::sc_time() : dma_.read(program.descriptor.in.table_offset, table_);
}

/// Notes a unit that the pass needs, unless it is noted already.
void iact_loader::want(std::size_t index, unsigned block, unsigned cluster) {
    if (!units_.try_emplace(index).second) return;
    const auto& layout = program_->in;
    const auto& ref = program_->descriptor.in;
    wanted_unit wanted{index, block, cluster, 0, 0, {}};
    std::size_t size = layout.unit_values(block);
    if (layout.format == csc::map_format::csc) {
        wanted.pairs = table_[2 * index] | unsigned{table_[2 * index + 1]} << 8;
        size = (std::size_t{wanted.pairs} * 12 + 7) / 8;
    }
    wanted.offset = static_cast<std::uint32_t>(ref.data_offset + index * ref.unit_stride_bytes);
    if (size > ref.unit_stride_bytes) refuse(wanted, fmt::format("{} pairs exceed its slot", wanted.pairs));
    wanted.slot.resize(size);
    wanted_.push_back(std::move(wanted));
}

void iact_loader::refuse(const wanted_unit& wanted, const std::string& what) {
    throw layer_fault(EYERISS_ERR_PAYLOAD_CODE, wanted.offset,
                      fmt::format("iact unit {}: {}", wanted.index, what));
}

/// Gathers and decodes the units of a pass, each once, in the order in which streams need them.
sc_core::sc_time iact_loader::fetch_units(const arch::tiling& tiles,
                                          std::span<const arch::placed_stream> streams) {
    const auto& layer = tiles.layer();
    const auto& layout = program_->in;
    units_.clear();
    wanted_.clear();
    for (const auto& [s, cluster, bank] : streams) {
        if (s.h < 0 || s.h >= static_cast<int>(layer.h)) continue;
        for (unsigned i = 0; i < s.c_count; ++i) {
            const unsigned block = (s.g * layer.c + s.c_begin + i) / layout.block_channels;
            want(layout.unit_index(s.n, block, static_cast<unsigned>(s.h)), block, cluster);
        }
    }
    std::vector<dma_read> list;
    list.reserve(wanted_.size());
    for (auto& w : wanted_) list.push_back({w.offset, w.slot, w.cluster});
    const sc_core::sc_time transfer = dma_.read(list, {}, origin_);
    for (const auto& w : wanted_) {
        auto& values = units_.at(w.index);
        values.resize(layout.unit_values(w.block));
        if (!csc::decode_unit(w.slot, w.pairs, layout.format, values))
            refuse(w, "pairs pass the end of the unit");
    }
    return transfer;
}

std::shared_ptr<pe::iact_row> iact_loader::build_row(const arch::tiling& tiles,
                                                     const arch::iact_stream& s) const {
    const auto& layer = tiles.layer();
    const auto& layout = program_->in;
    auto row = std::make_shared<pe::iact_row>();
    const unsigned window_segments = (s.s_count + layer.stride_w - 1) / layer.stride_w;
    row->segments = layer.f() + window_segments - 1;
    row->segment_values = s.c_count * layer.stride_w;
    row->dense = tiles.map().iact_dense;
    const int columns = static_cast<int>(row->segments * layer.stride_w);
    row->values.assign(std::size_t{row->segments} * row->segment_values + 2,
                       static_cast<std::int16_t>(program_->pad_value()));
    row->values[row->values.size() - 1] = row->values[row->values.size() - 2] = 0;
    if (s.h >= 0 && s.h < static_cast<int>(layer.h)) {
        const int shift = static_cast<int>(layer.pad_left) - static_cast<int>(s.s_begin);
        const int first = std::max(0, -shift);
        const int last = std::min(static_cast<int>(layer.w), columns - shift);
        const bool is_signed = program_->flag(EYERISS_DESC_IACT_SIGNED);
        for (unsigned i = 0; i < s.c_count; ++i) {
            const unsigned channel = s.g * layer.c + s.c_begin + i;
            const unsigned block = channel / layout.block_channels;
            const unsigned width = layout.channels_in(block);
            const auto& values = units_.at(layout.unit_index(s.n, block, static_cast<unsigned>(s.h)));
            const std::uint8_t* from = values.data() + channel % layout.block_channels;
            for (int x = first; x < last; ++x) {
                const std::uint8_t byte = from[static_cast<std::size_t>(x) * width];
                row->values[static_cast<std::size_t>(x + shift) * s.c_count + i] =
                    static_cast<std::int16_t>(is_signed ? static_cast<std::int8_t>(byte) : byte);
            }
        }
        if (last > first) {
            row->inside_begin = static_cast<unsigned>(first + shift) * s.c_count;
            row->inside_end = static_cast<unsigned>(last + shift) * s.c_count;
        }
    }
    row->index(row->values, m_.noc.iact_port_bits, m_.pe.operand_bits);
    row->count_hits(layer.f(), s.c_count * s.s_count);
    return row;
}

iact_loader::result iact_loader::load(const arch::tiling& tiles, std::span<const arch::placed_stream> streams,
                                      unsigned half, array& into) {
    result r;
    r.transfer = fetch_units(tiles, streams);
    std::map<std::tuple<unsigned, unsigned, unsigned, int, unsigned>, std::shared_ptr<pe::iact_row>> built;
    for (unsigned c = 0; c < m_.noc.clusters(); ++c) into.glb(c).clear_iacts(half);
    r.bank_words.assign(std::size_t{m_.noc.clusters()} * m_.noc.iact_routers(), 0);
    for (const auto& [stream, c, bank] : streams) {
        auto& row = built[{stream.g, stream.n, stream.c_begin, stream.h, stream.s_begin}];
        if (!row) row = build_row(tiles, stream);
        if (!into.glb(c).load_iacts(half, bank, row, stream.pes)) {
            throw layer_fault(EYERISS_ERR_GLB_OVERFLOW, c,
                              fmt::format("{}: iact bank {} overflows", into.glb(c).name(), bank));
        }
        r.bank_words[c * m_.noc.iact_routers() + bank] += row->words_to.back();
    }
    return r;
}

void weight_loader::begin_layer(const layer_program& program, bool check_crc) {
    program_ = &program;
    check_crc_ = check_crc;
    contents_.clear();
    before_.clear();
}

/// Reads the segment into its buffer, from `start` on. With a port per cluster each tile goes through the
/// port of the first cluster that takes it; where tiles end is then looked up beforehand.
sc_core::sc_time weight_loader::read_segment(const arch::tiling& tiles, std::uint32_t segment,
                                             const sc_core::sc_time& start) {
    if (!dma_.port_per_cluster()) return dma_.read(offset_, bytes_, start, origin_);
    dma_.peek(offset_, bytes_);
    static_cast<void>(decode(tiles, segment, bytes_));
    std::vector<dma_read> list;
    std::size_t begin = 0;
    for (std::size_t tile = 0; tile < tile_ends_.size(); ++tile) {
        const auto cluster =
            tile < clusters_.size() && !clusters_[tile].empty() ? clusters_[tile].front() : 0;
        list.push_back({static_cast<std::uint32_t>(offset_ + begin),
                        std::span(bytes_).subspan(begin, tile_ends_[tile] - begin), cluster});
        begin = tile_ends_[tile];
    }
    return dma_.read(list, start, origin_);
}

const segment_contents& weight_loader::load(const arch::tiling& tiles, std::uint32_t segment,
                                            std::vector<std::vector<unsigned>> clusters,
                                            sc_core::sc_time& transfer) {
    clusters_ = std::move(clusters);
    if (segment >= program_->descriptor.weight_segments) {
        throw layer_fault(EYERISS_ERR_PAYLOAD_CODE, segment,
                          fmt::format("weight segment {} is asked for, the table holds {}", segment,
                                      program_->descriptor.weight_segments));
    }
    std::array<std::uint8_t, sizeof(eyeriss_weight_segment)> raw{};
    const sc_core::sc_time look_up =
        dma_.read(program_->descriptor.weight_table_offset + segment * static_cast<std::uint32_t>(raw.size()),
                  raw, {}, origin_);
    eyeriss_weight_segment entry{};
    std::memcpy(&entry, raw.data(), raw.size());
    constexpr std::uint32_t largest_segment = 16U << 20;
    if (entry.bytes > largest_segment) {
        throw layer_fault(
            EYERISS_ERR_PAYLOAD_CODE, segment,
            fmt::format("weight segment {} of {} bytes is larger than any", segment, entry.bytes));
    }
    bytes_.resize(entry.bytes);
    offset_ = entry.offset;
    transfer = read_segment(tiles, segment, look_up);
    if (check_crc_ && crc32_of(bytes_) != entry.crc32) {
        throw layer_fault(EYERISS_ERR_PAYLOAD_CRC, segment,
                          fmt::format("weight segment {}: checksum is {:#010x}, computed {:#010x}", segment,
                                      entry.crc32, crc32_of(bytes_)));
    }
    auto contents = decode(tiles, segment, bytes_);
    before_ = std::exchange(contents_, std::move(contents));
    return contents_;
}

sc_core::sc_time weight_loader::read_again(const sc_core::sc_time& start) {
    std::vector<dma_read> list;
    std::vector<std::uint8_t> again(bytes_.size());
    std::size_t begin = 0;
    for (std::size_t tile = 0; tile < tile_ends_.size(); ++tile) {
        const std::size_t bytes = tile_ends_[tile] - begin;
        for (std::size_t port = 1; port < clusters_[tile].size(); ++port) {
            list.push_back({static_cast<std::uint32_t>(offset_ + begin),
                            std::span(again).subspan(begin, bytes), clusters_[tile][port]});
        }
        begin = tile_ends_[tile];
    }
    return dma_.read(list, start, origin_);
}

segment_contents weight_loader::decode(const arch::tiling& tiles, std::uint32_t segment,
                                       std::span<const std::uint8_t> bytes) {
    segment_contents contents;
    segment_contents free = std::move(before_);
    const auto shapes = tiles.segment_tiles(segment);
    contents.reserve(shapes.size());
    tile_ends_.clear();
    for (const auto& t : shapes) {
        const std::size_t place = contents.size();
        const bool again = place < free.size() && free[place].use_count() == 1;
        auto content = again ? std::move(free[place]) : std::make_shared<pe::weight_load>();
        const std::size_t used = csc::decode_weight_tile(bytes, t.m_count, t.c_count * t.s_count,
                                                         tiles.map().weight_dense, content->tile);
        if (used == 0) {
            throw layer_fault(
                EYERISS_ERR_PAYLOAD_CODE, segment,
                fmt::format("weight segment {}: tile {} does not decode", segment, contents.size()));
        }
        content->prepare(m_.pe.macs);
        contents.push_back(std::move(content));
        bytes = bytes.subspan(used);
        tile_ends_.push_back(bytes_.size() - bytes.size());
    }
    if (!bytes.empty()) {
        throw layer_fault(
            EYERISS_ERR_PAYLOAD_CODE, segment,
            fmt::format("weight segment {}: {} bytes remain after its tiles", segment, bytes.size()));
    }
    return contents;
}

}  // namespace eyeriss::accelerator
