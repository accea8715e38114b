/* CSRs, counters, vectored and direct interrupts, fence.i and atomics, checked in place: the exit code is the
 * number of the first check that failed. */
#include "firmware/hal/hal.h"

#define CHECK(number, condition) \
    do {                         \
        if (!(condition)) {      \
            hal_exit(number);    \
        }                        \
    } while (0)

#define READ(csr)                                         \
    ({                                                    \
        uint32_t value_;                                  \
        __asm__ volatile("csrr %0, " csr : "=r"(value_)); \
        value_;                                           \
    })
#define WRITE(csr, value) __asm__ volatile("csrw " csr ", %0" ::"r"(value))

static void check_fields(void) {
    CHECK(1, READ("misa") == 0x40101105u);
    CHECK(2, READ("mhartid") == 0);
    WRITE("mscratch", 0xdeadbeefu);
    CHECK(3, READ("mscratch") == 0xdeadbeefu);
    uint32_t old;
    __asm__ volatile("csrrs %0, mscratch, %1" : "=r"(old) : "r"(0x10u));
    CHECK(4, old == 0xdeadbeefu && READ("mscratch") == 0xdeadbeffu);
    __asm__ volatile("csrrci %0, mscratch, 15" : "=r"(old));
    CHECK(5, old == 0xdeadbeffu && READ("mscratch") == 0xdeadbef0u);
    __asm__ volatile("csrrwi %0, mscratch, 21" : "=r"(old));
    CHECK(6, old == 0xdeadbef0u && READ("mscratch") == 21);
    WRITE("mepc", 0x80000003u);
    CHECK(7, READ("mepc") == 0x80000002u);
    const uint32_t status = READ("mstatus");
    WRITE("mstatus", (status & ~0x1800u) | 0x0800u); /* supervisor does not exist */
    CHECK(8, (READ("mstatus") & 0x1800u) == (status & 0x1800u));
    WRITE("mstatus", status);
    WRITE("mie", 0xffffffffu);
    CHECK(9, READ("mie") == 0x888u);
    WRITE("mie", 0);
    CHECK(10, READ("mvendorid") == 0 && READ("mhpmcounter5") == 0);
    const uint32_t vector = READ("mtvec");
    WRITE("mtvec", 0x80001002u); /* reserved mode */
    CHECK(11, READ("mtvec") == vector);
}

static void check_counters(void) {
    uint32_t first, second;
    __asm__ volatile("csrr %0, mcycle\n nop\n nop\n csrr %1, mcycle" : "=r"(first), "=r"(second));
    CHECK(20, second - first == 3);
    __asm__ volatile("csrr %0, minstret\n nop\n nop\n nop\n csrr %1, minstret" : "=r"(first), "=r"(second));
    CHECK(21, second - first == 4);
    __asm__ volatile("csrw minstret, %1\n csrr %0, minstret" : "=r"(first) : "r"(1000u));
    CHECK(22, first == 1000);
    __asm__ volatile("csrw mcycle, zero\n csrw mcycleh, %1\n nop\n csrr %0, mcycle" : "=r"(first) : "r"(5u));
    CHECK(23, first == 2 && READ("mcycleh") == 5);
    CHECK(24, READ("cycle") > 2 && READ("cycleh") == 5);
}

/* Locks stay until reset, so this takes the last regions. */
static void check_protection_registers(void) {
    WRITE("pmpaddr3", 0xffffffffu);
    WRITE("pmpcfg0", 0x7b000000u); /* reserved bits, NAPOT, write without read */
    CHECK(70, READ("pmpaddr3") == 0xffffffffu && READ("pmpcfg0") == 0x1b000000u);
    WRITE("pmpcfg0", 0x1a000000u);
    CHECK(71, READ("pmpcfg0") == 0x18000000u);
    WRITE("pmpcfg0", 0);
    WRITE("pmpaddr14", 0x12345678u);
    WRITE("pmpcfg3", 0x8f000000u); /* region 15: locked, TOR, empty while its address is below */
    WRITE("pmpaddr14", 1);
    WRITE("pmpaddr15", 1);
    WRITE("pmpcfg3", 0);
    CHECK(72, READ("pmpaddr14") == 0x12345678u && READ("pmpaddr15") == 0 && READ("pmpcfg3") == 0x8f000000u);
}

static void check_inhibited_counters(void) {
    uint32_t first, second;
    WRITE("mcountinhibit", 5u);
    CHECK(25, READ("mcountinhibit") == 5u);
    first = READ("minstret");
    CHECK(26, READ("minstret") == first);
    first = READ("mcycle");
    CHECK(27, READ("mcycle") == first);
    WRITE("mcountinhibit", 0);
    __asm__ volatile("csrr %0, mcycle\n nop\n csrr %1, mcycle" : "=r"(first), "=r"(second));
    CHECK(28, second - first == 2);
    const uint32_t by_csr = READ("time");
    const uint32_t by_clint = (uint32_t)hal_time();
    CHECK(29, by_clint - by_csr < 5);
}

static uint32_t vector_taken;

void __attribute__((interrupt("machine"))) on_software(void) {
    vector_taken = 3;
    hal_write32(HAL_CLINT_BASE, 0);
}
void __attribute__((interrupt("machine"))) on_timer(void) {
    vector_taken = 7;
    hal_write32(HAL_CLINT_MTIMECMP + 4, 0xffffffffu);
}
void __attribute__((interrupt("machine"))) on_other(void) {
    hal_exit(99);
}

void __attribute__((naked, aligned(64))) vectors(void) {
    __asm__ volatile(
        ".option push\n .option norvc\n"
        "j on_other\n j on_other\n j on_other\n j on_software\n"
        "j on_other\n j on_other\n j on_other\n j on_timer\n"
        "j on_other\n j on_other\n j on_other\n j on_other\n"
        ".option pop");
}

static void check_vectored_interrupts(void) {
    const uint32_t direct = READ("mtvec");
    WRITE("mtvec", (uint32_t)vectors | 1u);
    WRITE("mie", 0x88u);
    hal_write32(HAL_CLINT_BASE, 1);
    CHECK(30, vector_taken == 3);
    hal_write32(HAL_CLINT_MTIMECMP, (uint32_t)hal_time() + 5);
    hal_write32(HAL_CLINT_MTIMECMP + 4, 0);
    vector_taken = 0;
    while (vector_taken == 0) {
        hal_wait_for_interrupt();
    }
    CHECK(31, vector_taken == 7);
    /* masked by mstatus: pends, ends wfi, is not taken */
    const uint32_t state = hal_irq_save();
    vector_taken = 0;
    hal_write32(HAL_CLINT_BASE, 1);
    hal_wait_for_interrupt();
    CHECK(32, vector_taken == 0 && (READ("mip") & 8u) != 0);
    hal_irq_restore(state);
    CHECK(33, vector_taken == 3 && (READ("mip") & 8u) == 0);
    WRITE("mtvec", direct);
}

static void check_self_modification(void) {
    static uint32_t code[2] __attribute__((aligned(4)));
    uint32_t (*function)(void) = (uint32_t(*)(void))(uintptr_t)code;
    for (uint32_t i = 0; i < 4; ++i) {
        ((volatile uint32_t*)code)[0] = i << 20 | 0x00000513u; /* addi a0, zero, i */
        ((volatile uint32_t*)code)[1] = 0x00008067u;           /* ret */
        hal_sync_code();
        CHECK(40, function() == i);
    }
}

static void check_atomics(void) {
    volatile uint32_t word = 10;
    uint32_t got;
    __asm__ volatile("amoadd.w %0, %2, (%1)" : "=r"(got) : "r"(&word), "r"(5u) : "memory");
    CHECK(50, got == 10 && word == 15);
    __asm__ volatile("amoswap.w %0, %2, (%1)" : "=r"(got) : "r"(&word), "r"(0xff00u) : "memory");
    CHECK(51, got == 15 && word == 0xff00u);
    __asm__ volatile("amoand.w %0, %2, (%1)" : "=r"(got) : "r"(&word), "r"(0x0ff0u) : "memory");
    CHECK(52, got == 0xff00u && word == 0x0f00u);
    __asm__ volatile("amoor.w zero, %1, (%0)" ::"r"(&word), "r"(0xf0u) : "memory");
    CHECK(53, word == 0x0ff0u);
    __asm__ volatile("amoxor.w zero, %1, (%0)" ::"r"(&word), "r"(0xffu) : "memory");
    CHECK(54, word == 0x0f0fu);
    __asm__ volatile("amomin.w zero, %1, (%0)" ::"r"(&word), "r"(-1) : "memory");
    CHECK(55, word == 0xffffffffu);
    __asm__ volatile("amomax.w zero, %1, (%0)" ::"r"(&word), "r"(7) : "memory");
    CHECK(56, word == 7);
    __asm__ volatile("amomaxu.w zero, %1, (%0)" ::"r"(&word), "r"(0x80000000u) : "memory");
    CHECK(57, word == 0x80000000u);
    __asm__ volatile("amominu.w zero, %1, (%0)" ::"r"(&word), "r"(9u) : "memory");
    CHECK(58, word == 9);
    uint32_t failed;
    __asm__ volatile("lr.w %0, (%2)\n addi %0, %0, 1\n sc.w %1, %0, (%2)"
                     : "=&r"(got), "=&r"(failed)
                     : "r"(&word)
                     : "memory");
    CHECK(59, failed == 0 && word == 10);
    __asm__ volatile("sc.w %0, zero, (%1)" : "=&r"(failed) : "r"(&word) : "memory");
    CHECK(60, failed != 0 && word == 10);
    __asm__ volatile("lr.w %0, (%2)\n sw zero, 0(%2)\n sc.w %1, %0, (%2)"
                     : "=&r"(got), "=&r"(failed)
                     : "r"(&word)
                     : "memory");
    CHECK(61, failed != 0 && word == 0);
}

int main(void) {
    check_fields();
    check_counters();
    check_inhibited_counters();
    check_protection_registers();
    check_vectored_interrupts();
    check_self_modification();
    check_atomics();
    return 0;
}
