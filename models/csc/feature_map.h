#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Feature maps in DRAM; doc/tensor_format.md defines them to the byte.
///
/// A map of batch x channels x height x width values is cut into units: one row of `block_channels`
/// neighbouring channels (the last block may have fewer). Unit (n, block, y) has index (n*blocks +
/// block)*height + y. A unit's values run along x, and at each x through the block's channels. Units lie in
/// slots of unit_stride_bytes, so that every row and halo can be reached and written without knowing the
/// others.
///   csc    the unit is one segment of 12-bit pairs (csc.h), packed; a table holds the 16-bit pair count of
///   each unit raw8   one byte a value, no table raw32  one little-endian int32 a value, no table
namespace eyeriss::csc {

/// Values match eyeriss_format in models/abi/image.h.
enum class map_format : std::uint8_t { csc = 0, raw8 = 1, raw32 = 2 };

struct map_layout {
    unsigned batch = 1, channels = 1, height = 1, width = 1;
    unsigned block_channels = 16;
    map_format format = map_format::csc;

    [[nodiscard]] unsigned blocks() const { return (channels + block_channels - 1) / block_channels; }
    [[nodiscard]] std::size_t units() const { return std::size_t{batch} * blocks() * height; }
    [[nodiscard]] std::size_t unit_index(unsigned n, unsigned block, unsigned y) const {
        return (std::size_t{n} * blocks() + block) * height + y;
    }
    /// Channels of a block; fewer in the last.
    [[nodiscard]] unsigned channels_in(unsigned block) const;
    /// Values of a unit of this block.
    [[nodiscard]] std::size_t unit_values(unsigned block) const {
        return std::size_t{channels_in(block)} * width;
    }
    /// Slot size: the worst case of a unit, rounded up to 4 bytes.
    [[nodiscard]] std::size_t unit_stride_bytes() const;
    [[nodiscard]] std::size_t data_bytes() const { return units() * unit_stride_bytes(); }
    /// Bytes of the length table, rounded up to 4; 0 when raw.
    [[nodiscard]] std::size_t table_bytes() const;
};

/// Encodes one unit of 8-bit values into its slot; returns the pair count (csc) or the value count (raw8).
std::uint16_t encode_unit(std::span<const std::uint8_t> values, map_format, std::vector<std::uint8_t>& slot);
/// Decodes a unit; false when the pairs pass the end of `values`.
[[nodiscard]] bool decode_unit(std::span<const std::uint8_t> slot, unsigned pairs, map_format,
                               std::span<std::uint8_t> values);

/// Whole maps: NCHW bytes to data and table, and back. decode_map returns an empty string or names the bad
/// unit.
struct encoded_map {
    std::vector<std::uint8_t> data;   ///< layout.data_bytes()
    std::vector<std::uint8_t> table;  ///< layout.table_bytes()
};
[[nodiscard]] encoded_map encode_map(const map_layout&, std::span<const std::uint8_t> nchw);
[[nodiscard]] std::string decode_map(const map_layout&, std::span<const std::uint8_t> data,
                                     std::span<const std::uint8_t> table, std::span<std::uint8_t> nchw);

}  // namespace eyeriss::csc
