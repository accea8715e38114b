#include <stddef.h>

#include "firmware/driver/host_layers.h"
#include "firmware/driver/rounding.h"

static void add_values(const eyeriss_map* a, const eyeriss_map* b, const eyeriss_map* out,
                       const eyeriss_add_params* params, uint32_t values, eyeriss_workspace* work) {
    const uint8_t* left = eyeriss_row_bytes(&work->input[0]);
    const uint8_t* right = eyeriss_row_bytes(&work->input[1]);
    uint8_t* result = eyeriss_row_bytes(&work->output);
    const uint32_t sign_a = eyeriss_sign(a->dtype), sign_b = eyeriss_sign(b->dtype);
    for (uint32_t i = 0; i < values; ++i) {
        const int64_t sum = (int64_t)(eyeriss_value(left[i], sign_a) - a->zero_point) * params->multiplier_a +
                            (int64_t)(eyeriss_value(right[i], sign_b) - b->zero_point) * params->multiplier_b;
        const int64_t real = eyeriss_shift_right(sum, params->shift) + out->zero_point;
        result[i] = (uint8_t)eyeriss_clip(real, params->clip_low, params->clip_high);
    }
}

static eyeriss_result add_row(const eyeriss_map* a, const eyeriss_map* b, const eyeriss_map* out,
                              const eyeriss_add_params* params, uint32_t n, uint32_t block, uint32_t y,
                              eyeriss_workspace* work) {
    const uint32_t first = block * out->block_channels;
    const uint32_t channels = eyeriss_block_channels(out, block);
    eyeriss_result result = eyeriss_row_read(a, n, y, first, channels, &work->input[0], &work->unit);
    if (result != EYERISS_DRIVER_OK) return result;
    result = eyeriss_row_read(b, n, y, first, channels, &work->input[1], &work->unit);
    if (result != EYERISS_DRIVER_OK) return result;
    add_values(a, b, out, params, out->width * channels, work);
    eyeriss_unit_write(out, n, block, y, &work->output);
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_add(const eyeriss_map* a, const eyeriss_map* b, const eyeriss_map* out,
                           const eyeriss_add_params* params, eyeriss_workspace* work) {
    for (uint32_t n = 0; n < out->batch; ++n) {
        for (uint32_t block = 0; block < out->blocks; ++block) {
            for (uint32_t y = 0; y < out->height; ++y) {
                const eyeriss_result result = add_row(a, b, out, params, n, block, y, work);
                if (result != EYERISS_DRIVER_OK) return result;
            }
        }
    }
    return EYERISS_DRIVER_OK;
}

static eyeriss_result requant_row(const eyeriss_map* in, const eyeriss_map* out, const uint8_t* table,
                                  uint32_t n, uint32_t block, uint32_t y, eyeriss_workspace* work) {
    const uint32_t channels = eyeriss_block_channels(out, block);
    const eyeriss_result result =
        eyeriss_row_read(in, n, y, block * out->block_channels, channels, &work->output, &work->unit);
    if (result != EYERISS_DRIVER_OK) return result;
    uint8_t* value = eyeriss_row_bytes(&work->output);
    for (const uint8_t* end = value + (size_t)out->width * channels; value != end; ++value)
        *value = table[*value];
    eyeriss_unit_write(out, n, block, y, &work->output);
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_requant_by_table(const eyeriss_map* in, const eyeriss_map* out, const uint8_t* table,
                                        eyeriss_workspace* work) {
    for (uint32_t n = 0; n < out->batch; ++n) {
        for (uint32_t block = 0; block < out->blocks; ++block) {
            for (uint32_t y = 0; y < out->height; ++y) {
                const eyeriss_result result = requant_row(in, out, table, n, block, y, work);
                if (result != EYERISS_DRIVER_OK) return result;
            }
        }
    }
    return EYERISS_DRIVER_OK;
}
