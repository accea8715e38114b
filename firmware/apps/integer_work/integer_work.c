/* Integer work for the interpreter's benchmark: sorting, a checksum, a product of matrices and a sieve, over
 * and over, with a known answer. */
#include "firmware/hal/hal.h"

#define ROUNDS 300u
#define VALUES 1024u
#define SIDE 24u
#define EXPECTED_CRC 0x0dbe324du

static uint32_t values[VALUES];
static uint8_t composite[4096];
static int32_t left[SIDE][SIDE], right[SIDE][SIDE], product[SIDE][SIDE];

static uint32_t next_random(uint32_t* state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void shell_sort(uint32_t* begin, uint32_t count) {
    for (uint32_t gap = count / 2; gap > 0; gap /= 2) {
        for (uint32_t i = gap; i < count; ++i) {
            const uint32_t value = begin[i];
            uint32_t j = i;
            for (; j >= gap && begin[j - gap] > value; j -= gap) begin[j] = begin[j - gap];
            begin[j] = value;
        }
    }
}

static uint32_t crc32(uint32_t crc, const uint32_t* words, uint32_t count) {
    crc = ~crc;
    for (uint32_t i = 0; i < count; ++i) {
        crc ^= words[i];
        for (unsigned bit = 0; bit < 32; ++bit) crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static uint32_t multiply(void) {
    uint32_t trace = 0;
    for (unsigned i = 0; i < SIDE; ++i) {
        for (unsigned j = 0; j < SIDE; ++j) {
            int32_t sum = 0;
            for (unsigned k = 0; k < SIDE; ++k) sum += left[i][k] * right[k][j];
            product[i][j] = sum;
        }
        trace += (uint32_t)product[i][i];
    }
    return trace;
}

static uint32_t count_primes(void) {
    uint32_t count = 0;
    for (unsigned i = 0; i < sizeof composite; ++i) composite[i] = i < 2u;
    for (unsigned i = 2; i < sizeof composite; ++i) {
        if (composite[i]) continue;
        ++count;
        for (unsigned j = i * i; j < sizeof composite; j += i) composite[j] = 1;
    }
    return count;
}

int main(void) {
    uint32_t state = 1;
    uint32_t crc = 0;
    for (uint32_t round = 0; round < ROUNDS; ++round) {
        for (unsigned i = 0; i < VALUES; ++i) values[i] = next_random(&state);
        for (unsigned i = 0; i < SIDE * SIDE; ++i) {
            left[i / SIDE][i % SIDE] = (int32_t)(next_random(&state) >> 24) - 128;
            right[i / SIDE][i % SIDE] = (int32_t)(next_random(&state) >> 24) - 128;
        }
        shell_sort(values, VALUES);
        crc = crc32(crc, values, VALUES);
        const uint32_t found[2] = {multiply(), count_primes()};
        crc = crc32(crc, found, 2);
    }
    hal_printf("integer work: crc %x\n", (unsigned)crc);
    return crc == EXPECTED_CRC ? 0 : 1;
}
