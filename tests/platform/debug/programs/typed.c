/* Says of each character that is typed when it came: after how many rounds of a loop, additions of the other
 * harts, ticks of the timer and interrupts of the accelerator, and what a word of memory holds then. Ends at
 * 'q'. What it prints depends on the time of each character to the cycle.
 */
#include <stdint.h>

#define REG32(address) (*(volatile uint32_t*)(uintptr_t)(address))
#define REG8(address) (*(volatile uint8_t*)(uintptr_t)(address))

enum { uart = 0x10000000, finisher = 0x100000, mtime = 0x0200bff8, mtimecmp = 0x02004000, cell = 0x80100000 };
enum { plic_priority = 0x0c000000, plic_enable = 0x0c002000, plic_claim = 0x0c200004, first_line = 32 };
enum { timer_pending = 1 << 7, external_pending = 1 << 11, period = 100 };

static volatile uint32_t added;

static void put_number(uint32_t value) {
    char digits[11] = {0};
    int at = 10;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    REG8(uart) = ' ';
    for (const char* digit = digits + at; *digit; ++digit) {
        REG8(uart) = (uint8_t)*digit;
    }
}

static uint32_t pending(void) {
    uint32_t value;
    __asm__ volatile("csrr %0, mip" : "=r"(value)::"memory");
    return value;
}

static void set_up(void) {
    for (uint32_t line = first_line; line < first_line + 3; ++line) {
        REG32(plic_priority + 4 * line) = 1;
    }
    REG32(plic_enable + first_line / 8) = 7;
    REG32(mtimecmp + 4) = 0;
    REG32(mtimecmp) = period;
    REG32(cell) = 0x01000000;
}

void harts_main(uint32_t hart) {
    while (hart != 0) {
        __asm__ volatile("amoadd.w zero, %1, (%0)" ::"r"(&added), "r"(1u) : "memory");
    }
    uint32_t ticks = 0, interrupts = 0;
    uint8_t typed = 0;
    set_up();
    for (uint32_t rounds = 0; typed != 'q'; ++rounds) {
        const uint32_t now = pending();
        if (now & timer_pending) {
            ++ticks;
            REG32(mtimecmp) = REG32(mtime) + period;
        }
        if (now & external_pending) {
            ++interrupts;
            REG32(plic_claim) = REG32(plic_claim);
        }
        if (REG8(uart + 5) & 1) {
            typed = REG8(uart);
            REG8(uart) = typed;
            put_number(rounds);
            put_number(added);
            put_number(ticks);
            put_number(interrupts);
            put_number(REG32(cell));
            REG8(uart) = '\n';
        }
    }
    REG32(finisher) = 0x5555u;
    while (1) {
    }
}
