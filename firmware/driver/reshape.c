#include <stddef.h>

#include "firmware/driver/host_layers.h"

/* Walks the input in NCHW order; a unit stays decoded while the walk is in its rows. */
typedef struct reader {
    const eyeriss_map* map;
    eyeriss_row* row;
    uint32_t n, block, y; /* of the decoded unit */
    uint32_t held;        /* its channels; 0 before the first */
} reader;

static eyeriss_result value_at(reader* from, uint32_t index, uint8_t* value) {
    const eyeriss_map* map = from->map;
    const uint32_t x = index % map->width;
    const uint32_t y = index / map->width % map->height;
    const uint32_t plane = index / map->width / map->height;
    const uint32_t channel = plane % map->channels, n = plane / map->channels;
    const uint32_t block = channel / map->block_channels;
    if (from->held == 0u || from->n != n || from->block != block || from->y != y) {
        const eyeriss_result result = eyeriss_unit_read(map, n, block, y, from->row);
        if (result != EYERISS_DRIVER_OK) return result;
        from->n = n;
        from->block = block;
        from->y = y;
        from->held = eyeriss_block_channels(map, block);
    }
    *value = eyeriss_row_bytes(from->row)[x * from->held + (channel - block * map->block_channels)];
    return EYERISS_DRIVER_OK;
}

static eyeriss_result reshape_unit(reader* from, const eyeriss_map* out, uint32_t n, uint32_t block,
                                   uint32_t y, eyeriss_row* unit) {
    const uint32_t held = eyeriss_block_channels(out, block);
    uint8_t* values = eyeriss_row_bytes(unit);
    for (uint32_t c = 0; c < held; ++c) {
        const uint32_t channel = n * out->channels + block * out->block_channels + c;
        const uint32_t first = (channel * out->height + y) * out->width;
        for (uint32_t x = 0; x < out->width; ++x) {
            const eyeriss_result result = value_at(from, first + x, &values[(size_t)x * held + c]);
            if (result != EYERISS_DRIVER_OK) return result;
        }
    }
    eyeriss_unit_write(out, n, block, y, unit);
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_reshape(const eyeriss_map* in, const eyeriss_map* out, eyeriss_workspace* work) {
    reader from = {in, &work->input[0], 0u, 0u, 0u, 0u};
    for (uint32_t n = 0; n < out->batch; ++n) {
        for (uint32_t block = 0; block < out->blocks; ++block) {
            for (uint32_t y = 0; y < out->height; ++y) {
                const eyeriss_result result = reshape_unit(&from, out, n, block, y, &work->output);
                if (result != EYERISS_DRIVER_OK) return result;
            }
        }
    }
    return EYERISS_DRIVER_OK;
}
