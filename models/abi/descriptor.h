/* Layer descriptor: what the accelerator fetches for one layer. Owned by the hardware, C99, little-endian.
 *
 * Every offset is in bytes, relative to the register IMAGE_BASE. The descriptor proper is followed by the NoC
 * configuration, noc_words_per_cluster 32-bit words for each cluster, cluster rows outermost (noc_config.h).
 *
 * Tensor roles are those of the Eyeriss v2 paper: I[G][N][C][H][W], W[G][M][C][R][S], O[G][N][M][E][F]; C and
 * M are counted per group. A layer is run as a loop nest of passes. In each pass every PE holds one tile of
 * m0 x (c0*s0) weights and slides it along one row of F windows. */
#ifndef EYERISS_ABI_DESCRIPTOR_H
#define EYERISS_ABI_DESCRIPTOR_H

#include <stdint.h>

#define EYERISS_DESC_MAGIC 0x44595645u /* "EVYD" */

/* Loops over passes, as numbers in loop_order. */
enum eyeriss_loop {
    EYERISS_LOOP_G = 0,
    EYERISS_LOOP_N = 1,
    EYERISS_LOOP_M = 2,
    EYERISS_LOOP_E = 3,
    EYERISS_LOOP_C = 4,
    EYERISS_LOOP_R = 5,
    EYERISS_LOOP_S = 6,
    EYERISS_LOOPS = 7
};

/* flags */
#define EYERISS_DESC_IACT_SIGNED 0x001u   /* input values are int8, else uint8 */
#define EYERISS_DESC_OUT_SIGNED 0x002u    /* output values are int8, else uint8 */
#define EYERISS_DESC_OUT_ACC32 0x004u     /* output the 32-bit sums (bias added) raw, not requantised */
#define EYERISS_DESC_REQUANT_FIXED 0x008u /* requant: multiplier and shift, else a float32 scale */
#define EYERISS_DESC_WEIGHT_DENSE \
    0x010u                             /* weight tiles are raw bytes: PE in dense mode, address SPads gated */
#define EYERISS_DESC_IACT_DENSE 0x020u /* iacts travel raw from GLB to PE */
#define EYERISS_DESC_IACT_SINGLE_BUFFER 0x040u /* a pass's iacts may fill whole GLB banks, not halves */

/* Where a feature map lies; the layout is defined in doc/tensor_format.md and models/csc/feature_map.h. */
typedef struct eyeriss_tensor_ref {
    uint32_t data_offset;       /* first unit slot */
    uint32_t table_offset;      /* 16-bit pair count of each unit; unused when raw */
    uint32_t unit_stride_bytes; /* distance of unit slots */
    uint32_t channels;          /* all channels of the tensor, groups included */
    uint32_t height;
    uint32_t width;
    uint32_t block_channels; /* channels of a unit */
    uint32_t format;         /* EYERISS_FORMAT_* of image.h */
} eyeriss_tensor_ref;

typedef struct eyeriss_descriptor {
    uint32_t magic;
    uint32_t version;
    uint32_t total_bytes; /* this struct and the NoC configuration */
    uint32_t crc32;       /* zlib's CRC-32 of all bytes after this field */
    uint32_t layer_index; /* index in the image's layer table */
    uint32_t flags;
    /* shape */
    uint32_t groups, batch, m, c, h, w, r, s, e, f; /* m and c per group */
    uint32_t stride_h, stride_w, pad_top, pad_left;
    uint32_t iact_pad_value; /* zero point as the byte that stands for padding; 0 means padding is skipped */
    /* a PE's tile */
    uint32_t m0, c0, s0;
    /* spatial: a reduction chain of c1*r1 PEs over chain_clusters cluster rows; groups of them on both axes
     */
    uint32_t c1, r1, chain_clusters;
    uint32_t v_g, v_n, v_m, v_e; /* over groups of chain_clusters cluster rows, m innermost, then e, n, g */
    uint32_t h_g, h_n, h_m, h_e; /* over PE columns of the whole array, same order */
    /* passes: trip counts by eyeriss_loop, and the order from the outermost to the innermost, 4 bits each
     * from bit 0 */
    uint32_t trips[EYERISS_LOOPS];
    uint32_t loop_order;
    eyeriss_tensor_ref in, out;
    /* weights: a table of eyeriss_weight_segment indexed by weight tile position (see models/arch/tiling.h)
     */
    uint32_t weight_table_offset, weight_segments;
    /* requantiser: groups*m entries of eyeriss_requant, then its CRC-32 */
    uint32_t requant_offset;
    uint32_t out_zero_point; /* as a sign- or zero-extended value */
    int32_t clip_low, clip_high;
    uint32_t noc_words_per_cluster;
} eyeriss_descriptor;

/* One DMA segment of weights: the tiles of all PEs that one weight load fills, back to back. */
typedef struct eyeriss_weight_segment {
    uint32_t offset;
    uint32_t bytes;
    uint32_t crc32; /* of the bytes */
} eyeriss_weight_segment;

/* Requantisation of one output channel: q = clip(round((acc + bias) * scale) + out_zero_point).
 * Default: scale is a float32, product in float32, round half to even (ONNX Runtime's rule).
 * EYERISS_DESC_REQUANT_FIXED: scale holds a Q31 multiplier, and the product is rounded half away from zero by
 * shift. */
typedef struct eyeriss_requant {
    int32_t bias;
    uint32_t scale_bits; /* float32 bits, or the Q31 multiplier */
    uint32_t shift;      /* fixed only: right shift of the 64-bit product, 31..62 */
} eyeriss_requant;

#endif
