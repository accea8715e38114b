#include <stddef.h>
#include <string.h>

#include "firmware/driver/host_layers.h"
#include "firmware/driver/words.h"

/* One input among the channels of the output. */
typedef struct part {
    const eyeriss_map* map;
    const uint8_t* table; /* null: copied as it is */
    uint32_t first;       /* its first channel in the output */
} part;

/* True when a unit of the output is one of the input, as it lies: same format, same channels. */
static int unit_is_shared(const part* from, const eyeriss_map* out, uint32_t block) {
    const eyeriss_map* map = from->map;
    const uint32_t begin = block * out->block_channels;
    const uint32_t held = eyeriss_block_channels(out, block);
    if (from->table != NULL || map->format != out->format || begin < from->first) return 0;
    const uint32_t inner = begin - from->first;
    return inner % map->block_channels == 0u && inner < map->channels &&
           eyeriss_block_channels(map, inner / map->block_channels) == held;
}

/* Copies all rows of a shared unit, stored bytes and pair counts. */
static eyeriss_result copy_units(const part* from, const eyeriss_map* out, uint32_t n, uint32_t block) {
    const eyeriss_map* map = from->map;
    const uint32_t inner = (block * out->block_channels - from->first) / map->block_channels;
    const size_t source = (size_t)(n * map->blocks + inner) * map->height;
    const size_t target = (size_t)(n * out->blocks + block) * out->height;
    const uint32_t values = eyeriss_block_channels(out, block) * out->width;
    for (size_t y = 0; y < out->height; ++y) {
        uint32_t bytes = values;
        if (out->format == EYERISS_FORMAT_CSC) {
            const uint8_t* entry = map->table + (source + y) * 2u;
            const uint32_t pairs = entry[0] | ((uint32_t)entry[1] << 8);
            if (pairs > values) return EYERISS_DRIVER_TENSOR_DATA;
            memcpy(out->table + (target + y) * 2u, entry, 2);
            bytes = (pairs * 3u + 1u) / 2u;
        }
        uint8_t* slot = out->data + (target + y) * out->unit_stride_bytes;
        eyeriss_copy_padded((uint32_t*)(void*)slot,
                            eyeriss_words(map->data + (source + y) * map->unit_stride_bytes), bytes);
    }
    return EYERISS_DRIVER_OK;
}

/* Channels begin..end-1 of the output, which lie in one input, into their places of the output row. */
static eyeriss_result gather(const part* from, const eyeriss_map* out, uint32_t n, uint32_t block, uint32_t y,
                             uint32_t begin, uint32_t end, eyeriss_workspace* work) {
    const uint32_t first = block * out->block_channels;
    const uint32_t held = eyeriss_block_channels(out, block);
    const uint32_t take = end - begin;
    const eyeriss_result result =
        eyeriss_row_read(from->map, n, y, begin - from->first, take, &work->input[0], &work->unit);
    if (result != EYERISS_DRIVER_OK) return result;
    const uint8_t* source = eyeriss_row_bytes(&work->input[0]);
    uint8_t* target = eyeriss_row_bytes(&work->output) + (begin - first);
    for (uint32_t x = 0; x < out->width; ++x, source += take, target += held) {
        if (from->table == NULL) {
            memcpy(target, source, take);
        } else {
            for (uint32_t i = 0; i < take; ++i) target[i] = from->table[source[i]];
        }
    }
    return EYERISS_DRIVER_OK;
}

static eyeriss_result join_row(const part* parts, uint32_t count, const eyeriss_map* out, uint32_t n,
                               uint32_t block, uint32_t y, eyeriss_workspace* work) {
    const uint32_t first = block * out->block_channels;
    const uint32_t last = first + eyeriss_block_channels(out, block);
    for (uint32_t i = 0; i < count; ++i) {
        const uint32_t end_of_part = parts[i].first + parts[i].map->channels;
        const uint32_t begin = parts[i].first > first ? parts[i].first : first;
        const uint32_t end = end_of_part < last ? end_of_part : last;
        if (begin >= end) continue;
        const eyeriss_result result = gather(&parts[i], out, n, block, y, begin, end, work);
        if (result != EYERISS_DRIVER_OK) return result;
    }
    eyeriss_unit_write(out, n, block, y, &work->output);
    return EYERISS_DRIVER_OK;
}

static eyeriss_result join_block(const part* parts, uint32_t count, const eyeriss_map* out, uint32_t n,
                                 uint32_t block, eyeriss_workspace* work) {
    for (uint32_t i = 0; i < count; ++i) {
        if (unit_is_shared(&parts[i], out, block)) return copy_units(&parts[i], out, n, block);
    }
    for (uint32_t y = 0; y < out->height; ++y) {
        const eyeriss_result result = join_row(parts, count, out, n, block, y, work);
        if (result != EYERISS_DRIVER_OK) return result;
    }
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_concat(const eyeriss_map* inputs, uint32_t count, const eyeriss_map* out,
                              const uint8_t* tables, uint32_t identity, eyeriss_workspace* work) {
    part parts[EYERISS_MAX_INPUTS];
    uint32_t first = 0;
    for (uint32_t i = 0; i < count; ++i) {
        parts[i].map = &inputs[i];
        parts[i].table = (identity >> i & 1u) != 0u ? NULL : tables + 256u * (size_t)i;
        parts[i].first = first;
        first += inputs[i].channels;
    }
    for (uint32_t n = 0; n < out->batch; ++n) {
        for (uint32_t block = 0; block < out->blocks; ++block) {
            const eyeriss_result result = join_block(parts, count, out, n, block, work);
            if (result != EYERISS_DRIVER_OK) return result;
        }
    }
    return EYERISS_DRIVER_OK;
}
