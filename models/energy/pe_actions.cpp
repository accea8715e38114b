#include "models/energy/pe_actions.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

namespace eyeriss::energy {
namespace {

/// pe.weight_address_entries and pe.iact_entries end at 255 (arch::parameters).
constexpr unsigned most_columns = 256;
constexpr unsigned mask_bits = 64;

/// The next 64 values' bits from position `begin`.
std::uint64_t bits_from(const pe::iact_operands& iacts, std::size_t begin) {
    const std::size_t word = begin / 64;
    const unsigned shift = begin % 64;
    const std::uint64_t low = iacts.nonzero[word] >> shift;
    return shift == 0 ? low : low | iacts.nonzero[word + 1] << (64 - shift);
}

/// How many windows meet a non-zero iact at each column.
///
/// Column k of window f is iact f*step + k, so column k+step sees what column k sees, one window later: only
/// the first `step` columns need a walk over the row.
std::array<std::uint32_t, most_columns> hits_by_column(const pe::iact_operands& iacts,
                                                       const row_of_windows& row) {
    std::array<std::uint32_t, most_columns> hits{};
    const unsigned columns = std::min(row.columns, most_columns);
    const unsigned first = std::min(row.step, columns);
    for (unsigned f = 0; f < row.windows; ++f) {
        for (unsigned base = 0; base < first; base += mask_bits) {
            const unsigned count = std::min(first - base, mask_bits);
            const std::uint64_t mask = ~std::uint64_t{0} >> (mask_bits - count);
            std::uint64_t rest = bits_from(iacts, std::size_t{f} * row.step + base) & mask;
            for (; rest != 0; rest &= rest - 1) ++hits[base + static_cast<unsigned>(std::countr_zero(rest))];
        }
    }
    for (unsigned k = first; k < columns; ++k) {
        const std::size_t entering = std::size_t{row.windows} * row.step + k - row.step;
        hits[k] = hits[k - row.step] - static_cast<std::uint32_t>(bits_from(iacts, k - row.step) & 1U) +
                  static_cast<std::uint32_t>(bits_from(iacts, entering) & 1U);
    }
    return hits;
}

}  // namespace

void count_row(const pe::iact_operands& iacts, std::span<const csc::weight_tile::column> columns,
               const row_of_windows& row, action_counts& out) {
    const auto hits = hits_by_column(iacts, row);
    std::uint64_t nonzero = 0;
    std::uint64_t words = 0;
    std::uint64_t macs = 0;
    std::uint64_t gated = 0;
    for (unsigned k = 0; k < row.columns; ++k) {
        const auto& column = columns[k];
        const std::uint64_t lanes = row.macs == 1 ? column.stored : 2 * column.words();
        nonzero += hits[k];
        words += std::uint64_t{hits[k]} * column.words();
        macs += std::uint64_t{hits[k]} * column.stored;
        gated += hits[k] * (lanes - column.stored);
        if (iacts.dense) gated += (row.windows - hits[k]) * lanes;
    }
    const std::uint64_t psums = std::uint64_t{row.windows} * row.rows;
    const std::uint64_t segments = row.step == 0 ? 0 : (row.columns + row.step - 1) / row.step;
    out[action::mac] += macs;
    out[action::mac_gated] += gated;
    out[action::iact_data_read] += iacts.dense ? std::uint64_t{row.windows} * row.columns : nonzero;
    out[action::iact_address_read] += iacts.dense ? 0 : row.windows * segments;
    out[action::weight_address_read] += row.weights_raw ? 0 : 2 * nonzero;
    out[action::weight_data_read] += words;
    out[action::psum_spad_read] += macs + psums;
    out[action::psum_spad_write] += macs + psums;
    out[action::iact_data_write] += std::accumulate(iacts.pairs.begin(), iacts.pairs.end(), std::uint64_t{0});
    out[action::iact_address_write] += iacts.dense ? 0 : iacts.segments;
}

void count_weight_fill(std::span<const csc::weight_tile::column> columns, bool raw, action_counts& out) {
    for (const auto& column : columns) out[action::weight_data_write] += column.words();
    if (!raw) out[action::weight_address_write] += columns.size();
}

}  // namespace eyeriss::energy
