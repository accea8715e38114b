#include "firmware/compiler/quantise.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace eyeriss::compiler {

namespace {

constexpr unsigned max_shift = 30;

std::int32_t saturate(float value, dtype type) {
    return static_cast<std::int32_t>(
        std::clamp(value, static_cast<float>(lowest(type)), static_cast<float>(highest(type))));
}

// The largest shift, up to max_shift, at which the factor stays within 31 bits.
unsigned finest_shift(double factor) {
    if (!(factor > 0) || !std::isfinite(factor)) {
        throw std::domain_error(fmt::format("factor {} is not a positive number", factor));
    }
    int exponent = 0;
    std::frexp(factor, &exponent);
    if (exponent > 30) throw std::domain_error(fmt::format("factor {} is 2^30 or more", factor));
    return std::min(max_shift, static_cast<unsigned>(30 - exponent));
}

std::int32_t scaled(double factor, unsigned shift) {
    return static_cast<std::int32_t>(std::nearbyint(std::ldexp(factor, static_cast<int>(shift))));
}

}  // namespace

quantisation quantisation_of(const tensor& of) {
    return {of.scale, of.zero_point, of.type};
}

bool real_interval::bounded() const {
    return std::isfinite(low) || std::isfinite(high);
}

real_interval real_interval::then(const real_interval& next) const {
    return {std::clamp(low, next.low, next.high), std::clamp(high, next.low, next.high)};
}

std::int32_t lowest(dtype type) {
    switch (type) {
        case dtype::u8:
            return 0;
        case dtype::i8:
            return -128;
        case dtype::i32:
            break;
    }
    return std::numeric_limits<std::int32_t>::min();
}

std::int32_t highest(dtype type) {
    switch (type) {
        case dtype::u8:
            return 255;
        case dtype::i8:
            return 127;
        case dtype::i32:
            break;
    }
    return std::numeric_limits<std::int32_t>::max();
}

std::int32_t quantise(float real, const quantisation& q) {
    // Saturating before the conversion keeps infinities and large quotients defined.
    const float rounded = std::nearbyint(real / q.scale);
    return saturate(rounded + static_cast<float>(q.zero_point), q.type);
}

float dequantise(std::int32_t value, const quantisation& q) {
    return static_cast<float>(value - q.zero_point) * q.scale;
}

std::vector<std::uint8_t> requant_table(const quantisation& from, const quantisation& to,
                                        const real_interval& clamp) {
    std::vector<std::uint8_t> table(256);
    for (unsigned byte = 0; byte < table.size(); ++byte) {
        const float real = dequantise(byte_value(static_cast<std::uint8_t>(byte), from.type), from);
        table[byte] = static_cast<std::uint8_t>(quantise(std::clamp(real, clamp.low, clamp.high), to));
    }
    return table;
}

fixed_factor fix(double factor) {
    unsigned shift = finest_shift(factor);
    std::int32_t multiplier = scaled(factor, shift);
    while (shift > 0 && multiplier % 2 == 0) {
        multiplier /= 2;
        --shift;
    }
    return {multiplier, shift};
}

add_op fix_add(const quantisation& a, const quantisation& b, const quantisation& out,
               const real_interval& clamp) {
    const double factor_a = double{a.scale} / out.scale;
    const double factor_b = double{b.scale} / out.scale;
    add_op op;
    op.shift = std::min(finest_shift(factor_a), finest_shift(factor_b));
    op.multiplier_a = scaled(factor_a, op.shift);
    op.multiplier_b = scaled(factor_b, op.shift);
    while (op.shift > 0 && op.multiplier_a % 2 == 0 && op.multiplier_b % 2 == 0) {
        op.multiplier_a /= 2;
        op.multiplier_b /= 2;
        --op.shift;
    }
    const integer_interval clip = clamp_in(out, clamp);
    op.clip_low = clip.low;
    op.clip_high = clip.high;
    return op;
}

softmax_op make_softmax(float input_scale, float output_scale) {
    if (!(output_scale >= 0x1p-16F && output_scale <= 1.0F)) {
        throw std::domain_error(fmt::format("softmax output scale {} is not in 2^-16..1", output_scale));
    }
    softmax_op op;
    op.exp_q20.resize(256);
    for (unsigned d = 0; d < op.exp_q20.size(); ++d) {
        op.exp_q20[d] =
            static_cast<std::uint32_t>(std::nearbyint(0x1p20 * std::exp(-double{input_scale} * d)));
    }
    op.inverse_scale = static_cast<std::uint32_t>(std::nearbyint(1.0 / output_scale));
    return op;
}

integer_interval clamp_in(const quantisation& out, const real_interval& clamp) {
    return {quantise(clamp.low, out), quantise(clamp.high, out)};
}

std::int64_t divide_half_even(std::int64_t numerator, std::int64_t denominator) {
    std::int64_t quotient = numerator / denominator;
    std::int64_t rest = numerator % denominator;
    if (rest < 0) {
        rest += denominator;
        --quotient;
    }
    const std::int64_t above = rest - (denominator - rest);
    return quotient + ((above > 0 || (above == 0 && quotient % 2 != 0)) ? 1 : 0);
}

}  // namespace eyeriss::compiler
