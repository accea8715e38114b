#include <stddef.h>

#include "firmware/driver/host_layers.h"
#include "firmware/driver/rounding.h"

/* One row of positions: what each x needs of all its channels. The sums of up to 65535 Q20 numbers take 36
 * bits and use two words each. */
typedef struct softmax_row {
    const eyeriss_map* in;
    const eyeriss_map* out;
    const uint32_t* exp_q20;
    uint32_t inverse_scale;
    uint32_t n, y;
    eyeriss_workspace* work;
} softmax_row;

static uint64_t sum_at(const eyeriss_workspace* work, uint32_t x) {
    return (uint32_t)work->sums[2u * x] | ((uint64_t)(uint32_t)work->sums[2u * x + 1u] << 32);
}

static void set_sum(eyeriss_workspace* work, uint32_t x, uint64_t sum) {
    work->sums[2u * x] = (int32_t)(uint32_t)sum;
    work->sums[2u * x + 1u] = (int32_t)(uint32_t)(sum >> 32);
}

/* Bytes order as numbers once the sign bit of int8 is flipped; differences stay what they are. */
static uint32_t ordered(const softmax_row* row, uint8_t byte) {
    return byte ^ eyeriss_sign(row->in->dtype);
}

static void find_largest(const softmax_row* row, const uint8_t* values, uint32_t held) {
    uint32_t* largest = row->work->column.words;
    for (uint32_t x = 0; x < row->in->width; ++x) {
        for (uint32_t i = 0; i < held; ++i) {
            const uint32_t value = ordered(row, *values++);
            if (value > largest[x]) largest[x] = value;
        }
    }
}

static void add_exponentials(const softmax_row* row, const uint8_t* values, uint32_t held) {
    const uint32_t* largest = row->work->column.words;
    for (uint32_t x = 0; x < row->in->width; ++x) {
        uint64_t sum = sum_at(row->work, x);
        for (uint32_t i = 0; i < held; ++i) sum += row->exp_q20[largest[x] - ordered(row, *values++)];
        set_sum(row->work, x, sum);
    }
}

static void divide(const softmax_row* row, const uint8_t* values, uint32_t held) {
    const eyeriss_map* out = row->out;
    uint8_t* result = eyeriss_row_bytes(&row->work->output);
    for (uint32_t x = 0; x < row->in->width; ++x) {
        const int64_t sum = (int64_t)sum_at(row->work, x);
        for (uint32_t i = 0; i < held; ++i) {
            const uint32_t distance = row->work->column.words[x] - ordered(row, *values++);
            const int64_t part = (int64_t)row->exp_q20[distance] * row->inverse_scale;
            const int64_t mean = sum > 0 ? eyeriss_divide64(part, sum) : 0;
            *result++ = (uint8_t)eyeriss_clip(mean + out->zero_point, eyeriss_lowest(out->dtype),
                                              eyeriss_highest(out->dtype));
        }
    }
}

/* Calls step on each block of the output's channels. */
static eyeriss_result for_each_block(const softmax_row* row,
                                     void (*step)(const softmax_row*, const uint8_t*, uint32_t), int store) {
    for (uint32_t block = 0; block < row->out->blocks; ++block) {
        const uint32_t held = eyeriss_block_channels(row->out, block);
        const eyeriss_result result =
            eyeriss_row_read(row->in, row->n, row->y, block * row->out->block_channels, held,
                             &row->work->input[0], &row->work->unit);
        if (result != EYERISS_DRIVER_OK) return result;
        step(row, eyeriss_row_bytes(&row->work->input[0]), held);
        if (store) eyeriss_unit_write(row->out, row->n, block, row->y, &row->work->output);
    }
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_softmax(const eyeriss_map* in, const eyeriss_map* out, const uint32_t* exp_q20,
                               uint32_t inverse_scale, eyeriss_workspace* work) {
    softmax_row row = {in, out, exp_q20, inverse_scale, 0u, 0u, work};
    for (row.n = 0; row.n < out->batch; ++row.n) {
        for (row.y = 0; row.y < out->height; ++row.y) {
            for (uint32_t x = 0; x < out->width; ++x) {
                work->column.words[x] = 0u;
                set_sum(work, x, 0u);
            }
            eyeriss_result result = for_each_block(&row, find_largest, 0);
            if (result == EYERISS_DRIVER_OK) result = for_each_block(&row, add_exponentials, 0);
            if (result == EYERISS_DRIVER_OK) result = for_each_block(&row, divide, 1);
            if (result != EYERISS_DRIVER_OK) return result;
        }
    }
    return EYERISS_DRIVER_OK;
}
