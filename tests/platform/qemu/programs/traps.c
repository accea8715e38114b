/* Instructions that may trap, with random operands, from machine and user mode. */
#include "firmware/hal/hal.h"
#include "probe.h"

/* Nothing, on both. */
#define HOLE 0x2a000000u

static uint32_t scratch[64] __attribute__((aligned(256)));

/* Memory that exists, that does not, and a device that takes words only. */
static uint32_t random_address(void) {
    const uint32_t places[] = {(uint32_t)scratch, (uint32_t)scratch, HOLE, 0xfffff000u,
                               HAL_CLINT_BASE + 0x4000u};
    return probe_choose(places, COUNT_OF(places)) + probe_random() % 64;
}

static uint32_t random_mode(void) {
    return probe_random() % 2 * MODE_MACHINE;
}

static void try_code(const char* name, uint32_t word, uint32_t a0, uint32_t a1) {
    probe_load(&word, 1);
    probe_run(a0, a1, random_mode(), 0, 0);
    probe_print(name, word, a0, a1);
}

/* lb, lh, lw, lbu, lhu a0, 0(a1) and sb, sh, sw a0, 0(a1), misaligned in memory only: elsewhere QEMU reports
 * the aligned address. */
static void try_memory(void) {
    static const uint32_t loads[] = {0, 1, 2, 4, 5};
    const uint32_t load = probe_choose(loads, COUNT_OF(loads)) << 12 | 11u << 15 | 10u << 7 | 0x03u;
    const uint32_t store = probe_random() % 3 << 12 | 11u << 15 | 10u << 20 | 0x23u;
    uint32_t address = random_address();
    if (address - (uint32_t)scratch >= sizeof scratch) {
        address &= ~3u;
    }
    try_code("memory", probe_random() % 2 ? load : store, probe_random(), address);
}

/* lr.w, sc.w and AMOs on a0, (a1), now and then of a width that does not exist. Where QEMU 7.2 departs from
 * the ISA is left out: AMOs that fault, which it takes for loads, atomics on devices, and sc.w without a
 * reservation, which it does not look at. */
static void try_atomic(void) {
    static const uint32_t functions[] = {2, 3, 1, 0, 4, 12, 8, 16, 20, 24, 28, 5, 31};
    const uint32_t function = probe_choose(functions, COUNT_OF(functions));
    const uint32_t width = probe_random() % 8 == 0 ? probe_random() % 8 : 2;
    const uint32_t source = function == 2 && probe_random() % 8 != 0 ? 0 : 10;
    uint32_t address = random_address();
    if (function != 2 || address - HAL_CLINT_BASE < 0x10000u) {
        address = (uint32_t)scratch + probe_random() % 16 * 4;
    } else if (probe_random() % 2) {
        address &= ~3u;
    }
    try_code("atomic", function << 27 | source << 20 | 11u << 15 | width << 12 | 10u << 7 | 0x2fu,
             probe_random(), address);
}

static void try_jump(void) {
    const uint32_t targets[] = {(uint32_t)probe_code + 4, HOLE, HOLE + 2, 0x02000000u, 0xfffffffcu};
    try_code("jump", 11u << 15 | 10u << 7 | 0x67u, 0, probe_choose(targets, COUNT_OF(targets)));
}

/* Major opcodes that this ISA does not use, or uses in part. */
static void try_word(void) {
    static const uint32_t opcodes[] = {0x07, 0x27, 0x43, 0x47, 0x4b, 0x4f, 0x53, 0x57, 0x0b,
                                       0x2b, 0x5b, 0x7b, 0x1b, 0x3b, 0x6b, 0x77, 0x7f, 0x1f};
    const uint32_t opcode = probe_choose(opcodes, COUNT_OF(opcodes));
    try_code("word", (probe_random() & ~0x7fu) | opcode, 1, 2);
}

/* Register and immediate arithmetic with any function field. */
static void try_arithmetic(void) {
    const uint32_t opcode = probe_random() % 2 ? 0x33u : 0x13u;
    const uint32_t fields = probe_random() & 0xfff07000u & ~0x01f00000u;
    try_code("arithmetic", fields | 10u << 20 | 11u << 15 | 10u << 7 | opcode, probe_random(),
             probe_random());
}

static void try_system(void) {
    static const uint32_t words[] = {0x00100073, 0x00000073, 0x30200073, 0x10200073, 0x00200073,
                                     0x7b200073, 0x70200073, 0x00300073, 0x00104073, 0x0000b073};
    const uint32_t word = probe_choose(words, COUNT_OF(words));
    if (word != 0x30200073u) {
        try_code("system", word, 1, 2);
        return;
    }
    probe_load(&word, 1);
    probe_run(1, 2, MODE_USER, 0, 0);
    probe_print("mret", word, 1, 2);
}

/* Sleeping in user mode is allowed unless TW is set; a pending interrupt that is not enabled at mstatus. */
static void try_sleep(void) {
    const uint32_t word = 0x10500073u, wait = probe_random() % 2 << 21;
    const uint32_t mode = wait ? random_mode() : MODE_MACHINE;
    hal_write32(HAL_CLINT_BASE, 1);
    WRITE_CSR(mie, 8u);
    probe_load(&word, 1);
    probe_run(1, 2, mode, wait, 0);
    probe_print("wfi", wait >> 21, 1, 2);
    hal_write32(HAL_CLINT_BASE, 0);
    WRITE_CSR(mie, 0);
}

/* Half-words that neither jump nor touch memory: reserved ones, floating point, arithmetic. */
static int is_harmless(uint32_t half) {
    const uint32_t quadrant = half & 3u, function = half >> 13;
    if (quadrant == 3 || (quadrant == 0 && (function == 2 || function == 6))) {
        return 0;
    }
    if (quadrant == 1) {
        return function != 1 && function < 5;
    }
    return quadrant != 2 || (function != 2 && function != 6 && (function != 4 || (half & 0x7cu) != 0));
}

static void try_half_word(void) {
    uint32_t half = probe_random() & 0xffffu;
    while (!is_harmless(half)) {
        half = probe_random() & 0xffffu;
    }
    const uint32_t word = half | 0x00010000u; /* c.nop behind it */
    try_code("half", word, probe_random(), probe_random());
}

int main(void) {
    hal_irq_save();
    WRITE_CSR(mie, 0);
    WRITE_CSR(pmpaddr15, 0xffffffffu);
    WRITE_CSR(pmpcfg3, 0x1f000000u);
    for (uint32_t i = 0; i < 500; ++i) {
        try_memory();
        try_atomic();
        try_jump();
        try_word();
        try_arithmetic();
        try_system();
        try_sleep();
        try_half_word();
        try_half_word();
    }
    return 0;
}
