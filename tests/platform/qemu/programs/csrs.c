/* Random accesses to CSRs from machine and user mode; what each read, wrote or trapped with. */
#include "firmware/hal/hal.h"
#include "probe.h"

typedef struct known_csr {
    uint32_t number;
    uint32_t fields; /* bits with the same meaning with and without supervisor mode; others are not written */
} known_csr;

#define STATUS_FIELDS 0x00201888u

static const known_csr known[] = {
    {0x300, STATUS_FIELDS}, {0x304, 0x888},      {0x340, ~0u}, {0x341, ~1u},
    {0x342, ~0u},           {0x343, ~0u},        {0x306, 7},   {0x320, 5},
    {0x344, 0x888},         {0x3a0, 0x1f1f1f1f}, {0x3b0, ~0u}, {0x3b1, ~0u},
    {0x3b2, ~0u},           {0x3b3, ~0u},        {0x3a1, 0},   {0xf14, 0},
};
/* Neither machine has these: unknown, supervisor's, floating point's, debug mode's, beyond 16 regions. */
static const uint32_t missing[] = {0x5c0, 0x7c0, 0x8ff, 0xbc0, 0xcc0, 0xfff, 0x100, 0x104, 0x105, 0x106,
                                   0x140, 0x141, 0x142, 0x143, 0x144, 0x180, 0x001, 0x002, 0x003, 0x7b0,
                                   0x7b1, 0x3a4, 0x3c0, 0x3ef, 0x000, 0x041, 0xf20, 0xb01};
static const uint32_t operations[] = {1, 2, 3, 5, 6, 7};

enum { CSRRW = 1, CSRRS = 2, A0 = 10, A1 = 11, A2 = 12 };

/* An instruction: csr<operation> target, number, source register or immediate. */
static uint32_t csr_word(uint32_t operation, uint32_t target, uint32_t number, uint32_t source) {
    return number << 20 | source << 15 | operation << 12 | target << 7 | 0x73u;
}

/* MPP holds user or machine, W without R is a reserved configuration. */
static uint32_t legal(const known_csr* csr, uint32_t value) {
    if (csr->number == 0x300) {
        value = (value & 0x800u) != 0 ? value | 0x1800u : value & ~0x1800u;
    }
    if (csr->number == 0x3a0) {
        value |= value >> 1 & 0x01010101u;
    }
    return value & csr->fields;
}

/* Sets the whole register first, so that set and clear start from something. */
static void try_known(void) {
    const known_csr* csr = &known[probe_random() % COUNT_OF(known)];
    const uint32_t whole = legal(csr, probe_random());
    const uint32_t operation = csr->number == 0x3a0 || csr->number == 0x300 ? 1 : 1 + probe_random() % 3;
    const uint32_t value = operation == 1 ? legal(csr, probe_random()) : probe_random() & csr->fields;
    const uint32_t mode = probe_random() % 4 == 0 ? MODE_USER : MODE_MACHINE;
    const uint32_t code[] = {csr_word(CSRRW, A0, csr->number, A0), csr_word(operation, A0, csr->number, A1),
                             csr_word(CSRRS, A1, csr->number, 0)};
    probe_load(code, COUNT_OF(code));
    probe_run(whole, value, mode, 0, 0);
    probe_seen.registers[A0] &= csr->fields;
    probe_seen.registers[A1] &= csr->fields;
    probe_print("csr", csr->number << 4 | operation, whole, value);
    WRITE_CSR(mie, 0);
    WRITE_CSR(mcountinhibit, 0);
}

/* Sets mtvec and takes it back before the trap; reserved modes must not stick. */
static void try_vector(void) {
    const uint32_t value = probe_random(), mtvec = 0x305;
    const uint32_t code[] = {csr_word(CSRRW, A2, mtvec, A0), csr_word(CSRRW, A0, mtvec, A2)};
    probe_load(code, COUNT_OF(code));
    probe_run(value, 0, MODE_MACHINE, 0, 0);
    if ((value & 2u) != 0) {
        probe_seen.registers[A0] -= probe_seen.registers[A2];
    }
    probe_print("mtvec", value & 3u, value, 0);
}

static void try_missing(void) {
    const uint32_t number = probe_choose(missing, COUNT_OF(missing));
    const uint32_t operation = probe_choose(operations, COUNT_OF(operations));
    const uint32_t code[] = {csr_word(operation, A0, number, probe_random() % 2 * A1)};
    const uint32_t mode = probe_random() % 2 * MODE_MACHINE;
    probe_load(code, 1);
    probe_run(1, 2, mode, 0, 0);
    probe_print("missing", number << 4 | operation, 1, 2);
}

static void try_read_only(void) {
    static const uint32_t numbers[] = {0xf11, 0xf12, 0xf13, 0xf14, 0xc00, 0xc01, 0xc02, 0xc80, 0xc82};
    const uint32_t number = probe_choose(numbers, COUNT_OF(numbers));
    const uint32_t code[] = {csr_word(probe_choose(operations, COUNT_OF(operations)), A0, number, A1)};
    probe_load(code, 1);
    probe_run(1, 2, MODE_MACHINE, 0, 0);
    probe_print("read-only", number, 1, 2);
}

/* Which counters user mode may read; their values are no one else's business. */
static void try_user_counter(void) {
    const uint32_t allowed = probe_random() & 7u;
    const uint32_t number = 0xc00u | probe_random() % 3 | probe_random() % 2 << 7;
    const uint32_t code[] = {csr_word(CSRRS, A0, number, 0)};
    WRITE_CSR(mcounteren, allowed);
    probe_load(code, 1);
    probe_run(0, allowed, MODE_USER, 0, 0);
    probe_seen.registers[A0] = 0;
    probe_print("user counter", number, 0, allowed);
}

/* Region 15 lets user mode run; the tests above it use regions 0 to 7. */
static void open_memory(void) {
    WRITE_CSR(pmpaddr15, 0xffffffffu);
    WRITE_CSR(pmpcfg3, 0x1f000000u);
}

int main(void) {
    hal_irq_save();
    WRITE_CSR(mie, 0);
    open_memory();
    hal_write32(HAL_CLINT_MTIMECMP + 4, 0xffffffffu); /* QEMU starts with the timer's interrupt pending */
    for (uint32_t i = 0; i < 3000; ++i) {
        WRITE_CSR(pmpcfg0, 0);
        try_known();
    }
    WRITE_CSR(pmpcfg0, 0);
    for (uint32_t i = 0; i < 500; ++i) {
        try_vector();
        try_missing();
        try_read_only();
        try_user_counter();
    }
    return 0;
}
