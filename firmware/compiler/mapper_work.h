#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "firmware/compiler/pass_plan.h"
#include "models/arch/layer.h"

/// What a layer's input forces on every mapping, whatever its tiles: counted once a layer.
namespace eyeriss::compiler {

/// Where the zeros of a layer's input meet its filters.
class iact_profile {
public:
    /// `data` holds the input; raw iacts take a turn each, zeros included.
    iact_profile(const arch::layer_shape& shape, const calibration& data, bool raw);

    /// Output positions (n, e, f) at which the weight column (g, c, r, s) meets an iact that takes a turn, as
    /// [g][c][r][s]. Padding of a raw row is not counted.
    [[nodiscard]] std::span<const std::uint32_t> turns() const { return turns_; }

    /// Bits that the iact ports carry if each row of iacts is sent once for each output row (n, e), filter
    /// row and tile of C0 channels and S0 filter columns that needs it: pairs of 12 bits and segment ends of
    /// 4, or raw values of `operand_bits`.
    [[nodiscard]] std::uint64_t demanded_bits(unsigned c0, unsigned s0, unsigned operand_bits) const;

    /// The pairs among them: values that take a turn, counted for each use of their row.
    [[nodiscard]] std::uint64_t pairs(unsigned s0) const { return pairs_.at(s0 - 1); }

private:
    [[nodiscard]] std::uint64_t count_pairs(unsigned s0) const;
    /// Segments of a row for so many filter columns.
    [[nodiscard]] unsigned segments(unsigned s_count) const;

    arch::layer_shape shape_;
    bool raw_;
    unsigned width_;                     ///< of a row with its padding
    std::vector<std::uint32_t> turns_;   ///< [g][c][r][s]
    std::vector<std::uint32_t> before_;  ///< [n][g*c][padded h]: values that take a turn left of x, 0..width_
    unsigned padded_rows_;
    std::vector<std::uint64_t> pairs_;  ///< by S0 - 1
};

}  // namespace eyeriss::compiler
