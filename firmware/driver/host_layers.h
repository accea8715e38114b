/* Layers that the accelerator leaves to the core, in integers.
 *
 * Maps and parameters must have passed the checks of eyeriss_network_open: 8-bit values, shapes that suit,
 * rows within EYERISS_ROW_VALUES. The rules are those of models/abi/image.h. Every function reads each input
 * unit as it needs it, writes each output unit once, and returns EYERISS_DRIVER_OK or
 * EYERISS_DRIVER_TENSOR_DATA when an input unit does not decode. */
#ifndef EYERISS_DRIVER_HOST_LAYERS_H
#define EYERISS_DRIVER_HOST_LAYERS_H

#include <stdint.h>

#include "firmware/driver/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Largest value of each window; padding takes no part. Input and output share scale and zero point. */
eyeriss_result eyeriss_max_pool(const eyeriss_map* in, const eyeriss_map* out,
                                const eyeriss_pool_params* params, eyeriss_workspace* work);

/** q = clip(round_half_even((sum - count*zx) * multiplier / (count * 2^shift)) + zy), one rounding; padding
 * stands for zx where count_include_pad, else it takes no part. A global pool is a window of the whole map.
 */
eyeriss_result eyeriss_average_pool(const eyeriss_map* in, const eyeriss_map* out,
                                    const eyeriss_pool_params* params, eyeriss_workspace* work);

/** q = clip(round_half_even(((a - za)*multiplier_a + (b - zb)*multiplier_b) / 2^shift) + zy). */
eyeriss_result eyeriss_add(const eyeriss_map* a, const eyeriss_map* b, const eyeriss_map* out,
                           const eyeriss_add_params* params, eyeriss_workspace* work);

/** q = table[q], 256 bytes by input byte. */
eyeriss_result eyeriss_requant_by_table(const eyeriss_map* in, const eyeriss_map* out, const uint8_t* table,
                                        eyeriss_workspace* work);

/** Joins up to EYERISS_MAX_INPUTS maps along channels. Input i goes through tables + 256*i unless bit i of
 * `identity` is set; tables may be null when all bits are. Units that an input and the output cut alike are
 * copied as they are. */
eyeriss_result eyeriss_concat(const eyeriss_map* inputs, uint32_t count, const eyeriss_map* out,
                              const uint8_t* tables, uint32_t identity, eyeriss_workspace* work);

/** Softmax over channels at each n, y, x: q = clip(round_half_even(exp[d] * inverse_scale / sum of exp) +
 * zy), d the distance from the largest value; 256 entries of exp in Q20. */
eyeriss_result eyeriss_softmax(const eyeriss_map* in, const eyeriss_map* out, const uint32_t* exp_q20,
                               uint32_t inverse_scale, eyeriss_workspace* work);

/** The same elements in NCHW order under another shape. */
eyeriss_result eyeriss_reshape(const eyeriss_map* in, const eyeriss_map* out, eyeriss_workspace* work);

#ifdef __cplusplus
}
#endif

#endif
