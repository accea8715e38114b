/* Copying and clearing by words. Internal to the driver.
 *
 * Debian's picolibc copies and clears a byte at a time, six and four instructions each; rows and units lie at
 * multiples of 4, so these loops take less than one. They are unrolled, since a compiler turns a plain loop
 * back into a call of memcpy. */
#ifndef EYERISS_DRIVER_WORDS_H
#define EYERISS_DRIVER_WORDS_H

#include <stdint.h>

/** Maps and rows lie at multiples of 4, which the checks of an image see to. */
static inline const uint32_t* eyeriss_words(const uint8_t* bytes) {
    return (const uint32_t*)(const void*)bytes;
}

/** Words that hold `bytes` bytes. */
static inline uint32_t eyeriss_words_for(uint32_t bytes) {
    return (bytes + 3u) / 4u;
}

static inline void eyeriss_clear_words(uint32_t* to, uint32_t words) {
    for (; words >= 4u; words -= 4u, to += 4) {
        to[0] = 0u;
        to[1] = 0u;
        to[2] = 0u;
        to[3] = 0u;
    }
    if ((words & 2u) != 0u) {
        to[0] = 0u;
        to[1] = 0u;
        to += 2;
    }
    if ((words & 1u) != 0u) to[0] = 0u;
}

static inline void eyeriss_copy_words(uint32_t* to, const uint32_t* from, uint32_t words) {
    for (; words >= 4u; words -= 4u, to += 4, from += 4) {
        const uint32_t a = from[0], b = from[1], c = from[2], d = from[3];
        to[0] = a;
        to[1] = b;
        to[2] = c;
        to[3] = d;
    }
    if ((words & 2u) != 0u) {
        const uint32_t a = from[0], b = from[1];
        to[0] = a;
        to[1] = b;
        to += 2;
        from += 2;
    }
    if ((words & 1u) != 0u) to[0] = from[0];
}

/** Copies `bytes` bytes between multiples of 4 and clears the rest of the last word. */
static inline void eyeriss_copy_padded(uint32_t* to, const uint32_t* from, uint32_t bytes) {
    const uint32_t whole = bytes / 4u;
    eyeriss_copy_words(to, from, whole);
    if (bytes % 4u != 0u) to[whole] = from[whole] & ((1u << (8u * (bytes % 4u))) - 1u);
}

#endif
