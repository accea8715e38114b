/* Network image: what the driver loads. Owned by the hardware and the compiler, C99, little-endian.
 *
 * One block of memory, file_bytes of it stored, memory_bytes in all: header, tensor table, layer table,
 * names, descriptors, weights and requantisers, then an arena for feature maps that the file does not hold.
 * Offsets are relative to the start of the image, which must lie at a multiple of 64. */
#ifndef EYERISS_ABI_IMAGE_H
#define EYERISS_ABI_IMAGE_H

#include <stdint.h>

#define EYERISS_IMAGE_MAGIC 0x49595645u /* "EVYI" */
#define EYERISS_IMAGE_VERSION 1u
/* Where tools put an image in DRAM and run_network looks for it. */
#define EYERISS_IMAGE_ADDRESS 0x84000000u
#define EYERISS_MAX_INPUTS 8u
#define EYERISS_MAX_DIM 65535u

enum eyeriss_format {
    EYERISS_FORMAT_CSC = 0,  /* units of (zero count, value) pairs with a length table */
    EYERISS_FORMAT_RAW8 = 1, /* units of raw bytes at the same places */
    EYERISS_FORMAT_RAW32 = 2 /* units of raw little-endian int32 (accumulators) */
};

enum eyeriss_dtype { EYERISS_DTYPE_U8 = 0, EYERISS_DTYPE_I8 = 1, EYERISS_DTYPE_I32 = 2 };

enum eyeriss_op {
    EYERISS_OP_ACCELERATOR = 0, /* descriptor_offset says what */
    EYERISS_OP_MAX_POOL = 1,
    EYERISS_OP_AVERAGE_POOL = 2, /* global pooling is a window of the whole map */
    EYERISS_OP_ADD = 3,
    EYERISS_OP_CONCAT = 4,  /* along channels */
    EYERISS_OP_SOFTMAX = 5, /* over channels of an n x c x 1 x 1 tensor */
    EYERISS_OP_REQUANT = 6, /* q -> table[q], also stand-alone ReLU and Clip */
    EYERISS_OP_RESHAPE = 7  /* same elements in NCHW order, another shape */
};

typedef struct eyeriss_image_header {
    uint32_t magic;
    uint32_t version;
    uint32_t header_bytes;
    uint32_t header_crc32; /* of all bytes of the image from after this field up to payload_offset */
    uint32_t file_bytes;
    uint32_t memory_bytes;
    uint32_t payload_offset; /* weights and requantisers start here; each carries its own CRC */
    uint32_t tensor_count, tensor_table_offset;
    uint32_t layer_count, layer_table_offset;
    uint32_t input_tensor, output_tensor;
    uint32_t name_offset; /* NUL-terminated network name */
    /* the machine that the image was compiled for; the accelerator's GEOMETRY must equal it */
    uint32_t geometry;
    uint32_t psum_bits;
    uint32_t reserved[4];
} eyeriss_image_header;

typedef struct eyeriss_image_tensor {
    uint32_t batch, channels, height, width;
    uint32_t dtype;
    uint32_t format;
    uint32_t block_channels;
    uint32_t unit_stride_bytes;
    uint32_t data_offset;
    uint32_t table_offset;
    int32_t zero_point;
    uint32_t scale_bits; /* float32; informative */
} eyeriss_image_tensor;

/* Parameters of the layers that run on the core. */
typedef struct eyeriss_pool_params {
    uint32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
    uint32_t count_include_pad;
    /* average: q = clip(round_half_even((sum - count*zx) * multiplier / 2^shift / count) + zy) */
    int32_t multiplier;
    uint32_t shift;
} eyeriss_pool_params;

typedef struct eyeriss_add_params {
    /* q = clip(round_half_even(((a - za) * multiplier_a + (b - zb) * multiplier_b) / 2^shift) + zy) */
    int32_t multiplier_a, multiplier_b;
    uint32_t shift;
    int32_t clip_low, clip_high;
} eyeriss_add_params;

typedef struct eyeriss_table_params {
    uint32_t table_offset; /* concat: 256 bytes for each input, by input byte; requant: 256 bytes;
                              softmax: 256 uint32 of exp(-d*scale) as Q20, by distance d from the maximum */
    uint32_t identity;     /* concat: bit i set: input i needs no table */
    /* softmax: q = clip(round_half_even(exp[d] * inverse_scale / sum of exp) + zy), products in 64 bits */
    uint32_t inverse_scale;
    uint32_t reserved[6];
} eyeriss_table_params;

typedef struct eyeriss_image_layer {
    uint32_t op;
    uint32_t name_offset;
    uint32_t input_count;
    uint32_t inputs[EYERISS_MAX_INPUTS]; /* tensor indices */
    uint32_t output;
    uint32_t descriptor_offset;
    uint32_t macs_lo, macs_hi; /* nominal */
    union {
        eyeriss_pool_params pool;
        eyeriss_add_params add;
        eyeriss_table_params table;
        uint32_t words[12];
    } params;
} eyeriss_image_layer;

#endif
