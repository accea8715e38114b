#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "models/arch/layer.h"

/// The quantised graph: what an imported network is, before it meets a machine. Plain data; layers stand in
/// an order in which every input is made before it is used.
namespace eyeriss::compiler {

enum class dtype : std::uint8_t { u8, i8, i32 };

/// A feature map. Values are bytes in NCHW order wherever they are carried (int8 as its bit pattern).
struct tensor {
    std::string name;
    unsigned n = 1, c = 1, h = 1, w = 1;
    dtype type = dtype::u8;
    float scale = 1.0F;
    std::int32_t zero_point = 0;
    [[nodiscard]] std::size_t elements() const { return std::size_t{n} * c * h * w; }
};

using tensor_id = std::uint32_t;

/// CONV, depthwise and FC. q = clip(rint_half_even(float32(acc + bias) * scale[m]) + output zero point),
/// where acc = sum of (iact byte value) * weight, padding counted as the input's zero point; the importer has
/// folded the input's zero point into bias (doc/assumptions.md, A-ZERO-POINT), so acc needs no correction.
struct conv_op {
    arch::layer_shape shape;
    std::vector<std::int8_t> weights;            ///< [groups*m][c][r][s]
    std::vector<std::int32_t> bias;              ///< per output channel, zero point folded in
    std::vector<float> scale;                    ///< per output channel: float32(xs * ws[m] / ys)
    std::int32_t clip_low = 0, clip_high = 255;  ///< in output units, fused activation included
    /// The output is the 32-bit sum acc + bias (ConvInteger); scale and clip unused.
    bool accumulators = false;
};

struct pool_op {
    bool max = true;
    unsigned kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1;
    unsigned pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
    bool count_include_pad = false;
    /// Average: the real factor input scale / output scale is multiplier / 2^shift; exactly 1/1 when scales
    /// are equal.
    std::int32_t multiplier = 1;
    unsigned shift = 0;
};

struct add_op {
    std::int32_t multiplier_a = 1, multiplier_b = 1;
    unsigned shift = 0;
    std::int32_t clip_low = 0, clip_high = 255;
};

/// Along channels; a table of 256 output bytes for each input, by input byte; empty where the input is
/// copied.
struct concat_op {
    std::vector<std::vector<std::uint8_t>> tables;
};

/// 256 output bytes by input byte: stand-alone ReLU, Clip and requantisation.
struct requant_op {
    std::vector<std::uint8_t> table;
};

/// Over channels, at each n, y, x. exp_q20[d] = round(2^20 * exp(-d * input scale)), d the distance from the
/// maximum; q = clip(round_half_even(exp_q20[d] * inverse_scale / sum of exp_q20) + output zero point).
struct softmax_op {
    std::vector<std::uint32_t> exp_q20;  ///< 256 entries
    std::uint32_t inverse_scale = 256;   ///< round(1 / output scale)
};

/// Same elements in NCHW order under another shape (only where a flatten could not be folded into the next
/// layer).
struct reshape_op {};

using operation = std::variant<conv_op, pool_op, add_op, concat_op, requant_op, softmax_op, reshape_op>;

struct layer {
    std::string name;
    std::vector<tensor_id> inputs;
    tensor_id output = 0;
    operation op;
};

struct graph {
    std::string name;
    std::vector<tensor> tensors;
    std::vector<layer> layers;
    tensor_id input = 0, output = 0;
    /// Remarks of the importer that the user should see ("conv2: input zero point 3 costs sparsity").
    std::vector<std::string> notes;
    [[nodiscard]] std::uint64_t macs() const;
};

}  // namespace eyeriss::compiler
