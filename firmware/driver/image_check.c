#include "firmware/driver/image_check.h"

#include "firmware/driver/checksum.h"

#define HEADER_FIELD(field) ((uint32_t)offsetof(eyeriss_image_header, field))

/* One condition of the header a line: what must hold, or the refusal with field and value. */
#define REQUIRE_HEADER(condition, name, field)                                                               \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            return eyeriss_refuse(view->fault, EYERISS_DRIVER_##name, EYERISS_NO_INDEX, HEADER_FIELD(field), \
                                  (uint32_t)header->field);                                                  \
        }                                                                                                    \
    } while (0)

int eyeriss_name_is_good(const eyeriss_image_view* view, uint32_t offset) {
    for (uint32_t i = offset; i < view->header->payload_offset; ++i) {
        if (view->bytes[i] == 0u) return 1;
    }
    return 0;
}

eyeriss_result eyeriss_check_sizes(const eyeriss_image_view* view) {
    const eyeriss_image_header* header = view->header;
    REQUIRE_HEADER(header->magic == EYERISS_IMAGE_MAGIC, IMAGE_MAGIC, magic);
    REQUIRE_HEADER(header->version == EYERISS_IMAGE_VERSION, IMAGE_VERSION, version);
    REQUIRE_HEADER(header->header_bytes == sizeof *header, IMAGE_HEADER_BYTES, header_bytes);
    REQUIRE_HEADER(header->file_bytes >= sizeof *header && header->file_bytes <= header->memory_bytes,
                   IMAGE_FILE_BYTES, file_bytes);
    REQUIRE_HEADER(header->payload_offset >= sizeof *header && header->payload_offset <= header->file_bytes,
                   IMAGE_PAYLOAD_OFFSET, payload_offset);
    return EYERISS_DRIVER_OK;
}

/* A table of 4-byte aligned entries between the header and the payload. */
static int table_starts_well(const eyeriss_image_header* header, uint32_t offset) {
    return offset % 4u == 0u && offset >= sizeof *header && offset < header->payload_offset;
}

eyeriss_result eyeriss_check_header(const eyeriss_image_view* view) {
    const eyeriss_image_header* header = view->header;
    const uint32_t covered = HEADER_FIELD(header_crc32) + 4u;
    const uint32_t crc = eyeriss_crc32(view->bytes + covered, header->payload_offset - covered);
    REQUIRE_HEADER(crc == header->header_crc32, IMAGE_CRC, header_crc32);
    REQUIRE_HEADER(table_starts_well(header, header->tensor_table_offset), IMAGE_TENSOR_TABLE,
                   tensor_table_offset);
    REQUIRE_HEADER(
        header->tensor_count != 0u && eyeriss_fits(header->tensor_table_offset, header->tensor_count,
                                                   sizeof(eyeriss_image_tensor), header->payload_offset),
        IMAGE_TENSOR_COUNT, tensor_count);
    REQUIRE_HEADER(table_starts_well(header, header->layer_table_offset), IMAGE_LAYER_TABLE,
                   layer_table_offset);
    REQUIRE_HEADER(
        header->layer_count != 0u && eyeriss_fits(header->layer_table_offset, header->layer_count,
                                                  sizeof(eyeriss_image_layer), header->payload_offset),
        IMAGE_LAYER_COUNT, layer_count);
    REQUIRE_HEADER(header->input_tensor < header->tensor_count, IMAGE_INPUT_TENSOR, input_tensor);
    REQUIRE_HEADER(header->output_tensor < header->tensor_count, IMAGE_OUTPUT_TENSOR, output_tensor);
    REQUIRE_HEADER(eyeriss_name_is_good(view, header->name_offset), IMAGE_NAME, name_offset);
    REQUIRE_HEADER(header->geometry == view->geometry, IMAGE_GEOMETRY, geometry);
    REQUIRE_HEADER(header->psum_bits >= 1u && header->psum_bits <= 32u, IMAGE_PSUM_BITS, psum_bits);
    for (uint32_t i = 0; i < sizeof header->reserved / sizeof header->reserved[0]; ++i) {
        REQUIRE_HEADER(header->reserved[i] == 0u, IMAGE_RESERVED, reserved[i]);
    }
    return EYERISS_DRIVER_OK;
}

static int dimension_is_good(uint32_t size) {
    return size >= 1u && size <= EYERISS_MAX_DIM;
}

static int zero_point_is_good(const eyeriss_image_tensor* tensor) {
    if (tensor->dtype == EYERISS_DTYPE_U8) return tensor->zero_point >= 0 && tensor->zero_point <= 255;
    if (tensor->dtype == EYERISS_DTYPE_I8) return tensor->zero_point >= -128 && tensor->zero_point <= 127;
    return 1;
}

static uint32_t unit_bytes(const eyeriss_image_tensor* tensor, uint32_t values) {
    if (tensor->format == EYERISS_FORMAT_CSC) return (3u * values + 1u) / 2u;
    return tensor->format == EYERISS_FORMAT_RAW32 ? 4u * values : values;
}

#define REQUIRE_TENSOR(condition, name, field)                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            return eyeriss_refuse(view->fault, EYERISS_DRIVER_##name, index,                       \
                                  header->tensor_table_offset + index * (uint32_t)sizeof *tensor + \
                                      (uint32_t)offsetof(eyeriss_image_tensor, field),             \
                                  (uint32_t)tensor->field);                                        \
        }                                                                                          \
    } while (0)

static eyeriss_result check_tensor(const eyeriss_image_view* view, uint32_t index) {
    const eyeriss_image_header* header = view->header;
    const eyeriss_image_tensor* tensor = &view->tensors[index];
    REQUIRE_TENSOR(dimension_is_good(tensor->batch), TENSOR_SHAPE, batch);
    REQUIRE_TENSOR(dimension_is_good(tensor->channels), TENSOR_SHAPE, channels);
    REQUIRE_TENSOR(dimension_is_good(tensor->height), TENSOR_SHAPE, height);
    REQUIRE_TENSOR(dimension_is_good(tensor->width), TENSOR_SHAPE, width);
    REQUIRE_TENSOR(tensor->dtype <= EYERISS_DTYPE_I32, TENSOR_DTYPE, dtype);
    REQUIRE_TENSOR(tensor->format <= EYERISS_FORMAT_RAW32 &&
                       (tensor->format == EYERISS_FORMAT_RAW32) == (tensor->dtype == EYERISS_DTYPE_I32),
                   TENSOR_FORMAT, format);
    const uint32_t block =
        tensor->block_channels < tensor->channels ? tensor->block_channels : tensor->channels;
    REQUIRE_TENSOR(block != 0u && block <= 65535u / tensor->width, TENSOR_BLOCK_CHANNELS, block_channels);
    REQUIRE_TENSOR(tensor->unit_stride_bytes % 4u == 0u &&
                       tensor->unit_stride_bytes >= unit_bytes(tensor, block * tensor->width),
                   TENSOR_UNIT_STRIDE, unit_stride_bytes);
    const uint32_t blocks = (tensor->channels + block - 1u) / block;
    const uint64_t units = (uint64_t)tensor->batch * blocks * tensor->height;
    REQUIRE_TENSOR(
        tensor->data_offset % 4u == 0u && tensor->data_offset >= header->payload_offset &&
            eyeriss_fits(tensor->data_offset, units, tensor->unit_stride_bytes, header->memory_bytes),
        TENSOR_DATA_OFFSET, data_offset);
    REQUIRE_TENSOR(tensor->format != EYERISS_FORMAT_CSC ||
                       (tensor->table_offset % 4u == 0u && tensor->table_offset >= header->payload_offset &&
                        eyeriss_fits(tensor->table_offset, units, 2u, header->memory_bytes)),
                   TENSOR_TABLE_OFFSET, table_offset);
    REQUIRE_TENSOR(zero_point_is_good(tensor), TENSOR_ZERO_POINT, zero_point);
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_check_tensors(const eyeriss_image_view* view) {
    for (uint32_t i = 0; i < view->header->tensor_count; ++i) {
        const eyeriss_result result = check_tensor(view, i);
        if (result != EYERISS_DRIVER_OK) return result;
    }
    return EYERISS_DRIVER_OK;
}
