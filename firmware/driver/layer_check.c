#include "firmware/driver/checksum.h"
#include "firmware/driver/image_check.h"
#include "models/abi/descriptor.h"
#include "models/abi/registers.h"

static int input_count_is_good(const eyeriss_image_layer* layer) {
    switch (layer->op) {
        case EYERISS_OP_ADD:
            return layer->input_count == 2u;
        case EYERISS_OP_CONCAT:
            return layer->input_count >= 1u && layer->input_count <= EYERISS_MAX_INPUTS;
        default:
            return layer->input_count == 1u;
    }
}

/* The network's input, a tensor that the file holds, or the output of a layer before. */
static int is_made_before(const eyeriss_image_view* view, uint32_t tensor, uint32_t layer) {
    if (tensor == view->header->input_tensor) return 1;
    if (view->tensors[tensor].data_offset < view->header->file_bytes) return 1;
    for (uint32_t i = layer; i-- > 0u;) {
        if (view->layers[i].output == tensor) return 1;
    }
    return 0;
}

#define REQUIRE_LAYER(condition, name, field)                                             \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            return eyeriss_refuse(view->fault, EYERISS_DRIVER_##name, index,              \
                                  EYERISS_LAYER_FIELD(view, index, field), layer->field); \
        }                                                                                 \
    } while (0)

static eyeriss_result check_layer(const eyeriss_image_view* view, uint32_t index) {
    const eyeriss_image_layer* layer = &view->layers[index];
    REQUIRE_LAYER(layer->op <= EYERISS_OP_RESHAPE, LAYER_OP, op);
    REQUIRE_LAYER(eyeriss_name_is_good(view, layer->name_offset), LAYER_NAME, name_offset);
    REQUIRE_LAYER(input_count_is_good(layer), LAYER_INPUT_COUNT, input_count);
    REQUIRE_LAYER(layer->output < view->header->tensor_count, LAYER_OUTPUT, output);
    for (uint32_t i = 0; i < layer->input_count; ++i) {
        REQUIRE_LAYER(layer->inputs[i] < view->header->tensor_count, LAYER_INPUT, inputs[i]);
        REQUIRE_LAYER(is_made_before(view, layer->inputs[i], index), LAYER_ORDER, inputs[i]);
        REQUIRE_LAYER(layer->inputs[i] != layer->output, LAYER_OUTPUT, output);
    }
    return layer->op == EYERISS_OP_ACCELERATOR ? eyeriss_check_descriptor(view, index)
                                               : eyeriss_check_core_layer(view, index);
}

eyeriss_result eyeriss_check_layers(const eyeriss_image_view* view) {
    for (uint32_t i = 0; i < view->header->layer_count; ++i) {
        const eyeriss_result result = check_layer(view, i);
        if (result != EYERISS_DRIVER_OK) return result;
    }
    return EYERISS_DRIVER_OK;
}

#define REQUIRE_DESCRIPTOR(condition, name, field)                                        \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            return eyeriss_refuse(view->fault, EYERISS_DRIVER_##name, index,              \
                                  offset + (uint32_t)offsetof(eyeriss_descriptor, field), \
                                  (uint32_t)descriptor->field);                           \
        }                                                                                 \
    } while (0)

static int is_same_tensor(const eyeriss_tensor_ref* ref, const eyeriss_image_tensor* tensor) {
    return ref->data_offset == tensor->data_offset && ref->unit_stride_bytes == tensor->unit_stride_bytes &&
           ref->channels == tensor->channels && ref->height == tensor->height &&
           ref->width == tensor->width && ref->block_channels == tensor->block_channels &&
           ref->format == tensor->format &&
           (ref->format != EYERISS_FORMAT_CSC || ref->table_offset == tensor->table_offset);
}

/* Weights and requantisers: read by the DMA, which checks their contents; here only that they are there. */
static eyeriss_result check_payload(const eyeriss_image_view* view, uint32_t index) {
    const uint32_t offset = view->layers[index].descriptor_offset;
    const uint32_t file_bytes = view->header->file_bytes;
    const eyeriss_descriptor* descriptor = (const eyeriss_descriptor*)(const void*)(view->bytes + offset);
    REQUIRE_DESCRIPTOR(descriptor->weight_table_offset % 4u == 0u &&
                           eyeriss_fits(descriptor->weight_table_offset, descriptor->weight_segments,
                                        sizeof(eyeriss_weight_segment), file_bytes),
                       DESCRIPTOR_WEIGHTS, weight_table_offset);
    const eyeriss_weight_segment* segments =
        (const eyeriss_weight_segment*)(const void*)(view->bytes + descriptor->weight_table_offset);
    for (uint32_t i = 0; i < descriptor->weight_segments; ++i) {
        if (!eyeriss_fits(segments[i].offset, segments[i].bytes, 1u, file_bytes)) {
            return eyeriss_refuse(view->fault, EYERISS_DRIVER_DESCRIPTOR_WEIGHTS, index,
                                  descriptor->weight_table_offset + i * (uint32_t)sizeof *segments,
                                  segments[i].offset);
        }
    }
    const uint64_t channels = (uint64_t)descriptor->groups * descriptor->m;
    REQUIRE_DESCRIPTOR(
        descriptor->requant_offset <= file_bytes && file_bytes - descriptor->requant_offset >= 4u &&
            eyeriss_fits(descriptor->requant_offset, channels, sizeof(eyeriss_requant), file_bytes - 4u),
        DESCRIPTOR_REQUANT, requant_offset);
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_check_descriptor(const eyeriss_image_view* view, uint32_t index) {
    const eyeriss_image_layer* layer = &view->layers[index];
    const uint32_t offset = layer->descriptor_offset;
    const uint32_t limit = view->header->payload_offset;
    const uint32_t after_crc = (uint32_t)offsetof(eyeriss_descriptor, crc32) + 4u;
    const uint32_t clusters = (view->geometry & 255u) * (view->geometry >> 8 & 255u);
    REQUIRE_LAYER(offset % 4u == 0u && eyeriss_fits(offset, 1u, sizeof(eyeriss_descriptor), limit),
                  LAYER_DESCRIPTOR, descriptor_offset);
    const eyeriss_descriptor* descriptor = (const eyeriss_descriptor*)(const void*)(view->bytes + offset);
    REQUIRE_DESCRIPTOR(descriptor->magic == EYERISS_DESC_MAGIC, DESCRIPTOR_MAGIC, magic);
    REQUIRE_DESCRIPTOR(descriptor->version == EYERISS_ABI_VERSION, DESCRIPTOR_VERSION, version);
    const uint64_t noc_bytes = (uint64_t)descriptor->noc_words_per_cluster * clusters * 4u;
    REQUIRE_DESCRIPTOR(descriptor->total_bytes == sizeof *descriptor + noc_bytes &&
                           descriptor->total_bytes <= limit - offset,
                       DESCRIPTOR_BYTES, total_bytes);
    REQUIRE_DESCRIPTOR(descriptor->crc32 == eyeriss_crc32(view->bytes + offset + after_crc,
                                                          descriptor->total_bytes - after_crc),
                       DESCRIPTOR_CRC, crc32);
    REQUIRE_DESCRIPTOR(descriptor->layer_index == index, DESCRIPTOR_LAYER, layer_index);
    REQUIRE_DESCRIPTOR(is_same_tensor(&descriptor->in, &view->tensors[layer->inputs[0]]), DESCRIPTOR_INPUT,
                       in.data_offset);
    REQUIRE_DESCRIPTOR(is_same_tensor(&descriptor->out, &view->tensors[layer->output]), DESCRIPTOR_OUTPUT,
                       out.data_offset);
    return check_payload(view, index);
}
