#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Compressed sparse columns as in the Eyeriss v2 paper (JETCAS 9(2), 2019, section IV-A): a stored value is
/// a 12-bit pair of a 4-bit count of the zeros before it in its segment and an 8-bit value. A run of more
/// than 15 zeros, which the paper does not treat, is broken by an explicitly stored zero (assumption
/// A-CSC-RUN).
namespace eyeriss::csc {

/// A stored element.
struct pair {
    std::uint8_t zeros = 0;  ///< zeros before it in its segment, 0..15
    std::uint8_t value = 0;  ///< raw byte; 0 only where a run of zeros was broken
    bool operator==(const pair&) const = default;
};

inline constexpr unsigned max_run = 15;
inline constexpr unsigned pair_bits = 12;

/// Bytes that n packed pairs take: 12 bits each, little-endian, the count in the low bits, padded to a byte.
[[nodiscard]] constexpr std::size_t packed_bytes(std::size_t pairs) {
    return (pairs * pair_bits + 7) / 8;
}

/// Appends the pairs of one segment. Zeros after the last non-zero value are not stored.
void encode_segment(std::span<const std::uint8_t> values, std::vector<pair>& out);

/// Writes a segment's values; the rest of `out` becomes zero. False when the pairs pass the end of `out`.
[[nodiscard]] bool decode_segment(std::span<const pair> pairs, std::span<std::uint8_t> out);

/// Packs pairs into bytes (see packed_bytes) and back; unpack needs packed_bytes(count) bytes.
void pack(std::span<const pair> pairs, std::vector<std::uint8_t>& out);
[[nodiscard]] std::vector<pair> unpack(std::span<const std::uint8_t> bytes, std::size_t count);

/// A matrix by columns: `ends[k]` is the number of pairs stored up to the end of column k; an empty column
/// repeats the end before it. (The paper keeps starts; ends with an implied first start need no 17th entry:
/// A-CSC-END.)
struct matrix {
    unsigned rows = 0;
    std::vector<std::uint32_t> ends;
    std::vector<pair> pairs;
    [[nodiscard]] unsigned columns() const { return static_cast<unsigned>(ends.size()); }
};

/// Encodes column-major values, rows * columns of them.
[[nodiscard]] matrix encode(std::span<const std::uint8_t> column_major, unsigned rows, unsigned columns);
/// Column-major values again.
[[nodiscard]] std::vector<std::uint8_t> decode(const matrix&);
/// Empty, or what is wrong: ends that fall, a pair beyond its column, a stored zero after a run below 15.
[[nodiscard]] std::string validate(const matrix&);

}  // namespace eyeriss::csc
