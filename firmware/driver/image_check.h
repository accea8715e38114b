/* Checks of an image before anything is run. Internal to the driver; see eyeriss_network_open. */
#ifndef EYERISS_DRIVER_IMAGE_CHECK_H
#define EYERISS_DRIVER_IMAGE_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "firmware/driver/eyeriss.h"
#include "models/abi/image.h"

/** An image under examination. */
typedef struct eyeriss_image_view {
    const uint8_t* bytes;
    uint32_t geometry; /**< of the machine */
    const eyeriss_image_header* header;
    const eyeriss_image_tensor* tensors;
    const eyeriss_image_layer* layers;
    eyeriss_fault* fault;
} eyeriss_image_view;

/** Notes a failure and returns its result. */
static inline eyeriss_result eyeriss_refuse(eyeriss_fault* fault, eyeriss_result result, uint32_t index,
                                            uint32_t offset, uint32_t found) {
    fault->result = result;
    fault->index = index;
    fault->offset = offset;
    fault->found = found;
    return result;
}

/** Magic, version and sizes: enough to know how much memory the image claims. */
eyeriss_result eyeriss_check_sizes(const eyeriss_image_view* view);
/** Checksum and the rest of the header; memory_bytes of the image must be readable. */
eyeriss_result eyeriss_check_header(const eyeriss_image_view* view);
/** Sizes, checksum and header of an image that was opened, once more. */
eyeriss_result eyeriss_network_recheck(const eyeriss_network* network);
/** Every entry of the tensor table. */
eyeriss_result eyeriss_check_tensors(const eyeriss_image_view* view);
/** Every entry of the layer table with its parameters and descriptor. */
eyeriss_result eyeriss_check_layers(const eyeriss_image_view* view);
/** One accelerator layer's descriptor. */
eyeriss_result eyeriss_check_descriptor(const eyeriss_image_view* view, uint32_t layer);
/** Shapes, widths and parameters of one layer on the core. */
eyeriss_result eyeriss_check_core_layer(const eyeriss_image_view* view, uint32_t layer);

/** True when `count` entries of `bytes` each, from `offset` on, end at or before `limit`. */
static inline int eyeriss_fits(uint32_t offset, uint64_t count, uint32_t bytes, uint32_t limit) {
    return offset <= limit && count <= (limit - offset) / bytes;
}
/** True when a terminated name starts at `offset` and ends before the payload. */
int eyeriss_name_is_good(const eyeriss_image_view* view, uint32_t offset);

/** Byte offset of a field of entry `index` of the layer table. */
#define EYERISS_LAYER_FIELD(view, index, field)                                             \
    ((view)->header->layer_table_offset + (index) * (uint32_t)sizeof(eyeriss_image_layer) + \
     (uint32_t)offsetof(eyeriss_image_layer, field))

#endif
