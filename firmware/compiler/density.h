#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/arch/layer.h"

/// How full a layer's operands are. Weights are known and counted exactly; iacts are a hint, since their
/// values come at run time.
namespace eyeriss::compiler {

/// What the mapping search assumes of values that it cannot know. It moves the choice, never correctness:
/// buffers are planned for the worst case.
struct density_hint {
    double iacts = 0.6;  ///< share of non-zero input values, 0..1
};

/// Sizes of a layer's weight tiles in the weight SPad, in 24-bit data words.
struct tile_statistics {
    unsigned largest = 0;
    double mean = 0.0;
    double deviation = 0.0;  ///< standard deviation over tiles
    std::uint64_t tiles = 0;
};

/// Non-zero patterns of a layer's weights, arranged so that the compressed sizes of all tiles of a tile shape
/// are counted in a pass over words and not over weights.
class weight_profile {
public:
    /// `weights` lie as [groups*m][c][r][s].
    weight_profile(const arch::layer_shape& shape, std::span<const std::int8_t> weights);

    /// Data words of each column when M is cut into tiles of m0 (1..64), as [groups][m tiles][c][r][s]. A
    /// column's words are those of csc::column_words.
    [[nodiscard]] std::vector<std::uint8_t> column_words(unsigned m0) const;
    /// Sizes of all tiles of m0 x (c0*s0), from the words that column_words(m0) returned.
    [[nodiscard]] tile_statistics tiles(std::span<const std::uint8_t> words, unsigned m0, unsigned c0,
                                        unsigned s0) const;
    /// Share of non-zero weights.
    [[nodiscard]] double density() const { return density_; }

private:
    arch::layer_shape shape_;
    std::size_t columns_ = 0;           ///< c*r*s of one group
    unsigned blocks_ = 0;               ///< 64-channel blocks of M
    std::vector<std::uint64_t> masks_;  ///< [groups][blocks][columns], bit i: channel 64*block+i is not 0
    double density_ = 0.0;
};

}  // namespace eyeriss::compiler
