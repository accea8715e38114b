#include "models/csc/weight_tile.h"

#include <algorithm>

#include "models/csc/csc.h"

namespace eyeriss::csc {

namespace {

constexpr unsigned ends_per_word = 3;
constexpr unsigned end_bits = 7;

/// A byte's value as int8.
std::int16_t sign_extended(std::uint32_t byte) {
    return static_cast<std::int16_t>(static_cast<int>((byte & 0xffU) ^ 0x80U) - 0x80);
}

unsigned address_words(unsigned columns) {
    return (columns + ends_per_word - 1) / ends_per_word;
}
unsigned dense_column_bytes(unsigned rows) {
    return (rows + 1) / 2 * 2;
}

void put_word(std::uint32_t word, std::vector<std::uint8_t>& out) {
    out.push_back(static_cast<std::uint8_t>(word));
    out.push_back(static_cast<std::uint8_t>(word >> 8));
    out.push_back(static_cast<std::uint8_t>(word >> 16));
}

std::uint32_t get_word(std::span<const std::uint8_t> bytes, std::size_t word) {
    return bytes[3 * word] | std::uint32_t{bytes[3 * word + 1]} << 8 |
           std::uint32_t{bytes[3 * word + 2]} << 16;
}

std::uint32_t code(const pair& p) {
    return p.zeros | std::uint32_t{p.value} << 4;
}

weight_tile_size encode_csc(std::span<const std::int8_t> column_major, unsigned rows, unsigned columns,
                            std::vector<std::uint8_t>& out) {
    std::vector<std::uint32_t> data;
    std::vector<std::uint32_t> ends;
    std::vector<pair> pairs;
    std::vector<std::uint8_t> column(rows);
    for (unsigned k = 0; k < columns; ++k) {
        const auto values = column_major.subspan(std::size_t{k} * rows, rows);
        std::transform(values.begin(), values.end(), column.begin(),
                       [](std::int8_t v) { return static_cast<std::uint8_t>(v); });
        pairs.clear();
        encode_segment(column, pairs);
        if (pairs.size() % 2 != 0) pairs.push_back({});
        for (std::size_t i = 0; i < pairs.size(); i += 2) {
            data.push_back(code(pairs[i]) | code(pairs[i + 1]) << pair_bits);
        }
        ends.push_back(static_cast<std::uint32_t>(data.size()));
    }
    const weight_tile_size size{address_words(columns), static_cast<unsigned>(data.size())};
    out.push_back(static_cast<std::uint8_t>(size.words()));
    out.push_back(static_cast<std::uint8_t>(size.words() >> 8));
    for (unsigned w = 0; w < size.address_words; ++w) {
        std::uint32_t word = 0;
        for (unsigned i = 0; i < ends_per_word && w * ends_per_word + i < columns; ++i) {
            word |= (ends[w * ends_per_word + i] & 0x7fU) << (i * end_bits);
        }
        put_word(word, out);
    }
    for (const std::uint32_t word : data) put_word(word, out);
    return size;
}

weight_tile_size encode_dense(std::span<const std::int8_t> column_major, unsigned rows, unsigned columns,
                              std::vector<std::uint8_t>& out) {
    std::vector<std::uint8_t> bytes;
    for (unsigned k = 0; k < columns; ++k) {
        for (unsigned i = 0; i < rows; ++i) {
            bytes.push_back(static_cast<std::uint8_t>(column_major[std::size_t{k} * rows + i]));
        }
        bytes.resize(std::size_t{k + 1} * dense_column_bytes(rows));
    }
    bytes.resize((bytes.size() + 2) / 3 * 3);
    const weight_tile_size size{0, static_cast<unsigned>(bytes.size() / 3)};
    out.push_back(static_cast<std::uint8_t>(size.words()));
    out.push_back(static_cast<std::uint8_t>(size.words() >> 8));
    out.insert(out.end(), bytes.begin(), bytes.end());
    return size;
}

void prepare(weight_tile& tile, unsigned rows, unsigned columns) {
    tile.rows = rows;
    tile.columns = columns;
    tile.padded_rows = (rows + 7) / 8 * 8;
    tile.values.assign(std::size_t{tile.padded_rows} * columns, 0);
    tile.column_counts.assign(columns, {});
}

/// Expands one column's data words; false when a pair passes the last row.
bool decode_column(std::span<const std::uint8_t> words, unsigned count, unsigned rows, std::int16_t* values,
                   weight_tile::column& counts) {
    unsigned at = 0;
    const auto put = [&](std::uint32_t bits) {
        at += bits & 0xfU;
        if (at >= rows) return false;
        values[at++] = sign_extended(bits >> 4);
        return true;
    };
    unsigned nonzero = 0, both = 0, single = 0, pads = 0;
    for (unsigned w = 0; w < count; ++w) {
        const std::uint32_t word = get_word(words, w);
        const std::uint32_t first = word & 0xfffU;
        const std::uint32_t second = word >> pair_bits;
        const bool pad = second == 0 && w + 1 == count;
        if (!put(first) || (!pad && !put(second))) return false;
        const unsigned values_here = (first > 0xfU ? 1U : 0U) + (second > 0xfU ? 1U : 0U);
        nonzero += values_here;
        both += values_here / 2;
        single += pad ? values_here : 0;
        pads += pad ? 1 : 0;
    }
    counts.stored = static_cast<std::uint16_t>(2 * count - pads);
    counts.nonzero = static_cast<std::uint16_t>(nonzero);
    counts.both = static_cast<std::uint16_t>(both);
    counts.single = static_cast<std::uint16_t>(single);
    counts.stored_zero = static_cast<std::uint16_t>(count - both - single);
    return true;
}

bool decode_csc(std::span<const std::uint8_t> words, unsigned total, weight_tile& tile) {
    tile.size = {address_words(tile.columns), 0};
    if (total < tile.size.address_words) return false;
    tile.size.data_words = total - tile.size.address_words;
    const auto data = words.subspan(std::size_t{3} * tile.size.address_words);
    unsigned begin = 0;
    for (unsigned k = 0; k < tile.columns; ++k) {
        const unsigned end = (get_word(words, k / ends_per_word) >> (k % ends_per_word * end_bits)) & 0x7fU;
        if (end < begin || end > tile.size.data_words) return false;
        if (!decode_column(data.subspan(std::size_t{3} * begin), end - begin, tile.rows,
                           tile.values.data() + std::size_t{k} * tile.padded_rows, tile.column_counts[k])) {
            return false;
        }
        begin = end;
    }
    return begin == tile.size.data_words;
}

bool decode_dense(std::span<const std::uint8_t> bytes, unsigned total, weight_tile& tile) {
    const unsigned stride = dense_column_bytes(tile.rows);
    tile.size = {0, total};
    if (total != (std::size_t{stride} * tile.columns + 2) / 3) return false;
    for (unsigned k = 0; k < tile.columns; ++k) {
        const auto column = bytes.subspan(std::size_t{k} * stride, stride);
        auto& counts = tile.column_counts[k];
        counts.stored = static_cast<std::uint16_t>(tile.rows);
        for (unsigned i = 0; i < stride; i += 2) {
            const unsigned nonzero = (column[i] != 0 ? 1U : 0U) + (column[i + 1] != 0 ? 1U : 0U);
            const bool pad = i + 1 == tile.rows;
            counts.nonzero = static_cast<std::uint16_t>(counts.nonzero + nonzero);
            ++(nonzero == 2 ? counts.both : pad && nonzero == 1 ? counts.single : counts.stored_zero);
        }
        for (unsigned i = 0; i < tile.rows; ++i) {
            tile.values[std::size_t{k} * tile.padded_rows + i] = sign_extended(column[i]);
        }
    }
    return true;
}

}  // namespace

unsigned column_words(std::span<const std::int8_t> column) {
    unsigned pairs = 0;
    unsigned run = 0;
    unsigned broken = 0;
    for (const std::int8_t value : column) {
        if (value != 0) {
            pairs += broken + 1;
            run = 0;
            broken = 0;
        } else if (++run > max_run) {
            ++broken;
            run = 0;
        }
    }
    return (pairs + 1) / 2;
}

weight_tile::column count_column(std::span<const std::int8_t> column, bool dense) {
    weight_tile::column counts;
    unsigned stored = 0;   // places taken so far: pairs, or raw values
    unsigned in_word = 0;  // non-zero ones among those of the open word
    const auto store = [&](bool nonzero) {
        ++counts.stored;
        in_word += nonzero ? 1U : 0U;
        if (++stored % 2 == 0) {
            ++(in_word == 2 ? counts.both : counts.stored_zero);
            in_word = 0;
        }
    };
    unsigned run = 0;
    unsigned broken = 0;
    for (const std::int8_t value : column) {
        if (value != 0) ++counts.nonzero;
        if (dense) {
            store(value != 0);
        } else if (value != 0) {
            for (; broken > 0; --broken) store(false);
            store(true);
            run = 0;
        } else if (run++ == 15) {
            ++broken;
            run = 0;
        }
    }
    if (stored % 2 != 0) ++(in_word == 1 ? counts.single : counts.stored_zero);
    return counts;
}

weight_tile_size encode_weight_tile(std::span<const std::int8_t> column_major, unsigned rows,
                                    unsigned columns, bool dense, std::vector<std::uint8_t>& out) {
    return dense ? encode_dense(column_major, rows, columns, out)
                 : encode_csc(column_major, rows, columns, out);
}

std::size_t decode_weight_tile(std::span<const std::uint8_t> bytes, unsigned rows, unsigned columns,
                               bool dense, weight_tile& out) {
    if (bytes.size() < 2) return 0;
    const unsigned total = bytes[0] | unsigned{bytes[1]} << 8;
    const std::size_t used = 2 + std::size_t{3} * total;
    if (bytes.size() < used) return 0;
    prepare(out, rows, columns);
    if (total == 0) {
        out.size = {};
        return used;
    }
    const auto words = bytes.subspan(2, used - 2);
    return (dense ? decode_dense(words, total, out) : decode_csc(words, total, out)) ? used : 0;
}

}  // namespace eyeriss::csc
