#include <stddef.h>

#include "firmware/driver/host_layers.h"
#include "firmware/driver/pool_window.h"
#include "firmware/driver/rounding.h"
#include "firmware/driver/words.h"

/* Maximum of four bytes at once. The top bit of each byte of `below` says whether the low seven bits of a
 * reach those of b; with the sign bits that decides the byte. `flip` is 0x80808080 for int8, which turns the
 * order of the sign bits round, and 0 for uint8. */
static inline uint32_t max_bytes(uint32_t a, uint32_t b, uint32_t flip) {
    const uint32_t top = 0x80808080u;
    const uint32_t below = (a | top) - (b & ~top);
    const uint32_t reach = (((a ^ flip) & ~(b ^ flip)) | (~(a ^ b) & below)) & top;
    const uint32_t mask = (reach << 1) - (reach >> 7);
    return b ^ ((a ^ b) & mask);
}

static void max_rows(uint32_t* into, const uint32_t* row, uint32_t words, uint32_t flip) {
    for (uint32_t i = 0; i < words; ++i) {
        const uint32_t word = row[i];
        if (word != into[i]) into[i] = max_bytes(into[i], word, flip);
    }
}

/* Along the row: the `channels` values of each x, word by word where they fill words. */
static void max_windows(const eyeriss_map* in, const eyeriss_map* out, const eyeriss_pool_params* params,
                        uint32_t channels, eyeriss_workspace* work) {
    const uint32_t flip = in->dtype == EYERISS_DTYPE_I8 ? 0x80808080u : 0u;
    const uint32_t words = channels / 4u;
    uint32_t* best = work->output.words;
    for (uint32_t x = 0; x < out->width; ++x) {
        const eyeriss_span span =
            eyeriss_window(x, params->stride_w, params->pad_left, params->kernel_w, in->width);
        const uint32_t* first = work->column.words + (size_t)span.begin * words;
        const uint32_t* end = work->column.words + (size_t)span.end * words;
        for (uint32_t i = 0; i < words; ++i, ++first, ++end) {
            uint32_t largest = *first;
            for (const uint32_t* at = first + words; at < end; at += words) {
                if (*at != largest) largest = max_bytes(largest, *at, flip);
            }
            *best++ = largest;
        }
    }
}

/* The same value by value, for any number of channels. */
static void max_windows_by_value(const eyeriss_map* in, const eyeriss_map* out,
                                 const eyeriss_pool_params* params, uint32_t channels,
                                 eyeriss_workspace* work) {
    const uint32_t sign = eyeriss_sign(in->dtype);
    uint8_t* best = eyeriss_row_bytes(&work->output);
    for (uint32_t x = 0; x < out->width; ++x) {
        const eyeriss_span span =
            eyeriss_window(x, params->stride_w, params->pad_left, params->kernel_w, in->width);
        const uint8_t* first = eyeriss_row_bytes(&work->column) + (size_t)span.begin * channels;
        const uint8_t* end = eyeriss_row_bytes(&work->column) + (size_t)span.end * channels;
        for (uint32_t i = 0; i < channels; ++i, ++first, ++end) {
            uint32_t largest = *first ^ sign;
            for (const uint8_t* at = first + channels; at < end; at += channels) {
                const uint32_t value = *at ^ sign;
                if (value > largest) largest = value;
            }
            *best++ = (uint8_t)(largest ^ sign);
        }
    }
}

/* One block of channels of one batch element. Windows that overlap find their rows in the cache. */
static eyeriss_result max_block(const eyeriss_map* in, const eyeriss_map* out,
                                const eyeriss_pool_params* params, uint32_t n, uint32_t block,
                                eyeriss_workspace* work) {
    const uint32_t flip = in->dtype == EYERISS_DTYPE_I8 ? 0x80808080u : 0u;
    const uint32_t channels = eyeriss_block_channels(out, block);
    const uint32_t words = eyeriss_words_for(in->width * channels);
    uint32_t held[EYERISS_ROW_CACHE];
    for (uint32_t i = 0; i < EYERISS_ROW_CACHE; ++i) held[i] = EYERISS_NO_INDEX;
    for (uint32_t y = 0; y < out->height; ++y) {
        const eyeriss_span span =
            eyeriss_window(y, params->stride_h, params->pad_top, params->kernel_h, in->height);
        for (uint32_t i = span.begin; i < span.end; ++i) {
            eyeriss_row* row = &work->input[i % EYERISS_ROW_CACHE];
            if (held[i % EYERISS_ROW_CACHE] != i) {
                const eyeriss_result result =
                    eyeriss_row_read(in, n, i, block * out->block_channels, channels, row, &work->unit);
                if (result != EYERISS_DRIVER_OK) return result;
                held[i % EYERISS_ROW_CACHE] = i;
            }
            if (i == span.begin) {
                eyeriss_copy_words(work->column.words, row->words, words);
            } else {
                max_rows(work->column.words, row->words, words, flip);
            }
        }
        if (channels % 4u == 0u) {
            max_windows(in, out, params, channels, work);
        } else {
            max_windows_by_value(in, out, params, channels, work);
        }
        eyeriss_unit_write(out, n, block, y, &work->output);
    }
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_max_pool(const eyeriss_map* in, const eyeriss_map* out,
                                const eyeriss_pool_params* params, eyeriss_workspace* work) {
    for (uint32_t n = 0; n < out->batch; ++n) {
        for (uint32_t block = 0; block < out->blocks; ++block) {
            const eyeriss_result result = max_block(in, out, params, n, block, work);
            if (result != EYERISS_DRIVER_OK) return result;
        }
    }
    return EYERISS_DRIVER_OK;
}
