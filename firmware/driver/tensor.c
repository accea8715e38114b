#include "firmware/driver/tensor.h"

#include <stddef.h>
#include <string.h>

#include "firmware/driver/words.h"

eyeriss_map eyeriss_map_of(const eyeriss_image_tensor* tensor, uint8_t* image) {
    eyeriss_map map;
    map.data = image + tensor->data_offset;
    map.table = tensor->format == EYERISS_FORMAT_CSC ? image + tensor->table_offset : NULL;
    map.batch = tensor->batch;
    map.channels = tensor->channels;
    map.height = tensor->height;
    map.width = tensor->width;
    map.block_channels = tensor->block_channels;
    map.blocks = (tensor->channels + tensor->block_channels - 1u) / tensor->block_channels;
    map.unit_stride_bytes = tensor->unit_stride_bytes;
    map.format = tensor->format;
    map.dtype = tensor->dtype;
    map.zero_point = tensor->zero_point;
    map.scale_bits = tensor->scale_bits;
    return map;
}

uint32_t eyeriss_block_channels(const eyeriss_map* map, uint32_t block) {
    const uint32_t rest = map->channels - block * map->block_channels;
    return rest < map->block_channels ? rest : map->block_channels;
}

static inline uint8_t* put_pair(uint8_t* next, uint32_t pair) {
    next += pair & 15u;
    *next = (uint8_t)(pair >> 4);
    return next + 1;
}

int eyeriss_decode_pairs(const uint8_t* packed, uint32_t pairs, uint8_t* values, uint32_t count) {
    const uint32_t* words = eyeriss_words(packed);
    const uint8_t* const end = values + count;
    uint8_t* next = values;
    eyeriss_clear_words((uint32_t*)(void*)values, eyeriss_words_for(count));
    for (; pairs >= 8u; pairs -= 8u, words += 3) {
        const uint32_t a = words[0], b = words[1], c = words[2];
        next = put_pair(next, a);
        next = put_pair(next, a >> 12);
        next = put_pair(next, (a >> 24) | ((b & 15u) << 8));
        next = put_pair(next, b >> 4);
        next = put_pair(next, b >> 16);
        next = put_pair(next, (b >> 28) | ((c & 255u) << 4));
        next = put_pair(next, c >> 8);
        next = put_pair(next, c >> 20);
        if (next > end) return 1;
    }
    const uint8_t* rest = (const uint8_t*)words;
    for (; pairs >= 2u; pairs -= 2u, rest += 3) {
        next = put_pair(next, rest[0] | ((rest[1] & 15u) << 8));
        next = put_pair(next, (rest[1] >> 4) | ((uint32_t)rest[2] << 4));
    }
    if (pairs != 0u) next = put_pair(next, rest[0] | ((rest[1] & 15u) << 8));
    return next > end;
}

/* Where pairs are written: two of them fill three bytes. */
typedef struct pair_writer {
    uint8_t* next;
    uint32_t held;
    uint32_t count;
} pair_writer;

static inline void write_pair(pair_writer* writer, uint32_t pair) {
    if ((writer->count++ & 1u) == 0u) {
        writer->held = pair;
        return;
    }
    writer->next[0] = (uint8_t)writer->held;
    writer->next[1] = (uint8_t)((writer->held >> 8) | (pair << 4));
    writer->next[2] = (uint8_t)(pair >> 4);
    writer->next += 3;
}

uint32_t eyeriss_encode_pairs(const uint8_t* values, uint32_t count, uint8_t* packed) {
    const uint32_t* words = eyeriss_words(values);
    pair_writer writer = {packed, 0u, 0u};
    uint32_t next = 0; /* the first value that no pair covers yet */
    for (uint32_t at = 0; at < count; at += 4u) {
        uint32_t word = *words++;
        if (count - at < 4u) word &= (1u << (8u * (count - at))) - 1u;
        for (uint32_t i = at; word != 0u; ++i, word >>= 8) {
            const uint32_t value = word & 255u;
            if (value == 0u) continue;
            uint32_t zeros = i - next;
            for (; zeros > 15u; zeros -= 16u) write_pair(&writer, 15u);
            write_pair(&writer, zeros | (value << 4));
            next = i + 1u;
        }
    }
    if ((writer.count & 1u) != 0u) {
        writer.next[0] = (uint8_t)writer.held;
        writer.next[1] = (uint8_t)(writer.held >> 8);
    }
    return writer.count;
}

static uint32_t unit_index(const eyeriss_map* map, uint32_t n, uint32_t block, uint32_t y) {
    return (n * map->blocks + block) * map->height + y;
}

eyeriss_result eyeriss_unit_read(const eyeriss_map* map, uint32_t n, uint32_t block, uint32_t y,
                                 eyeriss_row* row) {
    const uint32_t index = unit_index(map, n, block, y);
    const uint32_t count = eyeriss_block_channels(map, block) * map->width;
    const uint8_t* slot = map->data + (size_t)index * map->unit_stride_bytes;
    uint8_t* values = eyeriss_row_bytes(row);
    if (map->format == EYERISS_FORMAT_RAW8) {
        eyeriss_copy_padded(row->words, eyeriss_words(slot), count);
        return EYERISS_DRIVER_OK;
    }
    const uint8_t* entry = map->table + (size_t)index * 2u;
    const uint32_t pairs = entry[0] | ((uint32_t)entry[1] << 8);
    if (pairs > count || eyeriss_decode_pairs(slot, pairs, values, count) != 0) {
        return EYERISS_DRIVER_TENSOR_DATA;
    }
    return EYERISS_DRIVER_OK;
}

void eyeriss_unit_write(const eyeriss_map* map, uint32_t n, uint32_t block, uint32_t y,
                        const eyeriss_row* row) {
    const uint32_t index = unit_index(map, n, block, y);
    const uint32_t count = eyeriss_block_channels(map, block) * map->width;
    uint8_t* slot = map->data + (size_t)index * map->unit_stride_bytes;
    const uint8_t* values = (const uint8_t*)row->words;
    if (map->format == EYERISS_FORMAT_RAW8) {
        eyeriss_copy_padded((uint32_t*)(void*)slot, row->words, count);
        return;
    }
    const uint32_t pairs = eyeriss_encode_pairs(values, count, slot);
    uint8_t* entry = map->table + (size_t)index * 2u;
    entry[0] = (uint8_t)pairs;
    entry[1] = (uint8_t)(pairs >> 8);
}

/* `take` bytes at each x from one row into another. */
typedef struct group_copy {
    const uint8_t* from;
    uint32_t from_step;
    uint8_t* to;
    uint32_t to_step;
    uint32_t take;
} group_copy;

static void copy_groups(const group_copy* copy, uint32_t width) {
    const uint8_t* from = copy->from;
    uint8_t* to = copy->to;
    const uintptr_t alignment =
        (uintptr_t)from | (uintptr_t)to | copy->from_step | copy->to_step | copy->take;
    for (uint32_t x = 0; x < width; ++x, from += copy->from_step, to += copy->to_step) {
        if (alignment % 4u == 0u) {
            eyeriss_copy_words((uint32_t*)(void*)to, eyeriss_words(from), copy->take / 4u);
        } else {
            memcpy(to, from, copy->take);
        }
    }
}

eyeriss_result eyeriss_row_read(const eyeriss_map* map, uint32_t n, uint32_t y, uint32_t first,
                                uint32_t count, eyeriss_row* row, eyeriss_row* unit) {
    uint8_t* values = eyeriss_row_bytes(row);
    uint32_t done = 0;
    while (done < count) {
        const uint32_t block = (first + done) / map->block_channels;
        const uint32_t skip = first + done - block * map->block_channels;
        const uint32_t held = eyeriss_block_channels(map, block);
        const uint32_t rest = count - done;
        const uint32_t take = held - skip < rest ? held - skip : rest;
        if (take == held && take == count) return eyeriss_unit_read(map, n, block, y, row);
        const eyeriss_result result = eyeriss_unit_read(map, n, block, y, unit);
        if (result != EYERISS_DRIVER_OK) return result;
        const group_copy copy = {eyeriss_row_bytes(unit) + skip, held, values + done, count, take};
        copy_groups(&copy, map->width);
        done += take;
    }
    return EYERISS_DRIVER_OK;
}
