#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "firmware/compiler/graph.h"

/// Quantisation arithmetic shared by importer, reference and image writer. Rounding is half to even.
namespace eyeriss::compiler {

/// How bytes stand for real numbers: real = scale * (q - zero_point).
struct quantisation {
    float scale = 1.0F;
    std::int32_t zero_point = 0;
    dtype type = dtype::u8;
    bool operator==(const quantisation&) const = default;
};
[[nodiscard]] quantisation quantisation_of(const tensor&);

/// An interval of real numbers, for fused activations.
struct real_interval {
    float low = -std::numeric_limits<float>::infinity();
    float high = std::numeric_limits<float>::infinity();
    [[nodiscard]] bool bounded() const;
    /// This interval's clamp followed by the other's.
    [[nodiscard]] real_interval then(const real_interval& next) const;
};

/// Smallest and largest value of an 8-bit type.
[[nodiscard]] std::int32_t lowest(dtype);
[[nodiscard]] std::int32_t highest(dtype);

/// The number that a stored byte stands for, as the type has it.
[[nodiscard]] constexpr std::int32_t byte_value(std::uint8_t byte, dtype type) {
    return type == dtype::i8 ? static_cast<std::int8_t>(byte) : byte;
}

/// ONNX QuantizeLinear: saturate(round(real / scale) + zero point), in float32.
[[nodiscard]] std::int32_t quantise(float real, const quantisation&);
/// ONNX DequantizeLinear, in float32.
[[nodiscard]] float dequantise(std::int32_t value, const quantisation&);

/// 256 output bytes by input byte: DequantizeLinear, clamp to the interval, QuantizeLinear.
[[nodiscard]] std::vector<std::uint8_t> requant_table(const quantisation& from, const quantisation& to,
                                                      const real_interval& clamp);

/// A positive real factor as multiplier / 2^shift; multiplier < 2^31, shift at most 30, in lowest terms, the
/// nearest such number. A factor of 2^30 or more or one that is not positive and finite throws
/// std::domain_error.
struct fixed_factor {
    std::int32_t multiplier = 1;
    unsigned shift = 0;
    bool operator==(const fixed_factor&) const = default;
};
[[nodiscard]] fixed_factor fix(double factor);

/// Addition of two quantised tensors: both factors over one shift. Errors as fix().
[[nodiscard]] add_op fix_add(const quantisation& a, const quantisation& b, const quantisation& out,
                             const real_interval& clamp);

/// Table of exp(-d * scale) in Q20 and the rounded inverse of the output scale. Throws std::domain_error
/// where the output scale is not in [2^-16, 1].
[[nodiscard]] softmax_op make_softmax(float input_scale, float output_scale);

/// Output clamp of a fused activation, in output units; never wider than the type.
struct integer_interval {
    std::int32_t low = 0, high = 255;
};
[[nodiscard]] integer_interval clamp_in(const quantisation& out, const real_interval&);

/// numerator / denominator rounded half to even; the denominator is positive.
[[nodiscard]] std::int64_t divide_half_even(std::int64_t numerator, std::int64_t denominator);

}  // namespace eyeriss::compiler
