/* Provokes each trap and leaves what the handler saw: cause, value and the distance of mepc from the
 * instruction's label, one record after the other from RECORDS, count first. */
#include "firmware/hal/hal.h"

#define RECORDS 0x84000000u
#define HOLE 0x40000000u

typedef struct record {
    uint32_t cause, value, epc_distance, status;
} record;

static uint32_t expected_pc, resume_pc;

static uint32_t* count(void) {
    return hal_memory(RECORDS, 4);
}

/* Saves nothing that the provoking code holds: those name t0 to t2 as clobbered. */
void __attribute__((naked, aligned(4))) trap_vector(void) {
    __asm__ volatile(
        "la t0, %0\n"
        "li t1, %1\n"
        "lw t2, 0(t1)\n"
        "addi t2, t2, 1\n"
        "sw t2, 0(t1)\n"
        "slli t2, t2, 4\n"
        "add t1, t1, t2\n"
        "csrr t2, mcause\n"
        "sw t2, -12(t1)\n"
        "csrr t2, mtval\n"
        "sw t2, -8(t1)\n"
        "lw t0, 0(t0)\n"
        "csrr t2, mepc\n"
        "sub t2, t2, t0\n"
        "sw t2, -4(t1)\n"
        "csrr t2, mstatus\n"
        "sw t2, 0(t1)\n"
        "la t0, %2\n"
        "lw t0, 0(t0)\n"
        "csrw mepc, t0\n"
        "li t0, 0x1800\n" /* back to machine mode, whatever was interrupted */
        "csrs mstatus, t0\n"
        "mret\n" ::"i"(&expected_pc),
        "i"(RECORDS), "i"(&resume_pc));
}

/* Runs one instruction that must trap; the handler comes back to the label behind it. */
#define PROVOKE(code, operand)                   \
    __asm__ volatile(                            \
        "la t0, %0\n la t1, 1f\n sw t1, 0(t0)\n" \
        "la t0, %1\n la t1, 2f\n sw t1, 0(t0)\n" \
        "mv t0, %2\n"                            \
        "1: " code                               \
        "\n"                                     \
        "2:\n" ::"i"(&expected_pc),              \
        "i"(&resume_pc), "r"(operand)            \
        : "t0", "t1", "t2", "memory")

/* The same from user mode. */
#define PROVOKE_IN_USER_MODE(code)                               \
    __asm__ volatile(                                            \
        "la t0, %0\n la t1, 1f\n sw t1, 0(t0)\n csrw mepc, t1\n" \
        "la t0, %1\n la t1, 2f\n sw t1, 0(t0)\n"                 \
        "li t0, 0x1800\n csrc mstatus, t0\n mret\n"              \
        "1: " code                                               \
        "\n"                                                     \
        "2:\n" ::"i"(&expected_pc),                              \
        "i"(&resume_pc)                                          \
        : "t0", "t1", "t2", "memory")

static void provoke_in_machine_mode(void) {
    PROVOKE(".word 0xffffffff", 0);
    PROVOKE(".half 0", 0);
    PROVOKE("csrr t1, 0x5c0", 0);
    PROVOKE("csrw mhartid, t0", 0);
    PROVOKE("csrw time, t0", 0);
    PROVOKE(".option push\n .option norvc\n ebreak\n .option pop", 0);
    PROVOKE("c.ebreak", 0);
    PROVOKE("ecall", 0);
    PROVOKE("lw t1, 2(t0)", HAL_CLINT_MTIME);
    PROVOKE("lh t1, 1(t0)", HAL_CLINT_MTIME);
    PROVOKE("sw t1, 1(t0)", HAL_CLINT_BASE);
    PROVOKE("sh t1, 3(t0)", HAL_CLINT_BASE);
    PROVOKE("lw t1, 0(t0)", HOLE);
    PROVOKE("lbu t1, 5(t0)", HOLE);
    PROVOKE("sw t1, 0(t0)", HOLE);
    PROVOKE("sb t1, 0(t0)", 0x1000u);
    PROVOKE("jr t0", HOLE);
    PROVOKE("lr.w t1, (t0)", HOLE);
    PROVOKE("sc.w t1, t1, (t0)", HOLE);
    PROVOKE("amoadd.w t1, t1, (t0)", HOLE);
    PROVOKE("amoadd.w t1, t1, (t0)", HAL_DRAM_BASE + 2);
    PROVOKE("lr.w t1, (t0)", HAL_DRAM_BASE + 1);
    PROVOKE("lb t1, 0(t0)", HAL_CLINT_MTIME);
    PROVOKE("sw t1, 0(t0)", HAL_FINISHER_BASE);
}

/* Region 0 is the hole, region 1 all of memory. */
static void open_memory_to_user_mode(void) {
    __asm__ volatile("csrw pmpaddr0, %0\n csrw pmpaddr1, %1\n csrw pmpcfg0, %2" ::"r"(HOLE >> 2 | 0x1ff),
                     "r"(0xffffffffu), "r"(0x1f18u));
}

static void provoke_in_user_mode(void) {
    PROVOKE_IN_USER_MODE("nop"); /* without a region, not even a fetch */
    open_memory_to_user_mode();
    PROVOKE_IN_USER_MODE("ecall");
    PROVOKE_IN_USER_MODE("li t1, 0x40000000\n 1: lw t1, 0(t1)");
    PROVOKE_IN_USER_MODE("csrr t1, mstatus");
    PROVOKE_IN_USER_MODE("csrr t1, cycle");
    PROVOKE_IN_USER_MODE("mret");
    __asm__ volatile("li t0, 0x200000\n csrs mstatus, t0" ::: "t0"); /* TW */
    PROVOKE_IN_USER_MODE("wfi");
    __asm__ volatile("li t0, 0x200000\n csrc mstatus, t0" ::: "t0");
    __asm__ volatile("csrwi mcounteren, 1");
    PROVOKE_IN_USER_MODE("csrr t1, cycle\n 1: csrr t1, instret");
}

int main(void) {
    hal_irq_save();
    __asm__ volatile("csrw mtvec, %0" ::"r"(trap_vector));
    *count() = 0;
    provoke_in_machine_mode();
    provoke_in_user_mode();
    return 0;
}
