/* Random PMP regions over a window of memory and what loads, stores and jumps into it do, from user mode,
 * from machine mode, and from machine mode under MPRV. */
#include "firmware/hal/hal.h"
#include "probe.h"

#define WINDOW_BYTES 0x10000u
#define MPRV (1u << 17)

static uint32_t window[WINDOW_BYTES / 4] __attribute__((aligned(WINDOW_BYTES)));

static void write_address(uint32_t index, uint32_t value) {
    switch (index) {
        case 1:
            WRITE_CSR(pmpaddr1, value);
            break;
        case 2:
            WRITE_CSR(pmpaddr2, value);
            break;
        case 3:
            WRITE_CSR(pmpaddr3, value);
            break;
        case 4:
            WRITE_CSR(pmpaddr4, value);
            break;
        case 5:
            WRITE_CSR(pmpaddr5, value);
            break;
        default:
            WRITE_CSR(pmpaddr6, value);
            break;
    }
}

/* R, W and X without the reserved combination of W alone. */
static uint32_t random_permissions(void) {
    const uint32_t bits = probe_random() & 7u;
    return (bits & 3u) == 2u ? bits | 1u : bits;
}

/* Address and configuration of a region that begins in the window, as TOR, NA4 or NAPOT. */
static uint32_t random_region(uint32_t index) {
    const uint32_t matching = probe_random() % 4;
    const uint32_t base = (uint32_t)window + (probe_random() & (WINDOW_BYTES - 1));
    const uint32_t bytes = 8u << probe_random() % 13;
    uint32_t address = base >> 2;
    if (matching == 3) {
        address = (base & ~(bytes - 1)) >> 2 | (bytes / 8 - 1);
    }
    write_address(index, address);
    return matching << 3 | random_permissions();
}

static void set_regions(void) {
    uint32_t low = 0x1f, high = 0; /* region 0: the page with the code */
    WRITE_CSR(pmpaddr0, (uint32_t)probe_code >> 2 | 0x1ff);
    for (uint32_t i = 1; i < 4; ++i) {
        low |= random_region(i) << 8 * i;
    }
    for (uint32_t i = 0; i < 3; ++i) {
        high |= random_region(4 + i) << 8 * i;
    }
    WRITE_CSR(pmpcfg0, low);
    WRITE_CSR(pmpcfg1, high);
}

static void try_access(void) {
    const uint32_t load = probe_random() % 3 << 12 | 11u << 15 | 10u << 7 | 0x03u;
    const uint32_t store = probe_random() % 3 << 12 | 11u << 15 | 10u << 20 | 0x23u;
    const uint32_t word = probe_random() % 2 ? load : store;
    const uint32_t mode = probe_random() % 2 * MODE_MACHINE, value = probe_random();
    uint32_t address = (uint32_t)window + (probe_random() & (WINDOW_BYTES - 1));
    if (probe_random() % 2) {
        address &= ~3u;
    }
    probe_load(&word, 1);
    probe_run(value, address, mode, 0, 0);
    probe_print("access", mode, value, address);
}

/* Loads and stores of machine mode with user mode's rights. */
static void try_as_user(void) {
    const uint32_t load = probe_random() % 3 << 12 | 11u << 15 | 10u << 7 | 0x03u;
    const uint32_t store = probe_random() % 3 << 12 | 11u << 15 | 10u << 20 | 0x23u;
    const uint32_t address = (uint32_t)window + (probe_random() & (WINDOW_BYTES - 1) & ~3u);
    /* a2 = MPRV, a3 = MPP; set, access, clear */
    const uint32_t code[] = {0x00020637u, 0x000026b7u, 0x80068693u,
                             0x3006b073u, 0x30062073u, probe_random() % 2 ? load : store,
                             0x30063073u};
    probe_load(code, COUNT_OF(code));
    probe_run(0x5a5a5a5au, address, MODE_MACHINE, 0, 0);
    probe_print("as user", code[5], 0x5a5a5a5au, address);
    __asm__ volatile("csrc mstatus, %0" ::"r"(MPRV));
}

/* Whole pages, since QEMU asks once a page where code may run. */
static void try_jump(void) {
    const uint32_t page = probe_random() % (WINDOW_BYTES / 4096), mode = probe_random() % 2 * MODE_MACHINE;
    const uint32_t target = (uint32_t)window + page * 4096;
    const uint32_t permissions = random_permissions();
    const uint32_t jump = 11u << 15 | 0x67u;
    for (uint32_t i = 0; i < 4; ++i) {
        window[page * 1024 + i] = 0x00000073u;
    }
    WRITE_CSR(pmpcfg1, 0);
    WRITE_CSR(pmpaddr1, target >> 2 | 0x1ff);
    WRITE_CSR(pmpcfg0, 0x1fu | (0x18u | permissions) << 8);
    probe_load(&jump, 1);
    probe_run(0, target, mode, 0, 0);
    probe_print("jump", permissions, mode, page);
}

/* Locked regions bind machine mode, and stay until reset. */
static void try_locked(uint32_t index) {
    const uint32_t permissions = random_permissions();
    const uint32_t address = (uint32_t)window + index * 4096;
    WRITE_CSR(pmpcfg2, 0);
    switch (index) {
        case 0:
            WRITE_CSR(pmpaddr8, address >> 2 | 0x1ff);
            break;
        case 1:
            WRITE_CSR(pmpaddr9, address >> 2 | 0x1ff);
            break;
        case 2:
            WRITE_CSR(pmpaddr10, address >> 2 | 0x1ff);
            break;
        default:
            WRITE_CSR(pmpaddr11, address >> 2 | 0x1ff);
            break;
    }
    WRITE_CSR(pmpcfg2, (0x98u | permissions) << 8 * index);
    WRITE_CSR(pmpaddr8, 0x12345678u);
    WRITE_CSR(pmpaddr11, 0x12345678u);
    hal_printf("locked %u: %x %x %x\n", (unsigned)index, (unsigned)READ_CSR(pmpcfg2),
               (unsigned)READ_CSR(pmpaddr8), (unsigned)READ_CSR(pmpaddr11));
    for (uint32_t i = 0; i < 4; ++i) {
        const uint32_t word = i % 2 ? 0x0005a503u : 0x00a5a023u; /* lw a0, (a1); sw a0, (a1) */
        probe_load(&word, 1);
        probe_run(0, address + 16 * i, i / 2 * MODE_MACHINE, 0, 0);
        probe_print("locked", permissions, word, index);
    }
}

int main(void) {
    hal_irq_save();
    WRITE_CSR(mie, 0);
    for (uint32_t i = 0; i < 300; ++i) {
        set_regions();
        for (uint32_t n = 0; n < 8; ++n) {
            try_access();
        }
        for (uint32_t n = 0; n < 3; ++n) {
            try_as_user();
        }
    }
    for (uint32_t i = 0; i < 300; ++i) {
        try_jump();
    }
    WRITE_CSR(pmpcfg0, 0x1f);
    WRITE_CSR(pmpcfg1, 0);
    for (uint32_t i = 0; i < 4; ++i) {
        try_locked(i);
    }
    return 0;
}
