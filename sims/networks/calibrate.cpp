#include "sims/networks/calibrate.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace eyeriss::networks {
namespace {

// How many of a channel's sums, largest first, to let through: the number nearest to `wanted` that does not
// divide equal sums.
std::size_t without_ties(std::span<const std::int32_t> descending, double wanted) {
    const double limited = std::clamp(wanted, 0.0, static_cast<double>(descending.size()));
    const auto near = static_cast<std::size_t>(std::floor(limited + .5));
    if (near == 0 || near == descending.size() || descending[near - 1] != descending[near]) {
        return near;
    }
    const auto [low, high] =
        std::equal_range(descending.begin(), descending.end(), descending[near], std::greater<>());
    const auto below = static_cast<std::size_t>(low - descending.begin());
    const auto above = static_cast<std::size_t>(high - descending.begin());
    return limited - static_cast<double>(below) < static_cast<double>(above) - limited ? below : above;
}

// Which rows come out above zero: the wanted number of them, at random places, never one whose sum is zero.
std::vector<bool> choose_open(std::span<const std::int32_t> sums, double share, const random_stream& random) {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < sums.size(); ++row) {
        if (sums[row] != 0) {
            rows.push_back(row);
        }
    }
    std::sort(rows.begin(), rows.end(),
              [&](std::size_t a, std::size_t b) { return random.bits(a) < random.bits(b); });
    const auto wanted = static_cast<std::size_t>(std::floor(share * static_cast<double>(sums.size()) + .5));
    rows.resize(std::min(rows.size(), wanted));
    std::vector<bool> open(sums.size());
    for (const std::size_t row : rows) {
        open[row] = true;
    }
    return open;
}

}  // namespace

std::vector<double> spread_shares(unsigned channels, double target, const random_stream& random) {
    std::vector<double> offsets(channels);
    const double amplitude = 1.4 * std::min(target, 1 - target);
    for (unsigned c = 0; c < channels; ++c) {
        offsets[c] = amplitude * random.symmetric(c);
    }
    std::vector<double> shares(channels);
    double low = -1;
    double high = 2;
    for (int i = 0; i < 50; ++i) {
        const double centre = (low + high) / 2;
        double sum = 0;
        for (unsigned c = 0; c < channels; ++c) {
            shares[c] = std::clamp(centre + offsets[c], 0.0, 1.0);
            sum += shares[c];
        }
        (sum < target * channels ? low : high) = centre;
    }
    return shares;
}

requantisation calibrate(std::span<const std::int32_t> sums, std::span<const double> shares,
                         const random_stream& random) {
    const std::size_t positions = sums.size() / shares.size();
    requantisation out;
    double carry = 0;
    for (std::size_t c = 0; c < shares.size(); ++c) {
        const auto channel = sums.subspan(c * positions, positions);
        std::vector<std::int32_t> sorted(channel.begin(), channel.end());
        std::sort(sorted.begin(), sorted.end(), std::greater<>());
        const double wanted = shares[c] * static_cast<double>(positions) + carry;
        const std::size_t open = without_ties(sorted, wanted);
        carry = wanted - static_cast<double>(open);

        const std::int32_t threshold = open == 0 ? sorted.front() + 1 : sorted[open - 1];
        const std::int32_t strong = std::max(threshold, sorted[open / 200]);
        const double top = 90 + 165 * random.uniform(c);
        const auto scale = static_cast<float>(top / (double{1} + strong - threshold));
        // The smallest sum that rounds to one stands at the threshold.
        auto lift = static_cast<std::int32_t>(std::floor(.5 / static_cast<double>(scale))) + 1;
        lift += static_cast<float>(lift) * scale > .5F ? 0 : 1;  // the product may round down to the tie
        out.scale.push_back(scale);
        out.bias.push_back(lift - threshold);
    }
    return out;
}

requantisation calibrate_signs(std::span<std::int32_t> sums, std::span<std::int8_t> weights, double share,
                               const random_stream& random) {
    const std::size_t row_size = weights.size() / sums.size();
    std::int32_t largest = 1;
    for (const std::int32_t sum : sums) {
        largest = std::max(largest, std::abs(sum));
    }
    const std::vector<bool> open = choose_open(sums, share, random);
    requantisation out;
    for (std::size_t row = 0; row < sums.size(); ++row) {
        if (sums[row] != 0 && open[row] != (sums[row] > 0)) {
            sums[row] = -sums[row];
            for (std::int8_t& w : weights.subspan(row * row_size, row_size)) {
                w = static_cast<std::int8_t>(-w);
            }
        }
        const double common = 200.0 / largest;
        const double least = sums[row] == 0 ? common : 1.0 / std::abs(sums[row]);
        out.scale.push_back(static_cast<float>(std::max(common, least)));
        out.bias.push_back(0);
    }
    return out;
}

requantisation calibrate_logits(std::span<const std::int32_t> sums) {
    std::int32_t largest = 1;
    for (const std::int32_t sum : sums) {
        largest = std::max(largest, std::abs(sum));
    }
    return {std::vector<std::int32_t>(sums.size(), 0),
            std::vector<float>(sums.size(), static_cast<float>(120.0 / largest))};
}

}  // namespace eyeriss::networks
