/** @file
 * Feature maps in memory: units of zero-count/value pairs, read and written by the core.
 *
 * The format is that of models/csc/feature_map.h. A unit is one row of block_channels neighbouring channels,
 * unit (n, block, y) has index (n*blocks + block)*height + y, and its values run along x and at each x
 * through the block's channels. A pair is 12 bits, the zeros before the value in the low 4, little-endian;
 * zeros after the last value are not stored; a run of more than 15 zeros holds stored zeros. */
#ifndef EYERISS_DRIVER_TENSOR_H
#define EYERISS_DRIVER_TENSOR_H

#include <stdint.h>

#include "firmware/driver/errors.h"
#include "models/abi/image.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest row (width * channels of a block) that a layer on the core may have. */
#define EYERISS_ROW_VALUES 8192u
/** Bytes behind the last value that decoding may write: bounds are checked once for eight pairs. */
#define EYERISS_ROW_SLACK 128u
/** 32-bit words of a row buffer. */
#define EYERISS_ROW_WORDS ((EYERISS_ROW_VALUES + EYERISS_ROW_SLACK) / 4u)
/** Decoded rows that a pooling layer keeps; a power of two. */
#define EYERISS_ROW_CACHE 4u

/** A row of values; words, so that loops may take four at a time. */
typedef struct eyeriss_row {
    uint32_t words[EYERISS_ROW_WORDS]; /**< the values and the slack */
} eyeriss_row;

/** Memory that the layers on the core work in; the application owns it, contents do not outlive a call. */
typedef struct eyeriss_workspace {
    eyeriss_row unit;                     /**< a unit of which only some channels are wanted */
    eyeriss_row input[EYERISS_ROW_CACHE]; /**< rows of the inputs */
    eyeriss_row column;                   /**< maximum of a window's rows, column by column */
    eyeriss_row output;                   /**< the output row before it is encoded */
    int32_t sums[EYERISS_ROW_VALUES];     /**< sum of a window's rows, column by column */
} eyeriss_workspace;

/** A tensor of an opened image. */
typedef struct eyeriss_map {
    uint8_t* data;              /**< units */
    uint8_t* table;             /**< 16-bit pair counts; null when raw */
    uint32_t batch;             /**< N */
    uint32_t channels;          /**< C */
    uint32_t height;            /**< H */
    uint32_t width;             /**< W */
    uint32_t block_channels;    /**< channels of a unit */
    uint32_t blocks;            /**< units that hold the channels of a row */
    uint32_t unit_stride_bytes; /**< from a unit to the next */
    uint32_t format;            /**< EYERISS_FORMAT_* */
    uint32_t dtype;             /**< EYERISS_DTYPE_* */
    int32_t zero_point;         /**< the value that stands for 0 */
    uint32_t scale_bits;        /**< float32; informative */
} eyeriss_map;

/** A view of `tensor`, whose fields must have been checked, in the image at `image`. */
eyeriss_map eyeriss_map_of(const eyeriss_image_tensor* tensor, uint8_t* image);

/** Channels of a block; fewer in the last. */
uint32_t eyeriss_block_channels(const eyeriss_map* map, uint32_t block);

/** The bytes of a row. */
static inline uint8_t* eyeriss_row_bytes(eyeriss_row* row) {
    return (uint8_t*)row->words;
}

/** Decodes `pairs` packed pairs at a multiple of 4 into `count` values; all others become zero.
 * `values` has room for count + EYERISS_ROW_SLACK bytes. Non-zero when the pairs pass `count`. */
int eyeriss_decode_pairs(const uint8_t* packed, uint32_t pairs, uint8_t* values, uint32_t count);

/** Encodes `count` values at a multiple of 4, readable up to the next one, and returns the number of pairs.
 * `packed` has room for the worst case, (3*count + 1) / 2 bytes. */
uint32_t eyeriss_encode_pairs(const uint8_t* values, uint32_t count, uint8_t* packed);

/** Reads a unit of 8-bit values; EYERISS_DRIVER_TENSOR_DATA when it does not decode.
 * `row` receives width * eyeriss_block_channels() values. */
eyeriss_result eyeriss_unit_read(const eyeriss_map* map, uint32_t n, uint32_t block, uint32_t y,
                                 eyeriss_row* row);

/** Writes a unit of 8-bit values and its pair count. */
void eyeriss_unit_write(const eyeriss_map* map, uint32_t n, uint32_t block, uint32_t y,
                        const eyeriss_row* row);

/** Reads `count` channels from `first` of row y into row[x*count + i], whatever the map's blocks are.
 * A whole block is decoded in place; anything else passes through `unit`. */
eyeriss_result eyeriss_row_read(const eyeriss_map* map, uint32_t n, uint32_t y, uint32_t first,
                                uint32_t count, eyeriss_row* row, eyeriss_row* unit);

#ifdef __cplusplus
}
#endif

#endif
