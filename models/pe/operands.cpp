#include "models/pe/operands.h"

#include <algorithm>

namespace eyeriss::pe {

namespace {

constexpr unsigned pair_bits = 12;
constexpr unsigned address_bits = 4;
constexpr unsigned max_run = 15;

}  // namespace

void iact_operands::index(std::span<const std::int16_t> values, unsigned port_bits, unsigned raw_bits) {
    const std::size_t total = std::size_t{segments} * segment_values;
    nonzero.assign(total / 64 + 2, 0);
    pairs.resize(segments);
    words_to.resize(segments);
    std::uint64_t bits = 0;
    std::size_t i = 0;
    for (unsigned j = 0; j < segments; ++j) {
        unsigned count = 0;
        unsigned run = 0;
        unsigned broken = 0;
        for (unsigned k = 0; k < segment_values; ++k, ++i) {
            if (values[i] != 0) {
                nonzero[i / 64] |= std::uint64_t{1} << (i % 64);
                count += broken + 1;
                run = broken = 0;
            } else if (run++ == max_run) {
                ++broken;
                run = 0;
            }
        }
        pairs[j] = static_cast<std::uint16_t>(dense ? segment_values : count);
        bits += dense ? std::uint64_t{segment_values} * raw_bits
                      : std::uint64_t{count} * pair_bits + address_bits;
        words_to[j] = static_cast<std::uint32_t>((bits + port_bits - 1) / port_bits);
    }
}

void iact_operands::count_hits(unsigned windows, unsigned columns) {
    const auto bit = [this](std::size_t i) {
        return static_cast<unsigned>(nonzero[i / 64] >> (i % 64) & 1U);
    };
    const auto inside_bit = [&](std::size_t i) { return i >= inside_begin && i < inside_end ? bit(i) : 0U; };
    hits.assign(columns, {});
    const unsigned walked = std::min(segment_values, columns);
    for (unsigned f = 0; f < windows; ++f) {
        for (unsigned k = 0; k < walked; ++k) {
            const std::size_t i = std::size_t{f} * segment_values + k;
            hits[k].nonzero += bit(i);
            hits[k].inside += inside_bit(i);
        }
    }
    // A column a segment further sees the same iacts a window earlier.
    for (unsigned k = walked; k < columns; ++k) {
        const std::size_t leaves = k - segment_values;
        const std::size_t enters = std::size_t{windows} * segment_values + leaves;
        hits[k].nonzero = hits[leaves].nonzero - bit(leaves) + bit(enters);
        hits[k].inside = hits[leaves].inside - inside_bit(leaves) + inside_bit(enters);
    }
    for (column_hits& h : hits) h.read = dense ? windows : h.nonzero;
}

void weight_operands::index(std::span<const csc::weight_tile::column> columns, unsigned macs) {
    empty_columns = false;
    column_words.resize(columns.size());
    lanes.resize(columns.size());
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const auto& c = columns[k];
        lanes[k] = macs == 1 ? column_lanes{0, c.nonzero, static_cast<std::uint16_t>(c.stored - c.nonzero),
                                            c.nonzero}
                             : column_lanes{c.both, c.single, c.stored_zero, c.nonzero};
        column_words[k] = static_cast<std::uint16_t>(macs == 1 ? c.stored : c.words());
        empty_columns = empty_columns || c.words() == 0;
    }
}

}  // namespace eyeriss::pe
