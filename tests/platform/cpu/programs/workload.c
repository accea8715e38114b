#include "workload.h"

#include <string.h>

enum { ITEMS = 256, SIDE = 12 };

static uint32_t next_random(uint32_t* state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static uint32_t mix(uint32_t hash, uint32_t value) {
    return (hash ^ value) * 16777619u;
}

static uint32_t sort_items(uint32_t seed) {
    int32_t items[ITEMS];
    for (int i = 0; i < ITEMS; ++i) items[i] = (int32_t)next_random(&seed);
    for (int i = 1; i < ITEMS; ++i) {
        const int32_t item = items[i];
        int j = i;
        for (; j > 0 && items[j - 1] > item; --j) items[j] = items[j - 1];
        items[j] = item;
    }
    uint32_t hash = 1;
    for (int i = 0; i < ITEMS; ++i) hash = mix(hash, (uint32_t)items[i]);
    return hash;
}

static uint32_t checksum(uint32_t seed) {
    uint32_t crc = ~0u;
    for (int i = 0; i < 512; ++i) {
        crc ^= next_random(&seed) & 0xffu;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static uint32_t divide(uint32_t seed) {
    uint32_t hash = 2;
    for (int i = 0; i < 200; ++i) {
        const uint32_t a = next_random(&seed);
        const uint32_t b = next_random(&seed) >> (i % 31) | 1u;
        const int32_t signed_b = (int32_t)b == -1 ? 3 : (int32_t)b;
        hash = mix(mix(hash, a / b), a % b);
        hash = mix(mix(hash, (uint32_t)((int32_t)a / signed_b)), (uint32_t)((int32_t)a % signed_b));
    }
    return hash;
}

static uint32_t multiply(uint32_t seed) {
    int8_t a[SIDE][SIDE], b[SIDE][SIDE];
    for (int i = 0; i < SIDE * SIDE; ++i) {
        a[i / SIDE][i % SIDE] = (int8_t)next_random(&seed);
        b[i % SIDE][i / SIDE] = (int8_t)next_random(&seed);
    }
    uint32_t hash = 3;
    for (int i = 0; i < SIDE; ++i) {
        for (int j = 0; j < SIDE; ++j) {
            int32_t sum = 0;
            for (int k = 0; k < SIDE; ++k) sum += a[i][k] * b[k][j];
            hash = mix(hash, (uint32_t)sum);
        }
    }
    return hash;
}

static uint32_t count_bits(uint32_t seed) {
    uint32_t total = 0;
    for (int i = 0; i < 100; ++i) {
        uint32_t word = next_random(&seed);
        while (word) {
            word &= word - 1;
            ++total;
        }
    }
    return total;
}

static uint32_t handle_strings(uint32_t seed) {
    char text[128];
    uint16_t halves[64];
    for (unsigned i = 0; i < sizeof text - 1; ++i) text[i] = (char)('a' + next_random(&seed) % 26);
    text[sizeof text - 1] = 0;
    memmove(text + 3, text, 100);
    for (unsigned i = 0; i < 64; ++i) halves[i] = (uint16_t)(text[i] * 257 - text[63 - i]);
    uint32_t hash = (uint32_t)strlen(text);
    for (unsigned i = 0; i < 64; ++i) hash = mix(hash, (uint32_t)(int16_t)halves[i]);
    return mix(hash, (uint32_t)(strchr(text, 'q') != 0));
}

static uint32_t wide(uint32_t seed) {
    uint64_t value = 88172645463325252ull;
    int64_t sum = 0;
    for (int i = 0; i < 100; ++i) {
        value = value * 6364136223846793005ull + next_random(&seed);
        sum += (int64_t)(value >> (i % 63)) / (int64_t)(seed >> 3 | 1u);
    }
    return (uint32_t)(sum ^ sum >> 32);
}

static uint32_t step_states(uint32_t seed) {
    uint32_t state = 0, hash = 4;
    for (int i = 0; i < 500; ++i) {
        const uint32_t input = next_random(&seed) >> 29;
        switch (state * 8 + input) {
            case 0:
                state = 3;
                break;
            case 1:
                state = 1;
                break;
            case 9:
                state = 2;
                hash += 7;
                break;
            case 11:
                state = 0;
                break;
            case 16:
                state = 3;
                hash ^= 0x55;
                break;
            case 18:
                state = 1;
                break;
            case 24:
                state = 0;
                hash -= 9;
                break;
            case 29:
                state = 2;
                break;
            default:
                state = (state + input) & 3u;
                break;
        }
        hash = mix(hash, state);
    }
    return hash;
}

void workload(uint32_t rounds, uint32_t results[WORKLOAD_RESULTS]) {
    typedef uint32_t (*kind)(uint32_t);
    static const kind kinds[WORKLOAD_RESULTS] = {sort_items, checksum,       divide, multiply,
                                                 count_bits, handle_strings, wide,   step_states};
    for (int i = 0; i < WORKLOAD_RESULTS; ++i) results[i] = 0;
    for (uint32_t round = 0; round < rounds; ++round) {
        for (uint32_t i = 0; i < WORKLOAD_RESULTS; ++i) {
            results[i] = mix(results[i], kinds[i](2463534242u + round * 97u + i));
        }
    }
}
