#pragma once

#include <cstdint>
#include <memory>

#include "models/pe/contents.h"

/// What a flipped bit of a stored operand makes of it. The operands are decoded where they enter the array;
/// here they are encoded again, changed as the memory's words would be, and decoded.
namespace eyeriss::pe {

/// Widths that a row's coded form depends on.
struct row_widths {
    unsigned port_bits = 24;
    unsigned operand_bits = 8;
};

/// Bits that a row takes in words of the iact port, without the rest of the last word.
[[nodiscard]] std::uint64_t stored_bits(const iact_row& row, const row_widths& widths);

/// A row as a GLB bank keeps it: by segments, a 4-bit count of pairs and then the pairs of 12 bits, count of
/// zeros in the low bits; raw values when dense. `bit` counts from the row's first. What passes the end of
/// its segment is dropped; a changed count of pairs takes its segment alone along (A-UPSET). A bit behind the
/// row's last changes nothing.
[[nodiscard]] std::shared_ptr<iact_row> with_stored_bit_flipped(const iact_row& row, std::uint64_t bit,
                                                                const row_widths& widths);
/// A row in an iact SPad: `entry` counts pairs, or raw values when dense, from the row's first.
[[nodiscard]] std::shared_ptr<iact_row> with_entry_bit_flipped(const iact_row& row, unsigned entry,
                                                               unsigned bit, const row_widths& widths);
/// A weight tile in the weight SPads: `word` counts its 24-bit words, address words first. Null when what is
/// stored then is no tile.
[[nodiscard]] std::shared_ptr<weight_load> with_word_bit_flipped(const weight_load& load, unsigned word,
                                                                 unsigned bit, unsigned macs);
/// A psum of so many bits.
[[nodiscard]] std::int32_t with_psum_bit_flipped(std::int32_t psum, unsigned bit, unsigned psum_bits);

}  // namespace eyeriss::pe
