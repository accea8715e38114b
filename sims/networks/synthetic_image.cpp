#include "sims/networks/synthetic_image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "sims/networks/random.h"

namespace eyeriss::networks {
namespace {

constexpr std::uint64_t image_seed = 2019;

// Value noise: random values on a grid, blended bilinearly.
class value_noise {
public:
    value_noise(const std::string& name, double cells) : random_(image_seed, name), cells_(cells) {}
    // Position in [0, 1) x [0, 1); result in [-1, 1).
    [[nodiscard]] double at(double x, double y) const {
        const double gx = x * cells_;
        const double gy = y * cells_;
        const double x0 = std::floor(gx);
        const double y0 = std::floor(gy);
        const double fx = smooth(gx - x0);
        const double fy = smooth(gy - y0);
        const double top = corner(x0, y0) * (1 - fx) + corner(x0 + 1, y0) * fx;
        const double bottom = corner(x0, y0 + 1) * (1 - fx) + corner(x0 + 1, y0 + 1) * fx;
        return top * (1 - fy) + bottom * fy;
    }

private:
    static double smooth(double t) { return t * t * (3 - 2 * t); }
    [[nodiscard]] double corner(double x, double y) const {
        return random_.symmetric(static_cast<std::uint64_t>(y) * 4096 + static_cast<std::uint64_t>(x));
    }
    random_stream random_;
    double cells_;
};

struct disc {
    double x = 0, y = 0, radius_square = 0, brightness = 0;
};

std::array<disc, 7> draw_discs(const random_stream& random) {
    std::array<disc, 7> discs;
    for (std::uint64_t i = 0; i < discs.size(); ++i) {
        const double radius = .06 + .16 * random.uniform(4 * i + 2);
        discs[i] = {random.uniform(4 * i), random.uniform(4 * i + 1), radius * radius,
                    70 * random.symmetric(4 * i + 3)};
    }
    return discs;
}

// Brightness of the discs in front of the background, the last one on top; sharp edges.
double brightness(const std::array<disc, 7>& discs, double x, double y) {
    double value = 0;
    for (const disc& d : discs) {
        const double dx = x - d.x;
        const double dy = y - d.y;
        if (dx * dx + dy * dy < d.radius_square) value = d.brightness;
    }
    return value;
}

struct point {
    double x, y;
};

// Square of the distance of p from the stretch a to b.
double distance_square(point p, point a, point b) {
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double t = std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy), 0.0, 1.0);
    const double ex = p.x - a.x - t * dx;
    const double ey = p.y - a.y - t * dy;
    return ex * ex + ey * ey;
}

}  // namespace

std::vector<std::uint8_t> synthetic_photograph(unsigned channels, unsigned side, double density) {
    std::vector<double> values;
    values.reserve(std::size_t{channels} * side * side);
    const auto discs = draw_discs(random_stream(image_seed, "objects"));
    const std::array<value_noise, 4> luminance{{{"4", 4}, {"11", 11}, {"29", 29}, {"83", 83}}};
    const std::array<double, 4> weight{60, 30, 16, 10};
    for (unsigned c = 0; c < channels; ++c) {
        const value_noise tint("tint" + std::to_string(c), 3);
        for (unsigned row = 0; row < side; ++row) {
            for (unsigned column = 0; column < side; ++column) {
                const double x = (column + .5) / side;
                const double y = (row + .5) / side;
                double v = 128 + brightness(discs, x, y) + 28 * tint.at(x, y);
                for (std::size_t octave = 0; octave < luminance.size(); ++octave) {
                    v += weight[octave] * luminance[octave].at(x, y);
                }
                values.push_back(v);
            }
        }
    }
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const auto zeros = static_cast<std::size_t>((1 - density) * static_cast<double>(sorted.size()));
    const double black = sorted[std::min(zeros, sorted.size() - 1)];
    std::vector<std::uint8_t> pixels;
    pixels.reserve(values.size());
    for (const double v : values) {
        pixels.push_back(v < black ? std::uint8_t{0}
                                   : static_cast<std::uint8_t>(std::clamp(std::floor(v), 1.0, 255.0)));
    }
    return pixels;
}

std::vector<std::uint8_t> synthetic_digit(unsigned side) {
    constexpr std::array<point, 9> stroke{{{.68, .18},
                                           {.36, .20},
                                           {.32, .46},
                                           {.52, .42},
                                           {.66, .52},
                                           {.68, .66},
                                           {.58, .78},
                                           {.44, .80},
                                           {.30, .74}}};
    std::vector<std::uint8_t> pixels;
    pixels.reserve(std::size_t{side} * side);
    for (unsigned row = 0; row < side; ++row) {
        for (unsigned column = 0; column < side; ++column) {
            const point p{(column + .5) / side, (row + .5) / side};
            double nearest = 1;
            for (std::size_t i = 1; i < stroke.size(); ++i) {
                nearest = std::min(nearest, distance_square(p, stroke[i - 1], stroke[i]));
            }
            // Full brightness on the line, fading out at a tenth of the side.
            const double ink = 1.35 * (1 - std::sqrt(nearest) / .085);
            pixels.push_back(static_cast<std::uint8_t>(std::floor(255 * std::clamp(ink, 0.0, 1.0))));
        }
    }
    return pixels;
}

}  // namespace eyeriss::networks
