#pragma once

#include <cstdint>
#include <vector>

/// The deciding oracle: the arithmetic of layers in plain loops on plain integers. It shares no code with the
/// models or the compiler, so that a mistake there cannot hide here.
namespace eyeriss::oracle {

/// A convolution; channels per group; every value widened to int. FC is a window as large as the map.
struct conv_problem {
    int groups = 1, batch = 1, m = 1, c = 1, h = 1, w = 1, r = 1, s = 1;
    int stride_h = 1, stride_w = 1;
    int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
    int pad_value = 0;         ///< what a padding tap holds: the input's zero point
    std::vector<int> x;        ///< [batch][groups*c][h][w]
    std::vector<int> weights;  ///< [groups*m][c][r][s]
    [[nodiscard]] int e() const { return (h + pad_top + pad_bottom - r) / stride_h + 1; }
    [[nodiscard]] int f() const { return (w + pad_left + pad_right - s) / stride_w + 1; }
};

/// Sums [batch][groups*m][e][f].
std::vector<std::int64_t> conv(const conv_problem&);

/// Products of two non-zero operands inside the image.
std::int64_t effectual_products(const conv_problem&);

/// clip(rint(float32(sum + bias) * scale) + zero_point).
int requantise(std::int64_t sum, std::int64_t bias, float scale, int zero_point, int low, int high);

/// The low bits of a sum as a two's complement number.
std::int64_t wrap(std::int64_t sum, int bits);

struct pool_problem {
    int planes = 1, h = 1, w = 1, kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1;
    int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
    bool count_padding = false;
    std::vector<int> x;  ///< [planes][h][w]
};

/// Largest value of each window; padding is left out.
std::vector<int> max_pool(const pool_problem&);
/// Exact rational means of (x - zero_point): sums and counts of each window.
struct window_sum {
    std::int64_t sum = 0;
    std::int64_t count = 0;
};
std::vector<window_sum> window_sums(const pool_problem&, int zero_point);

/// numerator / denominator to the nearest integer, ties to even, by trying all neighbours.
std::int64_t round_ratio(std::int64_t numerator, std::int64_t denominator);

}  // namespace eyeriss::oracle
