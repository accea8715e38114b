#include "models/pe/operands.h"

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

void weight_operands::index(std::span<const csc::weight_tile::column> columns, unsigned macs) {
    const auto pack = [](unsigned both, unsigned single, unsigned stored_zero, unsigned nonzero) {
        return both | std::uint64_t{single} << 16 | std::uint64_t{stored_zero} << 32 |
               std::uint64_t{nonzero} << 48;
    };
    empty_columns = false;
    column_sums.resize(columns.size());
    column_words.resize(columns.size());
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const auto& c = columns[k];
        column_sums[k] = macs == 1 ? pack(0, c.nonzero, unsigned{c.stored} - c.nonzero, c.nonzero)
                                   : pack(c.both, c.single, c.stored_zero, c.nonzero);
        column_words[k] = static_cast<std::uint16_t>(macs == 1 ? c.stored : c.words());
        empty_columns = empty_columns || c.words() == 0;
    }
}

}  // namespace eyeriss::pe
