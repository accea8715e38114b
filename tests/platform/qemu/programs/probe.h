/* Runs a few instructions in a chosen mode up to the trap that ends them, and keeps what the trap saw.
 * Written for any RV32IMAC machine in machine mode with a UART at HAL_UART_BASE. */
#ifndef EYERISS_PROBE_H
#define EYERISS_PROBE_H

#include <stdint.h>

enum { MODE_USER = 0, MODE_MACHINE = 3 };

typedef struct probe_result {
    uint32_t registers[32]; /* as the trap found them; x5 is lost where a vectored interrupt was taken */
    uint32_t cause, pc, value, status;
    uint32_t vector; /* index of the vector that was used, 0 in direct mode */
} probe_result;

extern probe_result probe_seen;

/* The page that holds the instructions to run. */
extern uint32_t probe_code[1024];

/* Puts instructions and an ecall into probe_code. */
void probe_load(const uint32_t* words, uint32_t count);
/* Runs probe_code in `mode` with a0 and a1, mstatus bits `status` (MPIE: interrupts on) and mtvec in direct
 * or vectored mode, until any trap. */
void probe_run(uint32_t a0, uint32_t a1, uint32_t mode, uint32_t status, uint32_t vectored);
/* Prints name, operands and what probe_seen holds, on one line. */
void probe_print(const char* name, uint32_t operand, uint32_t a0, uint32_t a1);

/* xorshift32: the same numbers on every machine. */
uint32_t probe_random(void);
/* One of `count` values. */
uint32_t probe_choose(const uint32_t* values, uint32_t count);

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define READ_CSR(name)                                                \
    ({                                                                \
        uint32_t value_;                                              \
        __asm__ volatile("csrr %0, " #name : "=r"(value_)::"memory"); \
        value_;                                                       \
    })
#define WRITE_CSR(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"(value) : "memory")

#endif
