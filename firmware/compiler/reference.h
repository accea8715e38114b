#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "firmware/compiler/graph.h"

/// The built-in reference: a quantised graph by plain integer arithmetic, knowing nothing of the machine.
/// What the machine computes is compared with it byte for byte (`bit_exact`).
///
/// Rules. x is a stored value as its type has it (u8 or i8); zx, zy are the zero points of input and output;
/// round() is half to even; clip() is to the output type unless a clip interval is named. All integer
/// arithmetic is exact (64 bits) unless said otherwise.
///   conv      acc = sum of x * weight, a padding tap counting x = zx; t = acc + bias, wrapping at 32 bits;
///             q = clip(round(float32(t) * scale[m]) + zy) to [clip_low, clip_high], product in float32.
///             `accumulators`: the output is t, four bytes little-endian
///   max pool  the largest x of the window, padding left out
///   average   S = sum over the window's in-image taps of (x - zx); count = in-image taps, or the whole
///             window with count_include_pad; q = clip(round(S * multiplier / (2^shift * count)) + zy)
///   add       q = clip(round(((a - za) * multiplier_a + (b - zb) * multiplier_b) / 2^shift) + zy)
///             to [clip_low, clip_high]
///   concat    along channels, each input's bytes through its table, or copied where there is none
///   requant   q = table[byte]
///   softmax   at each n, y, x over channels: e = exp_q20[max - x];
///             q = clip(round(e * inverse_scale / sum of e) + zy)
///   reshape   bytes copied
namespace eyeriss::compiler {

/// Smallest and largest final sum of a layer before the bias: what must fit a psum.
struct sum_range {
    std::int32_t low = 0, high = 0;
};

/// True where every final sum is a two's complement number of that many bits (1..32).
[[nodiscard]] bool fits_psum_bits(const sum_range&, unsigned bits);

struct reference_result {
    /// Bytes of every tensor in NCHW order, by tensor_id; i32 tensors four bytes a value, little-endian.
    std::vector<std::vector<std::uint8_t>> tensors;
    /// By layer; zero for layers other than conv.
    std::vector<sum_range> sums;
};

/// Runs the whole graph. `input` holds the input tensor's bytes in NCHW order; std::invalid_argument where
/// its size is another.
[[nodiscard]] reference_result run_reference(const graph&, std::span<const std::uint8_t> input);

/// Runs one layer on the bytes of its inputs (in the order of layer.inputs); returns the output's bytes.
/// `sums`, where given, gets the range of a conv layer.
[[nodiscard]] std::vector<std::uint8_t> run_layer(const graph&, const layer&,
                                                  std::span<const std::span<const std::uint8_t>> inputs,
                                                  sum_range* sums = nullptr);

/// The sums of a conv before bias and requantisation, [n][groups*m][e][f]; x in NCHW order, weights as in
/// conv_op. For calibration and tests. std::invalid_argument where a size does not agree with the shape.
[[nodiscard]] std::vector<std::int32_t> conv_sums(const arch::layer_shape&, std::span<const std::uint8_t> x,
                                                  dtype x_type, std::int32_t x_zero_point,
                                                  std::span<const std::int8_t> weights);

/// The requantiser's rule for one sum, as above.
[[nodiscard]] std::int32_t requantise(std::int32_t sum, std::int32_t bias, float scale,
                                      std::int32_t zero_point, std::int32_t clip_low, std::int32_t clip_high);

}  // namespace eyeriss::compiler
