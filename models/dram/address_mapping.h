#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/dram/part.h"

namespace eyeriss::dram {

/// Where a burst lies.
struct location {
    unsigned channel = 0, rank = 0, group = 0, bank = 0;
    std::uint32_t row = 0, column = 0;  ///< column: in bursts
    bool operator==(const location&) const = default;
};

/// Which address bits choose channel, rank, bank group, bank, row and column.
///
/// A mapping is a list from the highest address bit to the lowest, separated by commas; the bits within a
/// burst are implied below. An item is a field (channel, rank, group, bank, row, column: all of its bits), a
/// range of its bits (`column[6:2]`), one bit (`bank[0]`), or one bit XORed with bits of other fields
/// (`bank[0]^row[0]^row[3]`). Columns count bursts. Each bit of each field appears exactly once before a `^`.
/// `roba` = row, rank, bank, group, column; `roco` = row, column, rank, bank, group; both keep 64 bytes
/// together in a row and change the channel every 256 bytes.
class address_mapping {
public:
    /// \throws std::invalid_argument with one line for an item that cannot be read, a bit that is missing,
    /// repeated or beyond its field, and an XOR with a bit that is XORed itself.
    address_mapping(std::string_view text, const part& p, unsigned channels, unsigned ranks);

    [[nodiscard]] location decode(std::uint64_t address) const;
    /// First byte address of a burst.
    [[nodiscard]] std::uint64_t encode(const location& place) const;
    [[nodiscard]] std::uint64_t capacity_bytes() const { return capacity_bytes_; }
    /// The list in force, presets spelt out.
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    static constexpr std::size_t field_count = 6;
    /// Bits that move together from address to field.
    struct run {
        unsigned from, to;
        std::uint64_t mask;
    };
    struct flip {
        std::size_t field;
        unsigned bit;
        std::uint64_t address_bits;  ///< whose parity is XORed in
    };
    struct item;

    void parse(std::string_view text);
    item parse_item(std::string_view text) const;
    void place(const std::vector<item>& items);
    void add_flips(const std::vector<item>& items);
    std::string preset(std::string_view name, unsigned burst_bytes) const;

    std::array<unsigned, field_count> bits_{};
    std::array<std::vector<run>, field_count> runs_;
    std::array<std::vector<unsigned>, field_count> position_;  ///< address bit of each field bit
    std::vector<flip> flips_;
    unsigned burst_bits_ = 0;
    std::uint64_t capacity_bytes_ = 0;
    std::string text_;
};

}  // namespace eyeriss::dram
