/* Accesses that the SoC's devices refuse, each trap skipped. */
#include "firmware/hal/hal.h"

static void __attribute__((naked, aligned(4))) skip(void) {
    __asm__ volatile(
        "csrr t0, mepc\n"
        "addi t0, t0, 4\n"
        "csrw mepc, t0\n"
        "mret\n");
}

/* One instruction of four bytes, which may trap. */
#define ACCESS(instruction, address, value)                                                  \
    __asm__ volatile(".option push\n.option norvc\n" instruction " %0, 0(%1)\n.option pop\n" \
                     : "+r"(value)                                                           \
                     : "r"(address)                                                          \
                     : "t0", "memory")

int main(void) {
    uint32_t value = 0x7777;
    __asm__ volatile("csrw mtvec, %0" ::"r"(skip));
    for (unsigned i = 0; i < 3; ++i) {
        ACCESS("sw", 0x18000000u, value); /* ID is read-only */
    }
    ACCESS("lw", 0x18000ffcu, value);
    ACCESS("lb", 0x18000008u, value);
    ACCESS("lw", 0x10020002u, value);
    value = 0x7777;
    ACCESS("sw", 0x19000000u, value);
    ACCESS("sw", 0x10010004u, value); /* the watchdog's VALUE is read-only */
    ACCESS("sw", 0x00100000u, value); /* no verdict that the finisher knows */
    ACCESS("lw", 0x18000000u, value);
    return value == 0x45595632u ? 0 : 1;
}
