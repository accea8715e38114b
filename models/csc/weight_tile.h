#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// A PE's weight tile as it lies in DRAM, crosses the weight network and fills the weight SPads.
///
/// A tile is an M0 x (C0*S0) matrix by columns, column s*C0 + c. In bytes:
///   2 bytes  number of 24-bit words that follow, little-endian; 0 when the PE has no work
///   words    compressed: ceil(columns/3) address words of three 7-bit column ends each (from bit 0; ends
///   count data
///            words), then the data words: two 12-bit pairs each, the first in the low bits, an odd column
///            padded by an all-zero pair dense: raw bytes, M0 rounded up to even for each column, three bytes
///            a word
/// Words are three bytes, little-endian.
namespace eyeriss::csc {

/// What a weight tile needs, counted without writing it.
struct weight_tile_size {
    unsigned address_words = 0;  ///< 24-bit words on the network
    unsigned data_words = 0;     ///< 24-bit words in the data SPad
    [[nodiscard]] unsigned words() const { return address_words + data_words; }
};

/// Data words of one column of weights when compressed, the padding of an odd column included.
[[nodiscard]] unsigned column_words(std::span<const std::int8_t> column);

/// Appends the tile's bytes. `column_major` holds rows * columns weights.
weight_tile_size encode_weight_tile(std::span<const std::int8_t> column_major, unsigned rows,
                                    unsigned columns, bool dense, std::vector<std::uint8_t>& out);

/// A decoded tile with what the PE's timing needs of each column.
struct weight_tile {
    unsigned rows = 0, columns = 0;
    weight_tile_size size;
    std::vector<std::int16_t> values;  ///< columns x padded_rows, column-major; the padding is 0
    unsigned padded_rows = 0;          ///< rows rounded up to a multiple of 8
    struct column {
        std::uint16_t nonzero = 0;  ///< weights other than 0
        std::uint16_t both = 0;     ///< data words whose two weights are non-zero
        std::uint16_t single = 0;   ///< data words with one non-zero weight and a pad
        std::uint16_t stored_zero =
            0;                     ///< data words with a stored zero (a broken run, or a zero in dense mode)
        std::uint16_t stored = 0;  ///< weights in the words, stored zeros included, pads not
        [[nodiscard]] unsigned words() const { return both + single + stored_zero; }
    };
    std::vector<column> column_counts;
};

/// What decoding a column would count, from its weights alone.
[[nodiscard]] weight_tile::column count_column(std::span<const std::int8_t> column, bool dense);

/// Decodes a tile from the front of `bytes`; one of zero words decodes to zeros and a size of 0. Returns the
/// bytes used, or 0 when they are not a tile of this shape.
[[nodiscard]] std::size_t decode_weight_tile(std::span<const std::uint8_t> bytes, unsigned rows,
                                             unsigned columns, bool dense, weight_tile& out);

}  // namespace eyeriss::csc
