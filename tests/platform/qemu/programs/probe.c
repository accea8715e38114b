#include "probe.h"

#include "firmware/hal/hal.h"

#define ECALL 0x00000073u
/* What machines with and without supervisor mode have in common: MIE, MPIE, MPP, MPRV, TW. */
#define STATUS_BITS 0x00221888u

void probe_enter(uint32_t a0, uint32_t a1, uint32_t status, uint32_t vector);
extern uint32_t probe_vectors[];

probe_result probe_seen;
uint32_t probe_code[1024] __attribute__((aligned(4096)));

void probe_load(const uint32_t* words, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
        probe_code[i] = words[i];
    }
    probe_code[count] = ECALL;
    probe_code[count + 1] = ECALL;
    __asm__ volatile("fence.i" ::: "memory");
}

void probe_run(uint32_t a0, uint32_t a1, uint32_t mode, uint32_t status, uint32_t vectored) {
    const uint32_t outside = hal_irq_save();
    const uint32_t old_vector = READ_CSR(mtvec);
    probe_enter(a0, a1, status | mode << 11, (uint32_t)probe_vectors | vectored);
    WRITE_CSR(mtvec, old_vector);
    hal_irq_restore(outside);
}

void probe_print(const char* name, uint32_t operand, uint32_t a0, uint32_t a1) {
    const probe_result* seen = &probe_seen;
    hal_printf("%s %x a0=%x a1=%x: cause=%x pc=+%d value=%x status=%x vector=%u a0=%x a1=%x\n", name,
               (unsigned)operand, (unsigned)a0, (unsigned)a1, (unsigned)seen->cause,
               (int)(seen->pc - (uint32_t)probe_code), (unsigned)seen->value,
               (unsigned)(seen->status & STATUS_BITS), (unsigned)seen->vector, (unsigned)seen->registers[10],
               (unsigned)seen->registers[11]);
}

uint32_t probe_random(void) {
    static uint32_t state = 2463534242u;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

uint32_t probe_choose(const uint32_t* values, uint32_t count) {
    return values[probe_random() % count];
}
