#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "firmware/compiler/quantise.h"
#include "firmware/compiler/reference.h"
#include "firmware/compiler/reference_kernel.h"

namespace eyeriss::compiler {

namespace {

constexpr std::size_t tile_positions = 64;

std::size_t padded_depth(const arch::layer_shape& shape) {
    const std::size_t depth = std::size_t{shape.c} * shape.r * shape.s;
    return (depth + kernel_depth_step - 1) / kernel_depth_step * kernel_depth_step;
}

// One group of one image, widened to 16 bits with its padding written out, so that patches are plain copies.
class padded_map {
public:
    padded_map(const arch::layer_shape& shape, dtype type, std::int32_t zero_point)
        : shape_(shape),
          type_(type),
          height_(shape.h + shape.pad_top + shape.pad_bottom),
          width_(shape.w + shape.pad_left + shape.pad_right),
          values_(std::size_t{shape.c} * height_ * width_, static_cast<std::int16_t>(zero_point)) {}

    void load(std::span<const std::uint8_t> map) {
        for (std::size_t row = 0; row < std::size_t{shape_.c} * shape_.h; ++row) {
            const std::size_t channel = row / shape_.h;
            const auto from = map.subspan(row * shape_.w, shape_.w);
            auto* to =
                &values_[(channel * height_ + shape_.pad_top + row % shape_.h) * width_ + shape_.pad_left];
            if (type_ == dtype::i8) {
                std::transform(from.begin(), from.end(), to,
                               [](auto b) { return static_cast<std::int8_t>(b); });
            } else {
                std::copy(from.begin(), from.end(), to);
            }
        }
    }

    // Writes the c*r*s values under output position (y, x).
    void patch(unsigned y, unsigned x, std::int16_t* to) const {
        for (unsigned c = 0; c < shape_.c; ++c) {
            for (unsigned r = 0; r < shape_.r; ++r) {
                const std::size_t row = std::size_t{c} * height_ + std::size_t{y} * shape_.stride_h + r;
                const auto* from = &values_[row * width_ + std::size_t{x} * shape_.stride_w];
                to = std::copy_n(from, shape_.s, to);
            }
        }
    }

private:
    arch::layer_shape shape_;
    dtype type_;
    std::size_t height_, width_;
    std::vector<std::int16_t> values_;
};

// Weights with rows of padded depth; the original where no padding is needed.
class weight_rows {
public:
    weight_rows(const arch::layer_shape& shape, std::span<const std::int8_t> weights)
        : depth_(padded_depth(shape)), rows_(weights) {
        const std::size_t depth = std::size_t{shape.c} * shape.r * shape.s;
        if (depth == depth_) return;
        copy_.resize(weights.size() / depth * depth_);
        for (std::size_t row = 0; row * depth < weights.size(); ++row) {
            std::copy_n(weights.begin() + static_cast<std::ptrdiff_t>(row * depth), depth,
                        copy_.begin() + static_cast<std::ptrdiff_t>(row * depth_));
        }
        rows_ = copy_;
    }
    [[nodiscard]] std::span<const std::int8_t> rows(std::size_t first, std::size_t count) const {
        return rows_.subspan(first * depth_, count * depth_);
    }

private:
    std::size_t depth_;
    std::vector<std::int8_t> copy_;
    std::span<const std::int8_t> rows_;
};

void check_sizes(const arch::layer_shape& shape, std::size_t x, std::size_t weights) {
    if (const std::string wrong = shape.check(); !wrong.empty()) throw std::invalid_argument(wrong);
    const std::size_t want_x = std::size_t{shape.batch} * shape.channels_in() * shape.h * shape.w;
    const std::size_t want_weights = std::size_t{shape.channels_out()} * shape.c * shape.r * shape.s;
    if (x != want_x) {
        throw std::invalid_argument(fmt::format("conv input has {} values, its shape {}", x, want_x));
    }
    if (weights != want_weights) {
        throw std::invalid_argument(fmt::format("conv has {} weights, its shape {}", weights, want_weights));
    }
}

}  // namespace

std::vector<std::int32_t> conv_sums(const arch::layer_shape& shape, std::span<const std::uint8_t> x,
                                    dtype x_type, std::int32_t x_zero_point,
                                    std::span<const std::int8_t> weights) {
    check_sizes(shape, x.size(), weights.size());
    const std::size_t positions = std::size_t{shape.e()} * shape.f();
    const std::size_t depth = padded_depth(shape);
    const std::size_t group_values = std::size_t{shape.c} * shape.h * shape.w;
    const weight_rows rows(shape, weights);
    padded_map map(shape, x_type, x_zero_point);
    std::vector<std::int16_t> patches(std::min(positions, tile_positions) * depth);
    std::vector<std::int32_t> sums(shape.batch * std::size_t{shape.channels_out()} * positions);
    for (std::size_t part = 0; part < std::size_t{shape.batch} * shape.groups; ++part) {
        map.load(x.subspan(part * group_values, group_values));
        const auto part_sums = std::span(sums).subspan(part * shape.m * positions, shape.m * positions);
        for (std::size_t first = 0; first < positions; first += tile_positions) {
            const std::size_t count = std::min(tile_positions, positions - first);
            for (std::size_t i = 0; i < count; ++i) {
                const auto position = static_cast<unsigned>(first + i);
                map.patch(position / shape.f(), position % shape.f(), &patches[i * depth]);
            }
            multiply({.weights = rows.rows(part % shape.groups * shape.m, shape.m),
                      .patches = patches,
                      .rows = shape.m,
                      .positions = count,
                      .depth = depth,
                      .sums = part_sums.subspan(first),
                      .sums_stride = positions});
        }
    }
    return sums;
}

std::int32_t requantise(std::int32_t sum, std::int32_t bias, float scale, std::int32_t zero_point,
                        std::int32_t clip_low, std::int32_t clip_high) {
    const auto total =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + static_cast<std::uint32_t>(bias));
    const auto low = static_cast<float>(clip_low - zero_point);
    const auto high = static_cast<float>(clip_high - zero_point);
    const float product = std::clamp(static_cast<float>(total) * scale, low, high);
    // Adding and taking away 1.5 * 2^23 rounds half to even wherever |product| < 2^22, and vectorises.
    constexpr float rounder = 12582912.0F;
    return static_cast<std::int32_t>((product + rounder) - rounder) + zero_point;
}

}  // namespace eyeriss::compiler
