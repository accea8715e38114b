#include "models/pe/upset.h"

#include <algorithm>
#include <span>
#include <vector>

#include "models/csc/csc.h"

namespace eyeriss::pe {
namespace {

constexpr unsigned count_bits = 4;

/// A row by segments, as pairs; of a dense one the values stand alone.
struct coded_row {
    std::vector<std::vector<csc::pair>> segments;
};

coded_row encode(const iact_row& row) {
    coded_row coded;
    std::vector<std::uint8_t> bytes(row.segment_values);
    for (unsigned j = 0; j < row.segments; ++j) {
        const auto first = row.values.begin() + static_cast<std::ptrdiff_t>(j) * row.segment_values;
        std::transform(first, first + row.segment_values, bytes.begin(),
                       [](std::int16_t v) { return static_cast<std::uint8_t>(v); });
        auto& pairs = coded.segments.emplace_back();
        if (row.dense) {
            for (const auto b : bytes) pairs.push_back({0, b});
        } else {
            csc::encode_segment(bytes, pairs);
        }
    }
    return coded;
}

void flip(csc::pair& p, unsigned bit) {
    if (bit < count_bits) {
        p.zeros = static_cast<std::uint8_t>(p.zeros ^ 1U << bit);
    } else {
        p.value = static_cast<std::uint8_t>(p.value ^ 1U << (bit - count_bits));
    }
}

/// Values of a segment; pairs that pass its end are dropped.
void decode(std::span<const csc::pair> pairs, bool dense, std::span<std::uint8_t> out) {
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    std::size_t at = 0;
    for (const auto& p : pairs) {
        at += dense ? 0 : p.zeros;
        if (at >= out.size()) return;
        out[at++] = p.value;
    }
}

std::shared_ptr<iact_row> decoded(const iact_row& before, const coded_row& coded, const row_widths& widths) {
    auto row = std::make_shared<iact_row>(before);
    std::vector<std::uint8_t> bytes(row->segment_values);
    const bool is_signed = std::ranges::any_of(before.values, [](std::int16_t v) { return v < 0; });
    for (unsigned j = 0; j < row->segments; ++j) {
        decode(coded.segments[j], row->dense, bytes);
        for (unsigned i = 0; i < row->segment_values; ++i) {
            auto& value = row->values[std::size_t{j} * row->segment_values + i];
            if (static_cast<std::uint8_t>(value) == bytes[i]) continue;
            value = static_cast<std::int16_t>(is_signed ? static_cast<std::int8_t>(bytes[i]) : bytes[i]);
        }
    }
    row->index(row->values, widths.port_bits, widths.operand_bits);
    row->count_hits(before.windows, before.columns);
    return row;
}

}  // namespace

std::uint64_t stored_bits(const iact_row& row, const row_widths& widths) {
    std::uint64_t bits = 0;
    for (const auto pairs : row.pairs) {
        bits += row.dense ? std::uint64_t{pairs} * widths.operand_bits
                          : std::uint64_t{pairs} * csc::pair_bits + count_bits;
    }
    return bits;
}

std::shared_ptr<iact_row> with_stored_bit_flipped(const iact_row& row, std::uint64_t bit,
                                                  const row_widths& widths) {
    auto coded = encode(row);
    for (std::size_t j = 0; j < coded.segments.size(); ++j) {
        auto& pairs = coded.segments[j];
        if (row.dense) {
            const std::uint64_t bits = pairs.size() * widths.operand_bits;
            if (bit < bits) {
                // A wider operand's upper bits carry the sign alone, and take no part in a product.
                const auto in_value = static_cast<unsigned>(bit % widths.operand_bits);
                if (in_value < 8) flip(pairs[bit / widths.operand_bits], count_bits + in_value);
                break;
            }
            bit -= bits;
            continue;
        }
        if (bit < count_bits) {
            const auto wanted = static_cast<std::size_t>(pairs.size() ^ std::size_t{1} << bit);
            for (std::size_t next = j + 1; pairs.size() < wanted && next < coded.segments.size(); ++next) {
                const auto& more = coded.segments[next];
                pairs.insert(pairs.end(), more.begin(), more.end());
            }
            if (pairs.size() > wanted) pairs.resize(wanted);
            break;
        }
        bit -= count_bits;
        if (bit < pairs.size() * csc::pair_bits) {
            flip(pairs[bit / csc::pair_bits], static_cast<unsigned>(bit % csc::pair_bits));
            break;
        }
        bit -= pairs.size() * csc::pair_bits;
    }
    return decoded(row, coded, widths);
}

std::shared_ptr<iact_row> with_entry_bit_flipped(const iact_row& row, unsigned entry, unsigned bit,
                                                 const row_widths& widths) {
    auto coded = encode(row);
    for (auto& pairs : coded.segments) {
        if (entry < pairs.size()) {
            if (!row.dense || bit >= count_bits) flip(pairs[entry], bit);
            break;
        }
        entry -= static_cast<unsigned>(pairs.size());
    }
    return decoded(row, coded, widths);
}

std::shared_ptr<weight_load> with_word_bit_flipped(const weight_load& load, unsigned word, unsigned bit,
                                                   unsigned macs) {
    const auto& tile = load.tile;
    const bool dense = tile.size.address_words == 0;
    std::vector<std::int8_t> weights;
    for (unsigned k = 0; k < tile.columns; ++k) {
        for (unsigned m = 0; m < tile.rows; ++m) {
            weights.push_back(static_cast<std::int8_t>(tile.values[std::size_t{k} * tile.padded_rows + m]));
        }
    }
    constexpr std::size_t header_bytes = 2;
    constexpr std::size_t word_bytes = 3;
    std::vector<std::uint8_t> bytes;
    csc::encode_weight_tile(weights, tile.rows, tile.columns, dense, bytes);
    const std::size_t at = header_bytes + word * word_bytes + bit / 8;
    auto changed = std::make_shared<weight_load>();
    if (at < bytes.size()) bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 1U << bit % 8);
    if (csc::decode_weight_tile(bytes, tile.rows, tile.columns, dense, changed->tile) == 0) return nullptr;
    changed->prepare(macs);
    return changed;
}

std::int32_t with_psum_bit_flipped(std::int32_t psum, unsigned bit, unsigned psum_bits) {
    const unsigned unused = 32 - psum_bits;
    const auto raw = static_cast<std::uint32_t>(psum) ^ 1U << bit;
    return static_cast<std::int32_t>(raw << unused) >> unused;
}

}  // namespace eyeriss::pe
