#include "tests/firmware/driver/plain_layers.h"

#include <algorithm>

namespace eyeriss::test {

namespace {

/// The nearest integer to a / b, the even one of two; b > 0. By floor division, unlike the driver.
std::int64_t nearest(std::int64_t a, std::int64_t b) {
    std::int64_t floor = a / b;
    if (a % b < 0) --floor;
    const std::int64_t above = (a - floor * b) - (b - (a - floor * b));
    if (above > 0) return floor + 1;
    if (above < 0) return floor;
    return floor % 2 == 0 ? floor : floor + 1;
}

int clip(std::int64_t value, int low, int high) {
    return static_cast<int>(std::clamp<std::int64_t>(value, low, high));
}

/// Calls visit(values of one window that lie in the map) for each output in NCHW order.
template <typename Visit>
void for_each_window(const plain_map& in, const plain_map& out, const eyeriss_pool_params& p, Visit visit) {
    std::vector<int> window;
    for (unsigned n = 0; n < out.n; ++n) {
        for (unsigned c = 0; c < out.c; ++c) {
            for (unsigned y = 0; y < out.h; ++y) {
                for (unsigned x = 0; x < out.w; ++x) {
                    window.clear();
                    for (unsigned i = 0; i < p.kernel_h * p.kernel_w; ++i) {
                        const int row =
                            static_cast<int>(y * p.stride_h + i / p.kernel_w) - static_cast<int>(p.pad_top);
                        const int col =
                            static_cast<int>(x * p.stride_w + i % p.kernel_w) - static_cast<int>(p.pad_left);
                        if (row < 0 || col < 0 || row >= static_cast<int>(in.h) ||
                            col >= static_cast<int>(in.w))
                            continue;
                        window.push_back(in.at(n, c, static_cast<unsigned>(row), static_cast<unsigned>(col)));
                    }
                    visit(window);
                }
            }
        }
    }
}

}  // namespace

std::vector<int> plain_max_pool(const plain_map& in, const plain_map& out, const eyeriss_pool_params& p) {
    std::vector<int> result;
    for_each_window(in, out, p, [&](const std::vector<int>& window) {
        result.push_back(*std::max_element(window.begin(), window.end()));
    });
    return result;
}

std::vector<int> plain_average_pool(const plain_map& in, const plain_map& out, const eyeriss_pool_params& p) {
    std::vector<int> result;
    for_each_window(in, out, p, [&](const std::vector<int>& window) {
        std::int64_t sum = 0;
        for (const int value : window) sum += value - in.zero_point;
        const std::int64_t count = p.count_include_pad != 0 ? std::int64_t{p.kernel_h} * p.kernel_w
                                                            : static_cast<std::int64_t>(window.size());
        const std::int64_t mean = nearest(sum * p.multiplier, count * (std::int64_t{1} << p.shift));
        result.push_back(clip(mean + out.zero_point, out.low, out.high));
    });
    return result;
}

std::vector<int> plain_add(const plain_map& a, const plain_map& b, const plain_map& out,
                           const eyeriss_add_params& p) {
    std::vector<int> result;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        const std::int64_t sum = std::int64_t{a.values[i] - a.zero_point} * p.multiplier_a +
                                 std::int64_t{b.values[i] - b.zero_point} * p.multiplier_b;
        result.push_back(
            clip(nearest(sum, std::int64_t{1} << p.shift) + out.zero_point, p.clip_low, p.clip_high));
    }
    return result;
}

std::vector<int> plain_softmax(const plain_map& in, const plain_map& out,
                               const std::vector<std::uint32_t>& exp, std::uint32_t inverse_scale) {
    std::vector<int> result(in.values.size());
    const std::size_t area = std::size_t{in.h} * in.w;
    for (unsigned n = 0; n < in.n; ++n) {
        for (std::size_t at = 0; at < area; ++at) {
            const auto index = [&](unsigned c) { return (std::size_t{n} * in.c + c) * area + at; };
            int largest = in.values[index(0)];
            for (unsigned c = 0; c < in.c; ++c) largest = std::max(largest, in.values[index(c)]);
            std::int64_t sum = 0;
            for (unsigned c = 0; c < in.c; ++c)
                sum += exp.at(static_cast<unsigned>(largest - in.values[index(c)]));
            for (unsigned c = 0; c < in.c; ++c) {
                const std::int64_t e = exp.at(static_cast<unsigned>(largest - in.values[index(c)]));
                result[index(c)] = clip(nearest(e * inverse_scale, sum) + out.zero_point, out.low, out.high);
            }
        }
    }
    return result;
}

}  // namespace eyeriss::test
