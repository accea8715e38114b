/** @file
 * What can go wrong, by name. */
#ifndef EYERISS_DRIVER_ERRORS_H
#define EYERISS_DRIVER_ERRORS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Classes of error; run_network ends with the class as its exit code. */
enum eyeriss_error_class {
    EYERISS_CLASS_NONE = 0,
    EYERISS_CLASS_DEVICE = 1,   /**< no accelerator, or not one that this driver knows */
    EYERISS_CLASS_IMAGE = 2,    /**< the image's header, tensor table or layer table */
    EYERISS_CLASS_HARDWARE = 3, /**< the accelerator ended a layer with an error code */
    EYERISS_CLASS_TIMEOUT = 4,  /**< the accelerator did not answer */
    EYERISS_CLASS_DATA = 5, /**< a feature map that the core could not read, or that is not as it was made */
    EYERISS_CLASS_PROGRAM = 6 /**< the program's own doing: a run cancelled, or asked for what there is not */
};

/** X(NAME, class, text): every refusal; the text names the field and what would be right. */
#define EYERISS_DRIVER_ERRORS(X)                                                                            \
    X(OK, NONE, "no error")                                                                                 \
    X(NO_DEVICE, DEVICE, "register ID does not read as EYV2")                                               \
    X(DEVICE_VERSION, DEVICE, "register VERSION is not the version of this driver")                         \
    X(DEVICE_GEOMETRY, DEVICE, "register GEOMETRY has a dimension of 0")                                    \
    X(DEVICE_BUSY, DEVICE, "register STATUS says busy before a layer was started")                          \
    X(IMAGE_PLACE, IMAGE, "image does not lie at a multiple of 64 with room for a header")                  \
    X(IMAGE_MAGIC, IMAGE, "header.magic is not EVYI")                                                       \
    X(IMAGE_VERSION, IMAGE, "header.version is not the version of this driver")                             \
    X(IMAGE_HEADER_BYTES, IMAGE, "header.header_bytes is not the size of the header")                       \
    X(IMAGE_FILE_BYTES, IMAGE, "header.file_bytes is less than the header or more than memory_bytes")       \
    X(IMAGE_MEMORY_BYTES, IMAGE, "header.memory_bytes is more than the memory that there is")               \
    X(IMAGE_PAYLOAD_OFFSET, IMAGE, "header.payload_offset lies outside the file")                           \
    X(IMAGE_CRC, IMAGE, "header.header_crc32 is not that of the bytes before the payload")                  \
    X(IMAGE_TENSOR_COUNT, IMAGE, "header.tensor_count is 0 or more than fit before the payload")            \
    X(IMAGE_TENSOR_TABLE, IMAGE, "header.tensor_table_offset is not aligned or not before the payload")     \
    X(IMAGE_LAYER_COUNT, IMAGE, "header.layer_count is 0 or more than fit before the payload")              \
    X(IMAGE_LAYER_TABLE, IMAGE, "header.layer_table_offset is not aligned or not before the payload")       \
    X(IMAGE_INPUT_TENSOR, IMAGE, "header.input_tensor is not in the tensor table")                          \
    X(IMAGE_OUTPUT_TENSOR, IMAGE, "header.output_tensor is not in the tensor table")                        \
    X(IMAGE_NAME, IMAGE, "header.name_offset does not point to a terminated name before the payload")       \
    X(IMAGE_GEOMETRY, IMAGE, "header.geometry is not the accelerator's")                                    \
    X(IMAGE_PSUM_BITS, IMAGE, "header.psum_bits is not in 1..32")                                           \
    X(IMAGE_RESERVED, IMAGE, "header.reserved is not 0")                                                    \
    X(TENSOR_SHAPE, IMAGE, "tensor.batch, channels, height or width is not in 1..65535")                    \
    X(TENSOR_DTYPE, IMAGE, "tensor.dtype is unknown")                                                       \
    X(TENSOR_FORMAT, IMAGE, "tensor.format is unknown or does not suit dtype")                              \
    X(TENSOR_BLOCK_CHANNELS, IMAGE, "tensor.block_channels is 0 or gives units of more than 65535 values")  \
    X(TENSOR_UNIT_STRIDE, IMAGE, "tensor.unit_stride_bytes is no multiple of 4 or less than a unit")        \
    X(TENSOR_DATA_OFFSET, IMAGE, "tensor.data_offset is not aligned or the data pass memory_bytes")         \
    X(TENSOR_TABLE_OFFSET, IMAGE, "tensor.table_offset is not aligned or the table passes memory_bytes")    \
    X(TENSOR_ZERO_POINT, IMAGE, "tensor.zero_point is no value of dtype")                                   \
    X(LAYER_OP, IMAGE, "layer.op is unknown")                                                               \
    X(LAYER_NAME, IMAGE, "layer.name_offset does not point to a terminated name before the payload")        \
    X(LAYER_INPUT_COUNT, IMAGE, "layer.input_count does not suit op")                                       \
    X(LAYER_INPUT, IMAGE, "layer.inputs names a tensor that is not in the table")                           \
    X(LAYER_ORDER, IMAGE, "layer.inputs names a tensor that nothing before has made")                       \
    X(LAYER_OUTPUT, IMAGE, "layer.output names a tensor that is not in the table or is an input")           \
    X(LAYER_DESCRIPTOR, IMAGE, "layer.descriptor_offset is not aligned or not before the payload")          \
    X(LAYER_SHAPE, IMAGE, "the shapes of the layer's tensors do not suit op")                               \
    X(LAYER_DTYPE, IMAGE, "a tensor of a layer on the core is not 8 bits wide, or copied to another dtype") \
    X(LAYER_WIDTH, IMAGE, "a row of a tensor of a layer on the core is longer than the driver's memory")    \
    X(LAYER_POOL_WINDOW, IMAGE, "pool.kernel, stride or pad: 0, too large, or a window without a value")    \
    X(LAYER_POOL_SCALE, IMAGE, "pool.multiplier is below 0 or shift is too large")                          \
    X(LAYER_ADD_SHIFT, IMAGE, "add.shift is above 62")                                                      \
    X(LAYER_ADD_CLIP, IMAGE, "add.clip_low..clip_high is no range of the output's dtype")                   \
    X(LAYER_TABLE, IMAGE, "table.table_offset is not aligned or not before the payload")                    \
    X(LAYER_SOFTMAX_SCALE, IMAGE, "table.inverse_scale of a softmax is not in 1..65536")                    \
    X(DESCRIPTOR_MAGIC, IMAGE, "descriptor.magic is not EVYD")                                              \
    X(DESCRIPTOR_VERSION, IMAGE, "descriptor.version is not the version of this driver")                    \
    X(DESCRIPTOR_BYTES, IMAGE, "descriptor.total_bytes is not that of this machine or passes the payload")  \
    X(DESCRIPTOR_CRC, IMAGE, "descriptor.crc32 is not that of the bytes after it")                          \
    X(DESCRIPTOR_LAYER, IMAGE, "descriptor.layer_index is not the layer's place in the table")              \
    X(DESCRIPTOR_INPUT, IMAGE, "descriptor.in is not where the layer's input tensor lies")                  \
    X(DESCRIPTOR_OUTPUT, IMAGE, "descriptor.out is not where the layer's output tensor lies")               \
    X(DESCRIPTOR_WEIGHTS, IMAGE, "descriptor.weight_table_offset or a segment lies outside the file")       \
    X(DESCRIPTOR_REQUANT, IMAGE, "descriptor.requant_offset lies outside the file")                         \
    X(HARDWARE, HARDWARE, "the accelerator ended the layer with an error")                                  \
    X(TIMEOUT, TIMEOUT, "the accelerator did not end the layer in time")                                    \
    X(TENSOR_DATA, DATA, "a unit of a feature map does not decode")                                         \
    X(MAP_CHECKSUM, DATA, "a feature map is not what the layer before it made")                             \
    X(OUTPUT_DIFFERS, DATA, "a layer that ran twice did not give the same output twice")                    \
    X(RUN_LAYERS, PROGRAM, "the options of a run name layers that the network does not have")               \
    X(COUNTER, PROGRAM, "the accelerator has no such performance counter")                                  \
    X(CANCELLED, PROGRAM, "the run was cancelled")

#define EYERISS_DRIVER_ENUM_(name, class, text) EYERISS_DRIVER_##name,
/** Result of every driver function that can fail. */
typedef enum eyeriss_result {
    EYERISS_DRIVER_ERRORS(EYERISS_DRIVER_ENUM_) EYERISS_DRIVER_RESULTS
} eyeriss_result;
#undef EYERISS_DRIVER_ENUM_

/** Stands for "no tensor or layer in particular". */
#define EYERISS_NO_INDEX 0xffffffffu

/** A failure with its place. */
typedef struct eyeriss_fault {
    eyeriss_result result; /**< EYERISS_DRIVER_OK: none */
    uint32_t index;        /**< tensor or layer that it concerns, or EYERISS_NO_INDEX */
    uint32_t offset; /**< byte offset of the field from the start of the image; of the register for a device
                        fault; ERROR_INFO for EYERISS_DRIVER_HARDWARE */
    uint32_t found;  /**< what was read there; ERROR_CODE for EYERISS_DRIVER_HARDWARE */
} eyeriss_fault;

/** A sentence that names the field and what would be right. Never null. */
const char* eyeriss_result_text(eyeriss_result result);
/** The result's name without EYERISS_DRIVER_, e.g. "TIMEOUT". Never null. */
const char* eyeriss_result_name(eyeriss_result result);
/** The class of a result. */
enum eyeriss_error_class eyeriss_result_class(eyeriss_result result);
/** What a value of register ERROR_CODE means (EYERISS_ERRORS in models/abi/registers.h). Never null. */
const char* eyeriss_hardware_text(uint32_t error_code);
/** What ERROR_INFO holds with that value. Never null. */
const char* eyeriss_hardware_info(uint32_t error_code);

#ifdef __cplusplus
}
#endif

#endif
