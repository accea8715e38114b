#pragma once

#include <cstdint>
#include <string>

namespace eyeriss::arch {

/// Shape of a CONV, depthwise or FC layer in the journal's letters: I[G][N][C][H][W], W[G][M][C][R][S],
/// O[G][N][M][E][F]; c and m per group. FC is R = S = H = W = 1, or a window as large as the map.
struct layer_shape {
    unsigned groups = 1, batch = 1, m = 1, c = 1, h = 1, w = 1, r = 1, s = 1;
    unsigned stride_h = 1, stride_w = 1;
    unsigned pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;

    /// Output height: floor((h + pads - r) / stride) + 1.
    [[nodiscard]] unsigned e() const { return (h + pad_top + pad_bottom - r) / stride_h + 1; }
    /// Output width.
    [[nodiscard]] unsigned f() const { return (w + pad_left + pad_right - s) / stride_w + 1; }
    [[nodiscard]] unsigned channels_in() const { return groups * c; }
    [[nodiscard]] unsigned channels_out() const { return groups * m; }
    /// Multiplications of the layer, padding taps included, as published counts have it.
    [[nodiscard]] std::uint64_t macs() const {
        return std::uint64_t{groups} * batch * m * c * r * s * e() * f();
    }
    /// "CONV", "DW" or "FC".
    [[nodiscard]] std::string type() const;
    /// Empty, or a sentence that names the dimension that is wrong.
    [[nodiscard]] std::string check() const;
    bool operator==(const layer_shape&) const = default;
};

}  // namespace eyeriss::arch
