#include "firmware/driver/maps.h"

#include <stddef.h>

#include "firmware/driver/checksum.h"
#include "firmware/driver/words.h"

/* A place in a map's order of units: block, then row. */
typedef struct unit_place {
    uint32_t block, y;
    uint32_t first;  /* channel */
    uint32_t held;   /* channels */
    uint32_t values; /* held * width */
    uint8_t* slot;
    uint8_t* entry; /* of the table, or null */
} unit_place;

static uint32_t units_of(const eyeriss_map* map) {
    return map->blocks * map->height;
}

static unit_place unit_at(const eyeriss_map* map, uint32_t n, uint32_t unit) {
    unit_place at;
    const size_t index = (size_t)n * units_of(map) + unit;
    at.block = unit / map->height;
    at.y = unit % map->height;
    at.first = at.block * map->block_channels;
    at.held = eyeriss_block_channels(map, at.block);
    at.values = at.held * map->width;
    at.slot = map->data + index * map->unit_stride_bytes;
    at.entry = map->table != NULL ? map->table + index * 2u : NULL;
    return at;
}

static uint32_t pairs_of(const unit_place* at) {
    return at->entry[0] | (uint32_t)at->entry[1] << 8;
}

/* The values of a unit, one after the other. */
typedef struct unit_reader {
    const uint8_t* slot;
    uint32_t format;
    uint32_t pairs; /* not yet begun */
    uint32_t pair;  /* index of the next one */
    uint32_t zeros; /* before `value` */
    uint32_t value;
    uint32_t holds; /* a value waits behind the zeros */
} unit_reader;

static void next_pair(unit_reader* reader) {
    reader->holds = reader->pairs != 0u;
    if (reader->pairs == 0u) return;
    const uint8_t* bytes = reader->slot + (size_t)(reader->pair / 2u) * 3u;
    const uint32_t pair = reader->pair % 2u == 0u ? bytes[0] | (bytes[1] & 15u) << 8
                                                  : (uint32_t)(bytes[1] >> 4) | (uint32_t)bytes[2] << 4;
    ++reader->pair;
    --reader->pairs;
    reader->zeros = pair & 15u;
    reader->value = pair >> 4;
}

static unit_reader open_unit(const eyeriss_map* map, const unit_place* at) {
    unit_reader reader = {at->slot, map->format, 0u, 0u, 0u, 0u, 0u};
    if (at->entry != NULL) {
        reader.pairs = pairs_of(at);
        next_pair(&reader);
    }
    return reader;
}

static uint32_t next_value(unit_reader* reader) {
    if (reader->format == EYERISS_FORMAT_RAW8) return reader->slot[reader->pair++];
    if (reader->format == EYERISS_FORMAT_RAW32) return eyeriss_words(reader->slot)[reader->pair++];
    if (reader->holds == 0u) return 0u;
    if (reader->zeros != 0u) {
        --reader->zeros;
        return 0u;
    }
    const uint32_t value = reader->value;
    next_pair(reader);
    return value;
}

/* Writes the values of a unit, one after the other. */
typedef struct unit_writer {
    uint8_t* slot;
    uint32_t format;
    uint32_t pairs; /* or raw values */
    uint32_t zeros; /* not yet written */
} unit_writer;

static void put_pair(unit_writer* writer, uint32_t pair) {
    uint8_t* bytes = writer->slot + (size_t)(writer->pairs / 2u) * 3u;
    if (writer->pairs++ % 2u == 0u) {
        bytes[0] = (uint8_t)pair;
        bytes[1] = (uint8_t)(pair >> 8);
    } else {
        bytes[1] = (uint8_t)(bytes[1] | (pair & 15u) << 4);
        bytes[2] = (uint8_t)(pair >> 4);
    }
}

static void put_value(unit_writer* writer, uint32_t value) {
    if (writer->format == EYERISS_FORMAT_RAW8) {
        writer->slot[writer->pairs++] = (uint8_t)value;
    } else if (writer->format == EYERISS_FORMAT_RAW32) {
        ((uint32_t*)(void*)writer->slot)[writer->pairs++] = value;
    } else if (value == 0u) {
        ++writer->zeros;
    } else {
        for (; writer->zeros > 15u; writer->zeros -= 16u) put_pair(writer, 15u);
        put_pair(writer, writer->zeros | value << 4);
        writer->zeros = 0u;
    }
}

static uint32_t load_value(const eyeriss_map* map, const void* values, size_t i) {
    return map->dtype == EYERISS_DTYPE_I32 ? ((const uint32_t*)values)[i] : ((const uint8_t*)values)[i];
}

static void store_value(const eyeriss_map* map, void* values, size_t i, uint32_t value) {
    if (map->dtype == EYERISS_DTYPE_I32) {
        ((uint32_t*)values)[i] = value;
    } else {
        ((uint8_t*)values)[i] = (uint8_t)value;
    }
}

/* Place in C,H,W order of channel i of a unit at column x. */
static uint32_t place_of(const eyeriss_map* map, const unit_place* at, uint32_t i, uint32_t x) {
    return ((at->first + i) * map->height + at->y) * map->width + x;
}

uint32_t eyeriss_map_values(const eyeriss_map* map) {
    return map->channels * map->height * map->width;
}

uint32_t eyeriss_map_bytes(const eyeriss_map* map) {
    return eyeriss_map_values(map) * (map->dtype == EYERISS_DTYPE_I32 ? 4u : 1u);
}

void eyeriss_map_write(const eyeriss_map* map, uint32_t n, const void* values) {
    for (uint32_t unit = 0; unit < units_of(map); ++unit) {
        const unit_place at = unit_at(map, n, unit);
        unit_writer writer = {at.slot, map->format, 0u, 0u};
        for (uint32_t x = 0; x < map->width; ++x) {
            for (uint32_t i = 0; i < at.held; ++i) {
                put_value(&writer, load_value(map, values, place_of(map, &at, i, x)));
            }
        }
        if (at.entry == NULL) continue;
        at.entry[0] = (uint8_t)writer.pairs;
        at.entry[1] = (uint8_t)(writer.pairs >> 8);
    }
}

/* A visitor takes each value with its place in C,H,W order. */
typedef void (*visitor)(const eyeriss_map* map, void* context, uint32_t place, uint32_t value);

/* Inlined with its visitor: a call for each value of a large map is most of what looking through it costs. */
static inline __attribute__((always_inline)) eyeriss_result visit(const eyeriss_map* map, uint32_t n,
                                                                  visitor take, void* context) {
    for (uint32_t unit = 0; unit < units_of(map); ++unit) {
        const unit_place at = unit_at(map, n, unit);
        if (at.entry != NULL && pairs_of(&at) > at.values) return EYERISS_DRIVER_TENSOR_DATA;
        unit_reader reader = open_unit(map, &at);
        const uint32_t channel_step = map->height * map->width;
        for (uint32_t x = 0; x < map->width; ++x) {
            uint32_t place = place_of(map, &at, 0u, x);
            for (uint32_t i = 0; i < at.held; ++i, place += channel_step) {
                take(map, context, place, next_value(&reader));
            }
        }
        if (reader.holds != 0u) return EYERISS_DRIVER_TENSOR_DATA;
    }
    return EYERISS_DRIVER_OK;
}

static inline void keep_value(const eyeriss_map* map, void* values, uint32_t place, uint32_t value) {
    store_value(map, values, place, value);
}

eyeriss_result eyeriss_map_read(const eyeriss_map* map, uint32_t n, void* values) {
    return visit(map, n, keep_value, values);
}

typedef struct maximum {
    uint32_t place;
    int32_t value;
} maximum;

static inline void keep_maximum(const eyeriss_map* map, void* context, uint32_t place, uint32_t bits) {
    maximum* best = context;
    const int32_t value = map->dtype == EYERISS_DTYPE_I8 ? (int32_t)(int8_t)bits : (int32_t)bits;
    const int first = best->place == EYERISS_NO_INDEX;
    if (first || value > best->value || (value == best->value && place < best->place)) {
        best->value = value;
        best->place = place;
    }
}

eyeriss_result eyeriss_map_argmax(const eyeriss_map* map, uint32_t n, uint32_t* index, int32_t* value) {
    maximum best = {EYERISS_NO_INDEX, 0};
    const eyeriss_result result = visit(map, n, keep_maximum, &best);
    *index = best.place;
    *value = best.value;
    return result;
}

static uint32_t stored_bytes(const eyeriss_map* map, const unit_place* at) {
    if (at->entry == NULL) return map->format == EYERISS_FORMAT_RAW32 ? at->values * 4u : at->values;
    const uint32_t pairs = pairs_of(at) < at->values ? pairs_of(at) : at->values;
    return (3u * pairs + 1u) / 2u;
}

uint32_t eyeriss_map_checksum(const eyeriss_map* map) {
    uint32_t crc = EYERISS_CRC32_START;
    for (uint32_t n = 0; n < map->batch; ++n) {
        for (uint32_t unit = 0; unit < units_of(map); ++unit) {
            const unit_place at = unit_at(map, n, unit);
            if (at.entry != NULL) crc = eyeriss_crc32_add(crc, at.entry, 2u);
            crc = eyeriss_crc32_add(crc, at.slot, stored_bytes(map, &at));
        }
    }
    return ~crc;
}
