#include "firmware/driver/image_check.h"
#include "firmware/driver/rounding.h"
#include "firmware/driver/tensor.h"

/* A layer with its tensors at hand. */
typedef struct subject {
    const eyeriss_image_view* view;
    const eyeriss_image_layer* layer;
    uint32_t index;
    const eyeriss_image_tensor* in; /* the first input */
    const eyeriss_image_tensor* out;
} subject;

#define REQUIRE(condition, name, field)                                                                      \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            return eyeriss_refuse(s->view->fault, EYERISS_DRIVER_##name, s->index,                           \
                                  EYERISS_LAYER_FIELD(s->view, s->index, field), (uint32_t)s->layer->field); \
        }                                                                                                    \
    } while (0)

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}
static uint32_t larger(uint32_t a, uint32_t b) {
    return a < b ? b : a;
}

static const eyeriss_image_tensor* input(const subject* s, uint32_t i) {
    return &s->view->tensors[s->layer->inputs[i]];
}

static int is_same_shape(const eyeriss_image_tensor* a, const eyeriss_image_tensor* b) {
    return a->batch == b->batch && a->channels == b->channels && a->height == b->height &&
           a->width == b->width;
}

/* Rows must fit the workspace, also when an input is read in the output's blocks. */
static eyeriss_result check_rows(const subject* s) {
    const uint32_t out_block = smaller(s->out->block_channels, s->out->channels);
    REQUIRE(s->out->dtype != EYERISS_DTYPE_I32, LAYER_DTYPE, output);
    for (uint32_t i = 0; i < s->layer->input_count; ++i) {
        const eyeriss_image_tensor* in = input(s, i);
        const uint32_t block = larger(out_block, smaller(in->block_channels, in->channels));
        REQUIRE(in->dtype != EYERISS_DTYPE_I32, LAYER_DTYPE, inputs[i]);
        REQUIRE((uint64_t)larger(in->width, s->out->width) * block <= EYERISS_ROW_VALUES, LAYER_WIDTH,
                inputs[i]);
    }
    return EYERISS_DRIVER_OK;
}

/* Kernel, stride and padding of one axis: no window without a value. */
static int axis_is_good(uint32_t kernel, uint32_t stride, uint32_t pad, uint32_t in, uint32_t out) {
    return kernel >= 1u && kernel <= EYERISS_MAX_DIM && stride >= 1u && stride <= EYERISS_MAX_DIM &&
           pad < kernel && (uint64_t)(out - 1u) * stride < (uint64_t)in + pad;
}

static eyeriss_result check_pool(const subject* s) {
    const eyeriss_pool_params* pool = &s->layer->params.pool;
    REQUIRE(s->in->batch == s->out->batch && s->in->channels == s->out->channels, LAYER_SHAPE, output);
    REQUIRE(axis_is_good(pool->kernel_h, pool->stride_h, pool->pad_top, s->in->height, s->out->height),
            LAYER_POOL_WINDOW, params.pool.kernel_h);
    REQUIRE(axis_is_good(pool->kernel_w, pool->stride_w, pool->pad_left, s->in->width, s->out->width),
            LAYER_POOL_WINDOW, params.pool.kernel_w);
    if (s->layer->op == EYERISS_OP_MAX_POOL) {
        REQUIRE(s->in->dtype == s->out->dtype, LAYER_DTYPE, output);
        return EYERISS_DRIVER_OK;
    }
    const uint32_t count = pool->kernel_h * pool->kernel_w;
    REQUIRE((uint64_t)pool->kernel_h * pool->kernel_w <= 1u << 20, LAYER_POOL_WINDOW, params.pool.kernel_h);
    REQUIRE(pool->multiplier >= 0, LAYER_POOL_SCALE, params.pool.multiplier);
    REQUIRE(pool->shift < 62u && count <= ((uint64_t)1 << 61) >> pool->shift, LAYER_POOL_SCALE,
            params.pool.shift);
    return EYERISS_DRIVER_OK;
}

static eyeriss_result check_add(const subject* s) {
    const eyeriss_add_params* add = &s->layer->params.add;
    REQUIRE(is_same_shape(s->in, s->out), LAYER_SHAPE, inputs[0]);
    REQUIRE(is_same_shape(input(s, 1), s->out), LAYER_SHAPE, inputs[1]);
    REQUIRE(add->shift <= 62u, LAYER_ADD_SHIFT, params.add.shift);
    REQUIRE(add->clip_low >= eyeriss_lowest(s->out->dtype) && add->clip_low <= add->clip_high, LAYER_ADD_CLIP,
            params.add.clip_low);
    REQUIRE(add->clip_high <= eyeriss_highest(s->out->dtype), LAYER_ADD_CLIP, params.add.clip_high);
    return EYERISS_DRIVER_OK;
}

/* Tables lie before the payload, where the header's checksum covers them. */
static eyeriss_result check_table(const subject* s, uint32_t bytes) {
    const uint32_t offset = s->layer->params.table.table_offset;
    REQUIRE(offset % 4u == 0u && eyeriss_fits(offset, bytes, 1u, s->view->header->payload_offset),
            LAYER_TABLE, params.table.table_offset);
    return EYERISS_DRIVER_OK;
}

static eyeriss_result check_concat(const subject* s) {
    uint32_t channels = 0;
    uint32_t table_bytes = 0;
    for (uint32_t i = 0; i < s->layer->input_count; ++i) {
        const eyeriss_image_tensor* in = input(s, i);
        REQUIRE(in->batch == s->out->batch && in->height == s->out->height && in->width == s->out->width,
                LAYER_SHAPE, inputs[i]);
        channels += in->channels;
        if ((s->layer->params.table.identity >> i & 1u) == 0u) {
            table_bytes = 256u * (i + 1u);
        } else {
            REQUIRE(in->dtype == s->out->dtype, LAYER_DTYPE, inputs[i]);
        }
    }
    REQUIRE(channels == s->out->channels, LAYER_SHAPE, output);
    return table_bytes == 0u ? EYERISS_DRIVER_OK : check_table(s, table_bytes);
}

static eyeriss_result check_softmax(const subject* s) {
    const uint32_t inverse_scale = s->layer->params.table.inverse_scale;
    REQUIRE(is_same_shape(s->in, s->out), LAYER_SHAPE, output);
    REQUIRE(s->out->width <= EYERISS_ROW_VALUES / 4u, LAYER_WIDTH, output);
    REQUIRE(inverse_scale >= 1u && inverse_scale <= 65536u, LAYER_SOFTMAX_SCALE, params.table.inverse_scale);
    return check_table(s, 1024u);
}

static eyeriss_result check_reshape(const subject* s) {
    const eyeriss_image_tensor* in = s->in;
    const eyeriss_image_tensor* out = s->out;
    const uint64_t from = (uint64_t)in->batch * in->channels * in->height * in->width;
    const uint64_t to = (uint64_t)out->batch * out->channels * out->height * out->width;
    REQUIRE(from == to, LAYER_SHAPE, output);
    REQUIRE(in->dtype == out->dtype, LAYER_DTYPE, output);
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_check_core_layer(const eyeriss_image_view* view, uint32_t index) {
    const eyeriss_image_layer* layer = &view->layers[index];
    const subject here = {view, layer, index, &view->tensors[layer->inputs[0]],
                          &view->tensors[layer->output]};
    const subject* s = &here;
    const eyeriss_result result = check_rows(s);
    if (result != EYERISS_DRIVER_OK) return result;
    switch (layer->op) {
        case EYERISS_OP_MAX_POOL:
        case EYERISS_OP_AVERAGE_POOL:
            return check_pool(s);
        case EYERISS_OP_ADD:
            return check_add(s);
        case EYERISS_OP_CONCAT:
            return check_concat(s);
        case EYERISS_OP_SOFTMAX:
            return check_softmax(s);
        case EYERISS_OP_REQUANT:
            REQUIRE(is_same_shape(s->in, s->out), LAYER_SHAPE, output);
            return check_table(s, 256u);
        default:
            return check_reshape(s);
    }
}
