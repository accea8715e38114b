#include "firmware/compiler/mapper_energy.h"

#include <algorithm>
#include <tuple>

#include "models/abi/descriptor.h"

namespace eyeriss::compiler {

namespace {

using arch::loop;
using energy::action;

constexpr double pair_bits = 12;
constexpr double segment_end_bits = 4;
constexpr double dram_word_bytes = 3;
constexpr double dram_count_bytes = 2;

unsigned ceil_div(unsigned a, unsigned b) {
    return (a + b - 1) / b;
}

constexpr std::size_t at(loop l) {
    return static_cast<std::size_t>(l);
}

/// Whether a loop runs outside of some loop of more than one trip that changes weights.
bool reloads_weights(const arch::mapping& map, const std::array<unsigned, arch::loop_count>& trips, loop l) {
    const auto changes = [&](loop inner) {
        return inner != loop::n && inner != loop::e && trips[at(inner)] > 1;
    };
    const auto* const from = std::find(map.order.begin(), map.order.end(), l);
    return std::any_of(from, map.order.end(), changes);
}

/// Whether no loop inside the one over m has more than one trip: banks then keep their iacts through it.
bool m_is_innermost(const arch::mapping& map, const std::array<unsigned, arch::loop_count>& trips) {
    const auto* const from = std::find(map.order.begin(), map.order.end(), loop::m);
    return std::all_of(std::next(from), map.order.end(), [&](loop l) { return trips[at(l)] == 1; });
}

/// Output rows and filter rows that meet in one row of iacts, at most.
unsigned same_row(unsigned filter_rows, unsigned output_rows, unsigned stride) {
    return std::min(ceil_div(filter_rows, stride), output_rows);
}

}  // namespace

energy_work::energy_work(const conv_op& op, const arch::machine& m, const calibration& data, bool raw)
    : shape_(op.shape), m_(m), raw_(raw), hits_(op.shape, data, false) {
    if (data.pad_value != 0) stored_.emplace(op.shape, calibration{data.input, data.is_signed, 0}, false);
    const std::size_t columns = std::size_t{shape_.c} * shape_.r * shape_.s;
    const auto hit = hits();
    for (std::size_t channel = 0; channel < std::size_t{shape_.groups} * shape_.m; ++channel) {
        const std::int8_t* const weights = op.weights.data() + channel * columns;
        const std::uint32_t* const of_group = hit.data() + channel / shape_.m * columns;
        for (std::size_t k = 0; k < columns; ++k) effectual_macs_ += weights[k] != 0 ? of_group[k] : 0;
    }
    for (const std::uint32_t h : hit) total_hits_ += h;
}

/// Raw values of the image in all rows that `rows` counts.
double energy_work::values_inside(unsigned s0) const {
    const auto& s = shape_;
    double in_row = 0;
    for (unsigned begin = 0; begin < s.s; begin += s0) {
        const unsigned segments = s.f() + ceil_div(std::min(s0, s.s - begin), s.stride_w) - 1;
        const unsigned end = std::min(begin + segments * s.stride_w, s.pad_left + s.w);
        in_row += end - std::min(end, std::max(begin, s.pad_left));
    }
    unsigned rows = 0;
    for (unsigned e = 0; e < s.e(); ++e) {
        for (unsigned r = 0; r < s.r; ++r) {
            const unsigned y = e * s.stride_h + r;
            rows += y >= s.pad_top && y < s.pad_top + s.h ? 1 : 0;
        }
    }
    return in_row * rows * s.batch * s.channels_in();
}

energy_work::row_work energy_work::rows(const arch::mapping& tile) const {
    const auto& s = shape_;
    const double uses = double{1.0} * s.batch * s.e() * s.r;
    row_work out;
    double segments = 0;
    for (unsigned begin = 0; begin < s.s; begin += tile.s0)
        segments += s.f() + ceil_div(std::min(tile.s0, s.s - begin), s.stride_w) - 1;
    out.ends = uses * s.groups * ceil_div(s.c, tile.c0) * segments;
    const double stored = (stored_ ? *stored_ : hits_).pairs(tile.s0);
    if (raw_) {
        out.entries = uses * s.channels_in() * segments * s.stride_w;
        out.ends = 0;
        out.port_bits = out.entries * m_.pe.operand_bits;
    } else {
        out.entries = hits_.pairs(tile.s0);
        out.port_bits = out.entries * pair_bits + out.ends * segment_end_bits;
    }
    const bool raw_maps = m_.control.feature_maps == arch::compression::raw;
    out.dram_bytes = raw_maps ? values_inside(tile.s0) : stored * pair_bits / 8;
    return out;
}

column_work count_columns(const energy_work& work, std::span<const std::uint8_t> words, unsigned m0,
                          bool weight_dense, std::uint64_t busy) {
    const auto& shape = work.shape();
    const std::size_t columns = std::size_t{shape.c} * shape.r * shape.s;
    const unsigned m_tiles = ceil_div(shape.m, m0);
    std::uint64_t read = 0;
    std::uint64_t stored = 0;
    const std::uint8_t* word = words.data();
    for (unsigned g = 0; g < shape.groups; ++g) {
        const std::uint32_t* const hits = work.hits().data() + g * columns;
        for (unsigned tile = 0; tile < m_tiles; ++tile) {
            const unsigned dense_words = (std::min(m0, shape.m - tile * m0) + 1) / 2;
            for (std::size_t k = 0; k < columns; ++k) {
                const unsigned n = weight_dense ? dense_words : *word++;
                read += std::uint64_t{hits[k]} * n;
                stored += n;
            }
        }
    }
    return {static_cast<double>(read), static_cast<double>(stored),
            double{1.0} * static_cast<double>(columns) * m_tiles * shape.groups, static_cast<double>(busy)};
}

energy_bounds::energy_bounds(const energy_work& work, const arch::machine& m,
                             const energy::energy_table& table, const column_work& columns,
                             const arch::mapping& tile)
    : work_(work),
      shape_(work.shape()),
      m_(m),
      table_(table),
      columns_(columns),
      tile_(tile),
      m_tiles_(ceil_div(shape_.m, tile.m0)),
      c_tiles_(ceil_div(shape_.c, tile.c0)),
      s_tiles_(ceil_div(shape_.s, tile.s0)),
      rows_(work.rows(tile)),
      weight_words_(tile.weight_dense ? columns.words * 2 / 3 : columns.words + columns.columns / 3) {
    std::uint64_t words = 0;
    for (unsigned first = 0; first < shape_.m; first += tile.m0)
        words += (std::uint64_t{std::min(tile.m0, shape_.m - first)} * shape_.f() + 1) / 2;
    psum_words_ = static_cast<double>(words) * shape_.groups * shape_.batch * shape_.e();
    fixed_ = inside_pes();
}

/// What PEs do with their operands, and what leaves the chip: exact but for the zeros that long runs store
/// and for gated lanes.
double energy_bounds::inside_pes() const {
    const auto& s = shape_;
    const double outputs = double{1.0} * s.channels_out() * s.batch * s.e() * s.f();
    const double windows = double{1.0} * s.groups * s.batch * s.e() * s.f() * m_tiles_;
    const double products = tile_.weight_dense ? static_cast<double>(work_.total_hits()) * s.m
                                               : static_cast<double>(work_.effectual_macs());
    const double hits = static_cast<double>(work_.total_hits()) * m_tiles_;
    const double psums = outputs * c_tiles_ * s.r * s_tiles_;
    double window_segments = 0;
    for (unsigned begin = 0; begin < s.s; begin += tile_.s0)
        window_segments += ceil_div(std::min(tile_.s0, s.s - begin), s.stride_w);
    double sum = products * pj(action::mac) + columns_.words_read * pj(action::weight_data_read) +
                 (products + psums) * (pj(action::psum_spad_read) + pj(action::psum_spad_write)) +
                 rows_.entries * m_tiles_ * pj(action::iact_data_write);
    if (tile_.iact_dense) {
        sum += windows * s.c * s.r * s.s * pj(action::iact_data_read);
    } else {
        sum += hits * pj(action::iact_data_read) +
               windows * c_tiles_ * s.r * window_segments * pj(action::iact_address_read) +
               rows_.ends * m_tiles_ * pj(action::iact_address_write);
    }
    if (!tile_.weight_dense) sum += 2 * hits * pj(action::weight_address_read);
    const bool raw_maps = m_.control.feature_maps == arch::compression::raw;
    const double out_bytes = outputs * (raw_maps ? 8 : pair_bits) / 8;
    return sum + outputs * pj(action::requantise) +
           out_bytes * (pj(action::port_out) + pj(action::dram_write));
}

double energy_bounds::moving_weights(const moves& how) const {
    const double port_words = weight_words_ * 3 * m_.pe.operand_bits / m_.noc.weight_port_bits;
    const double filled = port_words * how.weight_fills;
    double sum = how.weight_fills * columns_.words * pj(action::weight_data_write);
    if (!tile_.weight_dense) sum += how.weight_fills * columns_.columns * pj(action::weight_address_write);
    sum += how.weight_loads * (dram_word_bytes * weight_words_ + how.segment_bytes) * pj(action::dram_read);
    const double router = pj(action::weight_router);
    const double local_word = pj(action::weight_local_link) + router;
    const double mesh_word = pj(action::weight_mesh_link) + router;
    const double on_local = std::max(port_words * how.weight_loads, filled / how.weight_local);
    const double sent = std::max(port_words * how.weight_loads, filled / how.weight_row);
    sum += on_local * local_word;
    // A bus carries each word over its one trunk; a tree over n clusters has n-1 links between them.
    if (m_.noc.is_bus()) return sum + sent * (pj(action::port_in) + mesh_word);
    const double each_sent = pj(action::port_in) - mesh_word;
    return sum + on_local * mesh_word + (each_sent < 0 ? on_local : sent) * each_sent;
}

double energy_bounds::moving_iacts(const moves& how) const {
    const double words = rows_.port_bits / m_.noc.iact_port_bits;
    const double from_banks = words * how.iact_sends / how.iact_bank;
    const double on_local = std::max(from_banks, words * m_tiles_ / how.iact_local);
    const double router = pj(action::iact_router);
    const double mesh_word = pj(action::iact_mesh_link) + router;
    const double each_filled = pj(action::glb_iact_write) + pj(action::port_in);
    double sum = on_local * (pj(action::iact_local_link) + router);
    sum += words * how.iact_fills / how.iact_bank * each_filled;
    sum += rows_.dram_bytes * how.iact_fills / how.iact_dram * pj(action::dram_read);
    if (m_.noc.is_bus()) return sum + from_banks * (pj(action::glb_iact_read) + mesh_word);
    const double each_read = pj(action::glb_iact_read) - mesh_word;
    return sum + on_local * mesh_word + (each_read < 0 ? on_local : from_banks) * each_read;
}

double energy_bounds::moving_psums(const moves& how) const {
    const double kept = psum_words_ * (how.reductions - 1);
    const double passed = psum_words_ * how.reductions;
    const double router = pj(action::psum_router);
    const double mesh_word = pj(action::psum_mesh_link) + router;
    const double local_word = pj(action::psum_local_link) + router;
    const double sum = kept * (pj(action::glb_psum_read) + pj(action::glb_psum_write));
    if (m_.noc.is_bus()) return sum + (kept + passed) * mesh_word + passed * how.links * local_word;
    return sum + passed * (how.links - how.crossings) * pj(action::psum_hop) +
           passed * how.crossings * mesh_word + (kept + passed * (how.crossings + 1)) * local_word;
}

double energy_bounds::clock(const moves& how, double cycles) const {
    const double pe_cycles = cycles * m_.noc.pes();
    const double running = pj(action::pe_clock);
    const double gated = pj(action::pe_clock_gated);
    double clocked = columns_.busy;
    if (m_.pe.psum_transfer_takes_ports) {
        unsigned moved = 0;
        for (unsigned first = 0; first < shape_.m; first += tile_.m0)
            moved += (std::min(tile_.m0, shape_.m - first) + 1) / 2;
        clocked += double{1.0} * moved * shape_.groups * shape_.batch * shape_.e() * shape_.f() * c_tiles_ *
                   shape_.r * s_tiles_;
    }
    if (!m_.pe.weight_double_buffer) {
        clocked += how.weight_fills * weight_words_ * 3 * m_.pe.operand_bits / m_.noc.weight_port_bits;
    }
    clocked = running < gated ? pe_cycles : std::min(clocked, pe_cycles);
    return clocked * running + (pe_cycles - clocked) * gated + pe_cycles * pj(action::leakage);
}

energy_bounds::moves energy_bounds::of(const arch::mapping& map) const {
    const auto& s = shape_;
    const auto& noc = m_.noc;
    const auto& h = map.horizontal;
    const auto trips = map.trips(s);
    moves out;
    for (const auto& [l, extent, tile] :
         {std::tuple{loop::n, s.batch, map.n_tile()}, std::tuple{loop::e, s.e(), map.e_tile()}}) {
        const bool again = reloads_weights(map, trips, l);
        if (again) out.weight_loads *= trips[at(l)];
        out.weight_fills *= again ? extent : std::min(tile, extent);
    }
    const unsigned of_e_and_n = h.e * h.n;
    out.weight_row = noc.is_bus() ? out.weight_fills : of_e_and_n;
    out.weight_local = std::min(noc.pe_cols, of_e_and_n);
    const double segments = double{1.0} * trips[at(loop::g)] * trips[at(loop::m)] * trips[at(loop::c)] *
                            trips[at(loop::r)] * trips[at(loop::s)];
    const double segment_tiles = double{1.0} * map.g_tile() * map.vertical.m * h.m * map.c1 * map.r1;
    out.segment_bytes = segments * (dram_count_bytes * segment_tiles + sizeof(eyeriss_weight_segment));

    const unsigned columns = std::min(noc.pe_cols, h.product());
    const unsigned chain = std::min(map.c1 * map.r1, noc.pe_rows);
    const unsigned here = same_row(std::min(map.r1, chain), std::min(columns, h.e), s.stride_h);
    const unsigned anywhere = same_row(map.r1, map.e_tile(), s.stride_h);
    out.iact_local = std::min(columns * chain, std::min(columns, h.m) * here);
    out.iact_sends = trips[at(loop::m)];
    out.iact_fills = m_is_innermost(map, trips) ? 1 : out.iact_sends;
    out.iact_bank = noc.is_bus() ? anywhere : here;
    out.iact_dram = anywhere;

    out.reductions = double{1.0} * trips[at(loop::c)] * trips[at(loop::r)] * trips[at(loop::s)];
    out.crossings = map.chain_clusters - 1;
    out.links = map.chain_clusters * noc.pe_rows - 1;
    return out;
}

energy_bounds::moves energy_bounds::most_sharing() const {
    moves out;
    out.weight_row = out.weight_local = m_.noc.pes();
    out.iact_local = m_.noc.pes_per_cluster();
    out.iact_bank = out.iact_dram = same_row(shape_.r, shape_.e(), shape_.stride_h);
    out.links = m_.noc.pe_rows - 1;
    return out;
}

double energy_bounds::total(const moves& how, double cycles) const {
    return fixed_ + moving_weights(how) + moving_iacts(how) + moving_psums(how) + clock(how, cycles);
}

double energy_bounds::least(std::uint64_t cycles) const {
    return total(most_sharing(), static_cast<double>(cycles));
}

double energy_bounds::picojoules(const arch::mapping& map, double cycles) const {
    return total(of(map), cycles);
}

}  // namespace eyeriss::compiler
