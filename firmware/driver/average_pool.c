#include "firmware/driver/host_layers.h"
#include "firmware/driver/pool_window.h"
#include "firmware/driver/rounding.h"
#include "firmware/driver/words.h"

static void add_row(int32_t* sums, const uint8_t* row, uint32_t values, uint32_t sign) {
    if (sign == 0u) {
        for (uint32_t i = 0; i < values; ++i) sums[i] += row[i];
    } else {
        for (uint32_t i = 0; i < values; ++i) sums[i] += (int8_t)row[i];
    }
}

/* One exact rounding of total * multiplier / (count * 2^shift). A 64-bit division takes the core some hundred
 * instructions, so the common case of equal scales stays in 32 bits. */
static int32_t average(int32_t total, uint32_t count, const eyeriss_pool_params* params,
                       const eyeriss_map* out) {
    const uint32_t multiplier = (uint32_t)params->multiplier;
    const int64_t divisor = (int64_t)((uint64_t)count << params->shift);
    if (count == 0u || divisor <= 0) return out->zero_point; /* parameters that nobody has checked */
    const int64_t mean = params->shift < 31u && multiplier == 1u << params->shift
                             ? eyeriss_divide32(total, (int32_t)count)
                             : eyeriss_divide64((int64_t)total * params->multiplier, divisor);
    return eyeriss_clip(mean + out->zero_point, eyeriss_lowest(out->dtype), eyeriss_highest(out->dtype));
}

/* Along the row of column sums over `rows` rows. */
static void average_windows(const eyeriss_map* in, const eyeriss_map* out, const eyeriss_pool_params* params,
                            uint32_t channels, uint32_t rows, eyeriss_workspace* work) {
    uint8_t* result = eyeriss_row_bytes(&work->output);
    for (uint32_t x = 0; x < out->width; ++x) {
        const eyeriss_span span =
            eyeriss_window(x, params->stride_w, params->pad_left, params->kernel_w, in->width);
        const uint32_t taps = rows * (span.end - span.begin);
        const uint32_t count = params->count_include_pad != 0u ? params->kernel_h * params->kernel_w : taps;
        for (uint32_t c = 0; c < channels; ++c) {
            int32_t total = -(int32_t)taps * in->zero_point;
            for (uint32_t i = span.begin; i < span.end; ++i) total += work->sums[i * channels + c];
            *result++ = (uint8_t)average(total, count, params, out);
        }
    }
}

static eyeriss_result average_row(const eyeriss_map* in, const eyeriss_map* out,
                                  const eyeriss_pool_params* params, uint32_t n, uint32_t block, uint32_t y,
                                  eyeriss_workspace* work) {
    const uint32_t channels = eyeriss_block_channels(out, block);
    const uint32_t values = in->width * channels;
    const eyeriss_span span =
        eyeriss_window(y, params->stride_h, params->pad_top, params->kernel_h, in->height);
    eyeriss_clear_words((uint32_t*)work->sums, values);
    for (uint32_t i = span.begin; i < span.end; ++i) {
        const eyeriss_result result =
            eyeriss_row_read(in, n, i, block * out->block_channels, channels, &work->input[0], &work->unit);
        if (result != EYERISS_DRIVER_OK) return result;
        add_row(work->sums, eyeriss_row_bytes(&work->input[0]), values, eyeriss_sign(in->dtype));
    }
    average_windows(in, out, params, channels, span.end - span.begin, work);
    eyeriss_unit_write(out, n, block, y, &work->output);
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_average_pool(const eyeriss_map* in, const eyeriss_map* out,
                                    const eyeriss_pool_params* params, eyeriss_workspace* work) {
    for (uint32_t n = 0; n < out->batch; ++n) {
        for (uint32_t block = 0; block < out->blocks; ++block) {
            for (uint32_t y = 0; y < out->height; ++y) {
                const eyeriss_result result = average_row(in, out, params, n, block, y, work);
                if (result != EYERISS_DRIVER_OK) return result;
            }
        }
    }
    return EYERISS_DRIVER_OK;
}
