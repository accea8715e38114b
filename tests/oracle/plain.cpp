#include "tests/oracle/plain.h"

#include <cmath>

namespace eyeriss::oracle {

namespace {

// Row-major place in a plane or a box.
std::size_t place(int outer, int rows, int y, int columns, int x) {
    const auto size = [](int value) { return static_cast<std::size_t>(value); };
    return (size(outer) * size(rows) + size(y)) * size(columns) + size(x);
}

// Calls visit(output index, in-image?, x, weight) for every tap of every output.
template <typename visitor>
void every_tap(const conv_problem& p, visitor visit) {
    std::size_t output = 0;
    for (int n = 0; n < p.batch; ++n) {
        for (int k = 0; k < p.groups * p.m; ++k) {
            for (int e = 0; e < p.e(); ++e) {
                for (int f = 0; f < p.f(); ++f, ++output) {
                    for (int c = 0; c < p.c; ++c) {
                        for (int r = 0; r < p.r; ++r) {
                            for (int s = 0; s < p.s; ++s) {
                                const int y = e * p.stride_h - p.pad_top + r;
                                const int x = f * p.stride_w - p.pad_left + s;
                                const bool inside = y >= 0 && y < p.h && x >= 0 && x < p.w;
                                const int plane = n * p.groups * p.c + k / p.m * p.c + c;
                                const std::size_t at = inside ? place(plane, p.h, y, p.w, x) : 0;
                                const std::size_t tap = place(k * p.c + c, p.r, r, p.s, s);
                                visit(output, inside, inside ? p.x[at] : p.pad_value, p.weights[tap]);
                            }
                        }
                    }
                }
            }
        }
    }
}

}  // namespace

std::vector<std::int64_t> conv(const conv_problem& p) {
    std::vector<std::int64_t> sums(static_cast<std::size_t>(p.batch * p.groups * p.m * p.e() * p.f()));
    every_tap(p,
              [&](std::size_t output, bool, int x, int weight) { sums[output] += std::int64_t{x} * weight; });
    return sums;
}

std::int64_t effectual_products(const conv_problem& p) {
    std::int64_t count = 0;
    every_tap(p, [&](std::size_t, bool inside, int x, int weight) {
        if (inside && x != 0 && weight != 0) ++count;
    });
    return count;
}

int requantise(std::int64_t sum, std::int64_t bias, float scale, int zero_point, int low, int high) {
    const float product = static_cast<float>(static_cast<std::int32_t>(sum + bias)) * scale;
    const double value = std::rint(static_cast<double>(product)) + zero_point;
    if (value < low) return low;
    if (value > high) return high;
    return static_cast<int>(value);
}

std::int64_t wrap(std::int64_t sum, int bits) {
    const std::int64_t modulus = std::int64_t{1} << bits;
    std::int64_t rest = ((sum % modulus) + modulus) % modulus;
    if (rest >= modulus / 2) rest -= modulus;
    return rest;
}

namespace {

template <typename visitor>
void every_window(const pool_problem& p, visitor visit) {
    const int rows = (p.h + p.pad_top + p.pad_bottom - p.kernel_h) / p.stride_h + 1;
    const int columns = (p.w + p.pad_left + p.pad_right - p.kernel_w) / p.stride_w + 1;
    for (int plane = 0; plane < p.planes; ++plane) {
        for (int e = 0; e < rows; ++e) {
            for (int f = 0; f < columns; ++f) {
                std::vector<int> inside;
                for (int r = 0; r < p.kernel_h; ++r) {
                    for (int s = 0; s < p.kernel_w; ++s) {
                        const int y = e * p.stride_h - p.pad_top + r;
                        const int x = f * p.stride_w - p.pad_left + s;
                        if (y < 0 || y >= p.h || x < 0 || x >= p.w) continue;
                        inside.push_back(p.x[place(plane, p.h, y, p.w, x)]);
                    }
                }
                visit(inside);
            }
        }
    }
}

}  // namespace

std::vector<int> max_pool(const pool_problem& p) {
    std::vector<int> result;
    every_window(p, [&](const std::vector<int>& inside) {
        int largest = inside.front();
        for (const int value : inside) largest = value > largest ? value : largest;
        result.push_back(largest);
    });
    return result;
}

std::vector<window_sum> window_sums(const pool_problem& p, int zero_point) {
    std::vector<window_sum> result;
    every_window(p, [&](const std::vector<int>& inside) {
        window_sum total;
        for (const int value : inside) total.sum += value - zero_point;
        total.count = p.count_padding ? p.kernel_h * p.kernel_w : static_cast<std::int64_t>(inside.size());
        result.push_back(total);
    });
    return result;
}

std::int64_t round_ratio(std::int64_t numerator, std::int64_t denominator) {
    const std::int64_t about = numerator / denominator;
    std::int64_t best = about - 1;
    for (std::int64_t candidate = about; candidate <= about + 1; ++candidate) {
        const std::int64_t error = std::abs(numerator - candidate * denominator);
        const std::int64_t least = std::abs(numerator - best * denominator);
        if (error < least || (error == least && candidate % 2 == 0)) best = candidate;
    }
    return best;
}

}  // namespace eyeriss::oracle
