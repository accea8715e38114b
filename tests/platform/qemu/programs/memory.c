/* A march over memory in words, half-words and bytes, then words at every alignment. */
#include "firmware/hal/hal.h"

#define FIRST 0x81000000u
#define WORDS 0x40000u

static uint32_t pattern(uint32_t i) {
    return i * 2654435761u ^ 0xa5a5a5a5u;
}

static uint32_t march(void) {
    volatile uint32_t* words = (volatile uint32_t*)(uintptr_t)FIRST;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < WORDS; ++i) {
        words[i] = pattern(i);
    }
    for (uint32_t i = 0; i < WORDS; ++i) {
        wrong += words[i] != pattern(i);
        words[i] = ~pattern(i);
    }
    for (uint32_t i = WORDS; i-- > 0;) {
        wrong += words[i] != ~pattern(i);
        words[i] = 0;
    }
    return wrong;
}

static uint32_t narrow(void) {
    volatile uint16_t* halves = (volatile uint16_t*)(uintptr_t)FIRST;
    volatile uint8_t* bytes = (volatile uint8_t*)(uintptr_t)FIRST;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < 0x1000; ++i) {
        halves[i] = (uint16_t)pattern(i);
    }
    for (uint32_t i = 0; i < 0x2000; ++i) {
        wrong += bytes[i] != (uint8_t)(pattern(i / 2) >> 8 * (i % 2));
        bytes[i] = (uint8_t)~i;
    }
    for (uint32_t i = 0; i < 0x1000; ++i) {
        wrong += halves[i] != (uint16_t)((uint8_t) ~(2 * i) | (uint32_t)(uint8_t) ~(2 * i + 1) << 8);
    }
    return wrong;
}

static uint32_t misaligned(void) {
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < 4096; ++i) {
        const uint32_t at = FIRST + 0xff0u + i % 37u;
        uint32_t word;
        __asm__ volatile("sw %1, 0(%2)\n lw %0, 0(%2)" : "=&r"(word) : "r"(pattern(i)), "r"(at) : "memory");
        hash = (hash ^ word) * 16777619u;
        __asm__ volatile("sh %1, 1(%2)\n lh %0, 3(%2)" : "=&r"(word) : "r"(pattern(i)), "r"(at) : "memory");
        hash = (hash ^ word) * 16777619u;
    }
    return hash;
}

int main(void) {
    hal_printf("march: %u wrong\n", (unsigned)march());
    hal_printf("narrow: %u wrong\n", (unsigned)narrow());
    hal_printf("misaligned: %08x\n", (unsigned)misaligned());
    return 0;
}
