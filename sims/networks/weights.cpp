#include "sims/networks/weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eyeriss::networks {
namespace {

// How much more often than by chance a kept weight meets a non-zero iact, where nothing else is asked for.
constexpr double clustering = 1.03;

struct weight_layout {
    explicit weight_layout(const arch::layer_shape& s)
        : rows(s.channels_out()), channels(s.channels_in()), c(s.c), m(s.m), taps(std::size_t{s.r} * s.s) {}
    [[nodiscard]] std::size_t size() const { return std::size_t{rows} * c * taps; }
    [[nodiscard]] std::size_t index(std::size_t row, std::size_t channel_in_group, std::size_t tap) const {
        return (row * c + channel_in_group) * taps + tap;
    }
    // Rows of the group that input channel ci belongs to.
    [[nodiscard]] std::size_t first_row(std::size_t ci) const { return ci / c * m; }

    unsigned rows, channels, c, m;
    std::size_t taps;
};

// Magnitude and sign of a weight before it is scaled: bell-shaped, larger in some output channels than in
// others.
class raw_weights {
public:
    raw_weights(const weight_layout& layout, const random_stream& random)
        : random_(random), row_size_(layout.c * layout.taps) {
        for (unsigned row = 0; row < layout.rows; ++row) {
            strength_.push_back(154 + static_cast<std::int64_t>(random.bits(~std::uint64_t{row}) % 205));
        }
    }
    [[nodiscard]] std::int64_t at(std::size_t index) const {
        const std::uint64_t h = random_.bits(index);
        const auto part = [h](unsigned n) { return static_cast<std::int64_t>((h >> (16 * n)) & 0xffff); };
        return (part(0) + part(1) - part(2) - part(3)) * strength_[index / row_size_] / 256;
    }

private:
    random_stream random_;
    std::size_t row_size_;
    std::vector<std::int64_t> strength_;
};

// First and one past the last output position at which a tap lies inside [0, length).
std::pair<unsigned, unsigned> inside(unsigned tap, unsigned pad, unsigned stride, unsigned length,
                                     unsigned outputs) {
    const unsigned first = tap >= pad ? 0 : (pad - tap + stride - 1) / stride;
    const unsigned last = length + pad <= tap ? 0 : std::min(outputs, (length + pad - tap - 1) / stride + 1);
    return {first, std::max(first, last)};
}

template <typename Row>
tap_counts count(const arch::layer_shape& s, Row&& non_zeros_in_row) {
    tap_counts counts;
    counts.reserve(std::size_t{s.channels_in()} * s.r * s.s);
    for (unsigned c = 0; c < s.channels_in(); ++c) {
        for (unsigned r = 0; r < s.r; ++r) {
            const auto [e0, e1] = inside(r, s.pad_top, s.stride_h, s.h, s.e());
            for (unsigned t = 0; t < s.s; ++t) {
                const auto [f0, f1] = inside(t, s.pad_left, s.stride_w, s.w, s.f());
                std::uint32_t sum = 0;
                for (unsigned e = e0; e < e1; ++e) {
                    sum += non_zeros_in_row(c, e * s.stride_h + r - s.pad_top,
                                            f0 * s.stride_w + t - s.pad_left, f1 - f0);
                }
                counts.push_back(sum);
            }
        }
    }
    return counts;
}

// Shares of kept weights by input channel: offset + slope * (iact share) + noise, within limits.
class channel_shares {
public:
    channel_shares(std::span<const double> iact_shares, double density, const random_stream& random)
        : iacts_(iact_shares), density_(density), noise_(iact_shares.size()), shares_(iact_shares.size()) {
        const double amplitude = .5 * std::min(density, 1 - density);
        for (std::size_t c = 0; c < noise_.size(); ++c) {
            noise_[c] = amplitude * random.symmetric(c);
        }
    }
    // The shares whose products with the iact shares sum up to `joint`, as near as limits allow.
    std::span<const double> solve(double joint) {
        double low = -2;
        double high = 4;
        for (int i = 0; i < 40; ++i) {
            const double slope = (low + high) / 2;
            (products(slope) < joint ? low : high) = slope;
        }
        return shares_;
    }

private:
    double products(double slope) {
        double low = -5;
        double high = 3;
        for (int i = 0; i < 40; ++i) {
            const double offset = (low + high) / 2;
            double sum = 0;
            for (std::size_t c = 0; c < shares_.size(); ++c) {
                shares_[c] = std::clamp(offset + slope * iacts_[c] + noise_[c], .01, 1.0);
                sum += shares_[c];
            }
            (sum < density_ * static_cast<double>(shares_.size()) ? low : high) = offset;
        }
        return std::inner_product(shares_.begin(), shares_.end(), iacts_.begin(), 0.0);
    }

    std::span<const double> iacts_;
    double density_;
    std::vector<double> noise_, shares_;
};

// Mean over a channel's taps of the share of output positions with a non-zero iact.
std::vector<double> iact_shares(const arch::layer_shape& s, const tap_counts& taps) {
    const std::size_t window = std::size_t{s.r} * s.s;
    const double positions = static_cast<double>(window) * s.e() * s.f();
    std::vector<double> shares(s.channels_in());
    for (std::size_t c = 0; c < shares.size(); ++c) {
        const auto first = taps.begin() + static_cast<std::ptrdiff_t>(c * window);
        const auto sum =
            std::accumulate(first, first + static_cast<std::ptrdiff_t>(window), std::uint64_t{0});
        shares[c] = static_cast<double>(sum) / positions;
    }
    return shares;
}

// Keeps the `keep` largest magnitudes of the weights on one input channel.
void keep_largest(const weight_layout& layout, const raw_weights& raw, std::size_t channel, std::size_t keep,
                  std::vector<std::uint64_t>& keys, std::vector<std::int8_t>& mask) {
    constexpr unsigned index_bits = 40;
    keys.clear();
    for (std::size_t row = 0; row < layout.m; ++row) {
        for (std::size_t tap = 0; tap < layout.taps; ++tap) {
            const std::size_t i = layout.index(layout.first_row(channel) + row, channel % layout.c, tap);
            const auto magnitude = static_cast<std::uint64_t>(std::abs(raw.at(i)));
            keys.push_back(magnitude << index_bits | i);
        }
    }
    if (keep < keys.size()) {
        std::nth_element(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(keep), keys.end(),
                         std::greater<>());
    }
    for (std::size_t i = 0; i < std::min(keep, keys.size()); ++i) {
        mask[keys[i] & ((std::uint64_t{1} << index_bits) - 1)] = 1;
    }
}

// Sets or prunes single weights at random places until the count is within 0.1 % of what is wanted.
void tune(const weight_layout& layout, const tap_counts& taps, std::int64_t missing, std::int64_t tolerance,
          const random_stream& random, std::vector<std::int8_t>& mask) {
    const std::size_t attempts = 64 * taps.size();
    for (std::size_t i = 0; i < attempts && std::abs(missing) > tolerance; ++i) {
        const std::uint64_t h = random.bits((std::uint64_t{1} << 60) + i);
        const std::size_t column = (h >> 32) % taps.size();
        const std::int64_t gain = taps[column];
        if (gain == 0 || 2 * std::abs(missing) <= gain) {
            continue;
        }
        const std::int8_t from = missing > 0 ? 0 : 1;
        for (std::size_t n = 0; n < layout.m; ++n) {
            const std::size_t channel = column / layout.taps;
            const std::size_t row = layout.first_row(channel) + (h + n) % layout.m;
            std::int8_t& place = mask[layout.index(row, channel % layout.c, column % layout.taps)];
            if (place == from) {
                place = static_cast<std::int8_t>(1 - from);
                missing += from == 0 ? -gain : gain;
                break;
            }
        }
    }
}

}  // namespace

tap_counts count_taps(const arch::layer_shape& s, std::span<const std::uint8_t> iacts) {
    return count(s, [&](unsigned c, unsigned y, unsigned x, unsigned outputs) {
        const std::uint8_t* row = iacts.data() + (std::size_t{c} * s.h + y) * s.w + x;
        std::uint32_t sum = 0;
        for (unsigned f = 0; f < outputs; ++f) {
            sum += row[std::size_t{f} * s.stride_w] != 0 ? 1U : 0U;
        }
        return sum;
    });
}

tap_counts count_taps_in_image(const arch::layer_shape& s) {
    return count(s, [](unsigned, unsigned, unsigned, unsigned outputs) { return outputs; });
}

std::uint64_t count_effectual(const arch::layer_shape& s, const tap_counts& taps,
                              std::span<const std::int8_t> weights) {
    const std::size_t row_size = std::size_t{s.c} * s.r * s.s;
    std::uint64_t sum = 0;
    for (std::size_t row = 0; row < s.channels_out(); ++row) {
        const std::uint32_t* counts = taps.data() + row / s.m * row_size;
        const std::int8_t* w = weights.data() + row * row_size;
        for (std::size_t k = 0; k < row_size; ++k) {
            sum += w[k] != 0 ? counts[k] : 0U;
        }
    }
    return sum;
}

std::vector<std::int8_t> draw_mask(const arch::layer_shape& s, const tap_counts& taps,
                                   const mask_target& target, const random_stream& random) {
    const weight_layout layout(s);
    if (target.density == 1.0) {
        return std::vector<std::int8_t>(layout.size(), 1);
    }
    const std::vector<double> iacts = iact_shares(s, taps);
    const double mean = std::accumulate(iacts.begin(), iacts.end(), 0.0) / static_cast<double>(iacts.size());
    // In units of sum over channels of (iact share * weight share).
    const double unit = static_cast<double>(s.macs()) / s.channels_in();
    const double wanted = static_cast<double>(target.effectual.value_or(0)) / unit;
    const double full = mean * s.channels_in();
    const double density =
        target.density.value_or(wanted >= full ? 1.0 : std::min(1.0, wanted / full / clustering));
    const double joint = target.effectual ? wanted : full * density * clustering;

    std::vector<std::int8_t> mask(layout.size());
    const raw_weights raw(layout, random);
    channel_shares solver(iacts, density, random);
    const std::span<const double> shares = solver.solve(joint);
    std::vector<std::uint64_t> keys;
    double carry = 0;
    for (std::size_t channel = 0; channel < layout.channels; ++channel) {
        const double all = static_cast<double>(layout.m) * static_cast<double>(layout.taps);
        const double keep = std::clamp(std::floor(shares[channel] * all + carry + .5), 0.0, all);
        carry += shares[channel] * all - keep;
        keep_largest(layout, raw, channel, static_cast<std::size_t>(keep), keys, mask);
    }
    if (target.effectual) {
        const auto goal = static_cast<std::int64_t>(*target.effectual);
        tune(layout, taps, goal - static_cast<std::int64_t>(count_effectual(s, taps, mask)), goal / 1000,
             random, mask);
    }
    return mask;
}

std::vector<std::int8_t> draw_values(const arch::layer_shape& s, std::span<const std::int8_t> mask,
                                     double mean_magnitude, const random_stream& random) {
    const raw_weights raw(weight_layout(s), random);
    std::uint64_t kept = 0;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < mask.size(); ++i) {
        if (mask[i] != 0) {
            ++kept;
            sum += static_cast<std::uint64_t>(std::abs(raw.at(i)));
        }
    }
    const double gain = sum == 0 ? 0 : mean_magnitude * static_cast<double>(kept) / static_cast<double>(sum);
    std::vector<std::int8_t> values(mask.size());
    for (std::size_t i = 0; i < mask.size(); ++i) {
        if (mask[i] != 0) {
            const std::int64_t v = raw.at(i);
            const double magnitude = std::floor(gain * static_cast<double>(std::abs(v)) + .5);
            const int size =
                static_cast<int>(std::clamp(magnitude, 1.0, static_cast<double>(largest_weight)));
            values[i] = static_cast<std::int8_t>(v < 0 ? -size : size);
        }
    }
    return values;
}

}  // namespace eyeriss::networks
