#include "models/energy/pe_actions.h"

namespace eyeriss::energy {
void count_row(const pe::iact_operands& iacts, const pe::weight_operands& weights, const pe::row_sums& sums,
               const row_of_windows& row, action_counts& out) {
    const auto lanes = [&weights](const pe::weight_sums& w) {
        return weights.macs == 1 ? w.stored : 2 * w.words;
    };
    const std::uint64_t macs = sums.weights.stored;
    // In raw form zero iacts take their turn and gate all lanes.
    const std::uint64_t turns =
        iacts.dense ? std::uint64_t{row.windows} * lanes(weights.once) : lanes(sums.weights);
    const std::uint64_t gated = turns - macs;
    const std::uint64_t psums = std::uint64_t{row.windows} * row.rows;
    const std::uint64_t segments = row.step == 0 ? 0 : (row.columns + row.step - 1) / row.step;
    out[action::mac] += macs;
    out[action::mac_gated] += gated;
    out[action::iact_data_read] += iacts.dense ? std::uint64_t{row.windows} * row.columns : sums.hits;
    out[action::iact_address_read] += iacts.dense ? 0 : row.windows * segments;
    out[action::weight_address_read] += row.weights_raw ? 0 : 2 * sums.hits;
    out[action::weight_data_read] += sums.weights.words;
    out[action::psum_spad_read] += macs + psums;
    out[action::psum_spad_write] += macs + psums;
    out[action::iact_data_write] += iacts.all_pairs;
    out[action::iact_address_write] += iacts.dense ? 0 : iacts.segments;
}

void count_weight_fill(const pe::weight_operands& weights, bool raw, action_counts& out) {
    out[action::weight_data_write] += weights.once.words;
    if (!raw) out[action::weight_address_write] += weights.column_words.size();
}

}  // namespace eyeriss::energy
