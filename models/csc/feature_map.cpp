#include "models/csc/feature_map.h"

#include <algorithm>

#include "models/csc/csc.h"

namespace eyeriss::csc {

unsigned map_layout::channels_in(unsigned block) const {
    return std::min(block_channels, channels - block * block_channels);
}

std::size_t map_layout::unit_stride_bytes() const {
    const std::size_t values = std::size_t{std::min(block_channels, channels)} * width;
    const std::size_t bytes = format == map_format::csc     ? packed_bytes(values)
                              : format == map_format::raw32 ? values * 4
                                                            : values;
    return (bytes + 3) / 4 * 4;
}

std::size_t map_layout::table_bytes() const {
    return format == map_format::csc ? (units() * 2 + 3) / 4 * 4 : 0;
}

std::uint16_t encode_unit(std::span<const std::uint8_t> values, map_format format,
                          std::vector<std::uint8_t>& slot) {
    slot.clear();
    if (format != map_format::csc) {
        slot.assign(values.begin(), values.end());
        return static_cast<std::uint16_t>(values.size());
    }
    std::vector<pair> pairs;
    encode_segment(values, pairs);
    pack(pairs, slot);
    return static_cast<std::uint16_t>(pairs.size());
}

namespace {

/// Unpacks and expands in one go: maps are decoded a unit at a time and this is the simulation's inner loop.
bool decode_packed(const std::uint8_t* bytes, unsigned pairs, std::span<std::uint8_t> values) {
    std::fill(values.begin(), values.end(), std::uint8_t{0});
    std::size_t at = 0;
    const std::size_t size = values.size();
    unsigned i = 0;
    for (; i + 1 < pairs; i += 2, bytes += 3) {
        const unsigned word = bytes[0] | unsigned{bytes[1]} << 8 | unsigned{bytes[2]} << 16;
        const std::size_t first = at + (word & 0xfU);
        const std::size_t second = first + 1 + ((word >> 12) & 0xfU);
        if (second >= size) return false;
        values[first] = static_cast<std::uint8_t>(word >> 4);
        values[second] = static_cast<std::uint8_t>(word >> 16);
        at = second + 1;
    }
    if (i < pairs) {
        const unsigned word = bytes[0] | unsigned{bytes[1]} << 8;
        at += word & 0xfU;
        if (at >= size) return false;
        values[at] = static_cast<std::uint8_t>(word >> 4);
    }
    return true;
}

}  // namespace

bool decode_unit(std::span<const std::uint8_t> slot, unsigned pairs, map_format format,
                 std::span<std::uint8_t> values) {
    if (format == map_format::csc) {
        return packed_bytes(pairs) <= slot.size() && decode_packed(slot.data(), pairs, values);
    }
    if (slot.size() < values.size()) return false;
    std::copy_n(slot.begin(), values.size(), values.begin());
    return true;
}

namespace {

/// Calls visit(unit index, block, n, y) for every unit in order.
template <typename Visit>
void for_each_unit(const map_layout& layout, Visit visit) {
    for (unsigned n = 0; n < layout.batch; ++n) {
        for (unsigned block = 0; block < layout.blocks(); ++block) {
            for (unsigned y = 0; y < layout.height; ++y) visit(layout.unit_index(n, block, y), block, n, y);
        }
    }
}

std::size_t nchw_index(const map_layout& layout, unsigned n, unsigned channel, unsigned y, unsigned x) {
    return ((std::size_t{n} * layout.channels + channel) * layout.height + y) * layout.width + x;
}

}  // namespace

encoded_map encode_map(const map_layout& layout, std::span<const std::uint8_t> nchw) {
    encoded_map map;
    map.data.resize(layout.data_bytes());
    map.table.resize(layout.table_bytes());
    std::vector<std::uint8_t> unit;
    std::vector<std::uint8_t> slot;
    for_each_unit(layout, [&](std::size_t index, unsigned block, unsigned n, unsigned y) {
        const unsigned channels = layout.channels_in(block);
        unit.resize(layout.unit_values(block));
        for (unsigned i = 0; i < channels; ++i) {
            const std::size_t row = nchw_index(layout, n, block * layout.block_channels + i, y, 0);
            for (unsigned x = 0; x < layout.width; ++x) unit[std::size_t{x} * channels + i] = nchw[row + x];
        }
        const std::uint16_t length = encode_unit(unit, layout.format, slot);
        std::copy(slot.begin(), slot.end(),
                  map.data.begin() + static_cast<std::ptrdiff_t>(index * layout.unit_stride_bytes()));
        if (layout.format == map_format::csc) {
            map.table[2 * index] = static_cast<std::uint8_t>(length);
            map.table[2 * index + 1] = static_cast<std::uint8_t>(length >> 8);
        }
    });
    return map;
}

std::string decode_map(const map_layout& layout, std::span<const std::uint8_t> data,
                       std::span<const std::uint8_t> table, std::span<std::uint8_t> nchw) {
    std::string error;
    std::vector<std::uint8_t> unit;
    const std::size_t stride = layout.unit_stride_bytes();
    for_each_unit(layout, [&](std::size_t index, unsigned block, unsigned n, unsigned y) {
        const unsigned channels = layout.channels_in(block);
        unit.resize(layout.unit_values(block));
        const unsigned pairs =
            layout.format == map_format::csc ? table[2 * index] | unsigned{table[2 * index + 1]} << 8 : 0;
        if (!decode_unit(data.subspan(index * stride, stride), pairs, layout.format, unit)) {
            if (error.empty()) {
                error = "unit " + std::to_string(index) + " (n " + std::to_string(n) + ", block " +
                        std::to_string(block) + ", row " + std::to_string(y) +
                        ") does not decode: " + std::to_string(pairs) + " pairs pass its " +
                        std::to_string(unit.size()) + " values";
            }
            return;
        }
        for (unsigned i = 0; i < channels; ++i) {
            const std::size_t row = nchw_index(layout, n, block * layout.block_channels + i, y, 0);
            for (unsigned x = 0; x < layout.width; ++x) nchw[row + x] = unit[std::size_t{x} * channels + i];
        }
    });
    return error;
}

}  // namespace eyeriss::csc
