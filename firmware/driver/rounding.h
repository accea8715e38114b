/* Rounding half to even and clipping, in integers. Internal to the layers on the core. */
#ifndef EYERISS_DRIVER_ROUNDING_H
#define EYERISS_DRIVER_ROUNDING_H

#include <stdint.h>

#include "models/abi/image.h"

/** Smallest and largest value of an 8-bit dtype. */
static inline int32_t eyeriss_lowest(uint32_t dtype) {
    return dtype == EYERISS_DTYPE_I8 ? -128 : 0;
}
static inline int32_t eyeriss_highest(uint32_t dtype) {
    return dtype == EYERISS_DTYPE_I8 ? 127 : 255;
}

/** The number that a stored byte stands for: sign is 0x80 for int8 and 0 for uint8. */
static inline int32_t eyeriss_value(uint8_t byte, uint32_t sign) {
    return (int32_t)(byte ^ sign) - (int32_t)sign;
}
/** Argument `sign` of eyeriss_value for a dtype. */
static inline uint32_t eyeriss_sign(uint32_t dtype) {
    return dtype == EYERISS_DTYPE_I8 ? 0x80u : 0u;
}

static inline int32_t eyeriss_clip(int64_t value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : (int32_t)value;
}

/** numerator / denominator, half to even; denominator in 1..2^30, |numerator| below 2^31. */
static inline int32_t eyeriss_divide32(int32_t numerator, int32_t denominator) {
    const int32_t quotient = numerator / denominator;
    const int32_t rest = numerator - quotient * denominator;
    const int32_t twice = 2 * (rest < 0 ? -rest : rest);
    if (twice > denominator || (twice == denominator && (quotient & 1) != 0)) {
        return quotient + (numerator < 0 ? -1 : 1);
    }
    return quotient;
}

/** The same for a denominator in 1..2^62 and |numerator| below 2^63. */
static inline int64_t eyeriss_divide64(int64_t numerator, int64_t denominator) {
    const int64_t quotient = numerator / denominator;
    const int64_t rest = numerator - quotient * denominator;
    const int64_t twice = 2 * (rest < 0 ? -rest : rest);
    if (twice > denominator || (twice == denominator && (quotient & 1) != 0)) {
        return quotient + (numerator < 0 ? -1 : 1);
    }
    return quotient;
}

/** value / 2^shift, half to even; shift up to 62, |value| below 2^62. */
static inline int64_t eyeriss_shift_right(int64_t value, uint32_t shift) {
    if (shift == 0u) return value;
    const int64_t floor = value >> shift;
    const uint64_t rest = (uint64_t)value & (((uint64_t)1 << shift) - 1u);
    const uint64_t half = (uint64_t)1 << (shift - 1u);
    return floor + (rest > half || (rest == half && (floor & 1) != 0));
}

#endif
