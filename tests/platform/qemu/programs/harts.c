/* Every hart adds to shared words by lr/sc, by amoadd and under a lock; hart 0 wakes the others by software
 * interrupts, waits for them and prints the sums, which do not depend on who came first. */
#include <stdint.h>

#define ROUNDS 20000u
#define REG32(address) (*(volatile uint32_t*)(uintptr_t)(address))

static volatile uint32_t by_reservation, by_amo, under_lock, lock, finished, largest;

static void put_text(const char* text) {
    while (*text) {
        *(volatile uint8_t*)0x10000000u = (uint8_t)*text++;
    }
}

static void put_number(const char* name, uint32_t value) {
    char digits[11] = {0};
    int at = 10;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    put_text(name);
    put_text(digits + at);
    put_text("\n");
}

static void add_by_reservation(volatile uint32_t* word) {
    uint32_t value, failed;
    __asm__ volatile("1: lr.w %0, (%2)\n addi %0, %0, 1\n sc.w %1, %0, (%2)\n bnez %1, 1b"
                     : "=&r"(value), "=&r"(failed)
                     : "r"(word)
                     : "memory");
}

static void work(uint32_t hart) {
    for (uint32_t i = 0; i < ROUNDS; ++i) {
        add_by_reservation(&by_reservation);
        __asm__ volatile("amoadd.w zero, %1, (%0)" ::"r"(&by_amo), "r"(1u) : "memory");
        uint32_t taken = 1;
        while (taken) {
            __asm__ volatile("amoswap.w.aq %0, %1, (%2)" : "=r"(taken) : "r"(1u), "r"(&lock) : "memory");
        }
        under_lock = under_lock + 1;
        __asm__ volatile("amoswap.w.rl zero, zero, (%0)" ::"r"(&lock) : "memory");
        __asm__ volatile("amomaxu.w zero, %1, (%0)" ::"r"(&largest), "r"(i ^ hart << 16) : "memory");
    }
    __asm__ volatile("amoadd.w zero, %1, (%0)" ::"r"(&finished), "r"(1u) : "memory");
}

void harts_main(uint32_t hart) {
    const uint32_t harts = 3;
    if (hart != 0) {
        uint32_t pending = 0;
        __asm__ volatile("csrw mie, %0" ::"r"(8u));
        while ((pending & 8u) == 0) {
            __asm__ volatile("wfi\n csrr %0, mip" : "=r"(pending)::"memory");
        }
        REG32(0x02000000u + 4 * hart) = 0;
        work(hart);
        while (1) {
            __asm__ volatile("wfi");
        }
    }
    for (uint32_t other = 1; other < harts; ++other) {
        REG32(0x02000000u + 4 * other) = 1;
    }
    work(0);
    while (finished != harts) {
    }
    put_number("lr/sc ", by_reservation);
    put_number("amoadd ", by_amo);
    put_number("under lock ", under_lock);
    put_number("largest ", largest);
    REG32(0x100000u) = 0x5555u;
    while (1) {
    }
}
