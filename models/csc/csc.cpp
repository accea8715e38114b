#include "models/csc/csc.h"

#include <algorithm>

namespace eyeriss::csc {

void encode_segment(std::span<const std::uint8_t> values, std::vector<pair>& out) {
    unsigned run = 0;
    std::size_t broken = 0;  // explicit zeros written since the last non-zero value
    for (const std::uint8_t value : values) {
        if (value != 0) {
            out.push_back({static_cast<std::uint8_t>(run), value});
            run = 0;
            broken = 0;
        } else if (run == max_run) {
            out.push_back({max_run, 0});
            run = 0;
            ++broken;
        } else {
            ++run;
        }
    }
    out.resize(out.size() - broken);
}

bool decode_segment(std::span<const pair> pairs, std::span<std::uint8_t> out) {
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    std::size_t at = 0;
    for (const pair& p : pairs) {
        at += p.zeros;
        if (at >= out.size()) return false;
        out[at++] = p.value;
    }
    return true;
}

void pack(std::span<const pair> pairs, std::vector<std::uint8_t>& out) {
    out.reserve(out.size() + packed_bytes(pairs.size()));
    std::size_t i = 0;
    for (; i + 1 < pairs.size(); i += 2) {
        const unsigned low = pairs[i].zeros | unsigned{pairs[i].value} << 4;
        const unsigned word = low | (pairs[i + 1].zeros | unsigned{pairs[i + 1].value} << 4) << pair_bits;
        out.push_back(static_cast<std::uint8_t>(word));
        out.push_back(static_cast<std::uint8_t>(word >> 8));
        out.push_back(static_cast<std::uint8_t>(word >> 16));
    }
    if (i < pairs.size()) {
        const unsigned word = pairs[i].zeros | unsigned{pairs[i].value} << 4;
        out.push_back(static_cast<std::uint8_t>(word));
        out.push_back(static_cast<std::uint8_t>(word >> 8));
    }
}

std::vector<pair> unpack(std::span<const std::uint8_t> bytes, std::size_t count) {
    std::vector<pair> pairs(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t bit = i * pair_bits;
        const unsigned word = bytes[bit / 8] | unsigned{bytes[bit / 8 + 1]} << 8;
        const unsigned code = (word >> (bit % 8)) & 0xfffU;
        pairs[i] = {static_cast<std::uint8_t>(code & 0xfU), static_cast<std::uint8_t>(code >> 4)};
    }
    return pairs;
}

matrix encode(std::span<const std::uint8_t> column_major, unsigned rows, unsigned columns) {
    matrix result;
    result.rows = rows;
    result.ends.reserve(columns);
    for (unsigned k = 0; k < columns; ++k) {
        encode_segment(column_major.subspan(std::size_t{k} * rows, rows), result.pairs);
        result.ends.push_back(static_cast<std::uint32_t>(result.pairs.size()));
    }
    return result;
}

std::vector<std::uint8_t> decode(const matrix& m) {
    std::vector<std::uint8_t> values(std::size_t{m.rows} * m.columns());
    std::size_t begin = 0;
    for (unsigned k = 0; k < m.columns(); ++k) {
        const auto column = std::span(values).subspan(std::size_t{k} * m.rows, m.rows);
        if (!decode_segment(std::span(m.pairs).subspan(begin, m.ends[k] - begin), column)) return {};
        begin = m.ends[k];
    }
    return values;
}

namespace {

std::string validate_column(std::span<const pair> pairs, unsigned rows, unsigned column) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto where = "column " + std::to_string(column) + ", pair " + std::to_string(i);
        if (pairs[i].zeros > max_run) return where + ": count above 15";
        at += pairs[i].zeros + std::size_t{1};
        if (at > rows) return where + ": lies beyond the column's " + std::to_string(rows) + " rows";
        if (pairs[i].value == 0 && pairs[i].zeros != max_run)
            return where + ": stores a zero after a run below 15";
    }
    if (!pairs.empty() && pairs.back().value == 0) {
        return "column " + std::to_string(column) + ": ends in a stored zero";
    }
    return {};
}

}  // namespace

std::string validate(const matrix& m) {
    std::uint32_t begin = 0;
    for (unsigned k = 0; k < m.columns(); ++k) {
        if (m.ends[k] < begin) return "column " + std::to_string(k) + ": ends before it starts";
        if (m.ends[k] > m.pairs.size())
            return "column " + std::to_string(k) + ": ends beyond the stored pairs";
        auto message = validate_column(std::span(m.pairs).subspan(begin, m.ends[k] - begin), m.rows, k);
        if (!message.empty()) return message;
        begin = m.ends[k];
    }
    if (begin != m.pairs.size()) return "pairs remain after the last column";
    return {};
}

}  // namespace eyeriss::csc
