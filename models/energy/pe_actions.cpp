#include "models/energy/pe_actions.h"

#include <numeric>

namespace eyeriss::energy {
void count_row(const pe::iact_operands& iacts, std::span<const csc::weight_tile::column> columns,
               const row_of_windows& row, action_counts& out) {
    const auto lanes = [&row](std::uint64_t stored, std::uint64_t words) {
        return row.macs == 1 ? stored : 2 * words;
    };
    std::uint64_t nonzero = 0;
    std::uint64_t words = 0;
    std::uint64_t macs = 0;
    for (unsigned k = 0; k < row.columns; ++k) {
        const std::uint64_t hits = iacts.hits[k].nonzero;
        nonzero += hits;
        words += hits * columns[k].words();
        macs += hits * columns[k].stored;
    }
    std::uint64_t gated = lanes(macs, words) - macs;
    if (iacts.dense) {
        for (unsigned k = 0; k < row.columns; ++k) {
            const auto zeros = std::uint64_t{row.windows} - iacts.hits[k].nonzero;
            gated += zeros * lanes(columns[k].stored, columns[k].words());
        }
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
